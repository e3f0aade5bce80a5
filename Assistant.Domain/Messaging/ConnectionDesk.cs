using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Messaging;

/// <summary>A connection as a screen or the API may show it: no secret in it.</summary>
/// <param name="Connection">Its settings are without the secrets.</param>
/// <param name="Manifest"><see langword="null"/> when this build has no channel of the type.</param>
/// <param name="Health"><see langword="null"/> when it does not run in this process.</param>
public sealed record ConnectionRow(
    Connection Connection, ChannelManifest? Manifest, IReadOnlyList<SettingShown> Settings, ConnectionHealth? Health);

/// <summary>What somebody wants a connection to be. A secret left blank keeps its stored value.</summary>
public sealed record ConnectionDraft(
    string Name, string ChannelType, string DisplayName, AccessPolicy Access, bool? IsEnabled, SettingValues Settings,
    DraftPurpose Purpose = DraftPurpose.Either);

/// <summary>How a change of a connection ended.</summary>
public abstract record ConnectionOutcome
{
    private ConnectionOutcome() { }

    /// <summary>Stored, and its session told.</summary>
    public sealed record Saved(ConnectionRow Row) : ConnectionOutcome;

    public sealed record Deleted : ConnectionOutcome;

    /// <summary>Nothing was changed. The keys are those of the settings, or <c>name</c>, <c>displayName</c> and <c>type</c>.</summary>
    public sealed record Invalid(IReadOnlyList<SettingProblem> Problems) : ConnectionOutcome;

    /// <summary>The name belongs to a connection of another type or of somebody else; to any, where a new one was meant.</summary>
    public sealed record NameTaken : ConnectionOutcome;

    /// <summary>Declared in <c>assistant.yaml</c>: change it there.</summary>
    public sealed record Provisioned : ConnectionOutcome;

    /// <summary>There is none, or, where one was to be changed, not that one any more.</summary>
    public sealed record NotFound : ConnectionOutcome;

    /// <summary>Nothing was changed: others changed the connection each time it was about to be stored.</summary>
    public sealed record ChangedMeanwhile : ConnectionOutcome;
}

/// <summary>How trying a connection ended.</summary>
public abstract record ConnectionTestOutcome
{
    private ConnectionTestOutcome() { }

    /// <summary>It was tried; the test says with what result.</summary>
    public sealed record Tested(ConnectionTest Test) : ConnectionTestOutcome;

    /// <summary>Not tried: the settings cannot be used.</summary>
    public sealed record Invalid(IReadOnlyList<SettingProblem> Problems) : ConnectionTestOutcome;

    public sealed record NotFound : ConnectionTestOutcome;
}

/// <summary>What people do with connections, in the console, through the API and on the command line.</summary>
/// <remarks>Whoever changes a connection while somebody else does decides again on what the other left, proof included.</remarks>
public sealed class ConnectionDesk(
    IConnectionStore store, IChannelCatalog channels, IConnectionHealth health, IConnectionSupervisor supervisor, IStepUpGuard guard, ILiveFeed feed,
    TimeProvider time)
{
    /// <summary>The caller's connections by name.</summary>
    public async Task<IReadOnlyList<ConnectionRow>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsRead);
        return [.. (await store.ListAsync(caller.Tenant, cancellationToken)).Select(Show)];
    }

    /// <summary>One connection, or <see langword="null"/>.</summary>
    public async Task<ConnectionRow?> FindAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsRead);
        return await OwnAsync(caller, name, cancellationToken) is { } connection ? Show(connection) : null;
    }

    /// <summary>Creates or replaces a connection, whichever the draft is meant for, and restarts its session. A new one is free to be made; replacing a stored secret is not.</summary>
    /// <exception cref="StepUpRequiredException">A stored secret changes, more people may write or a protection is given up: it wants proof first.</exception>
    public async Task<ConnectionOutcome> SaveAsync(Caller caller, ConnectionDraft draft, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        if (Describe(draft) is not { } manifest)
        {
            return new ConnectionOutcome.Invalid(NameProblems(draft));
        }

        return await Change.DecideAsync(() => TrySaveAsync(caller, draft, manifest, cancellationToken)) ?? new ConnectionOutcome.ChangedMeanwhile();
    }

    private async Task<ConnectionOutcome?> TrySaveAsync(
        Caller caller, ConnectionDraft draft, ChannelManifest manifest, CancellationToken cancellationToken)
    {
        var id = new ConnectionId(draft.Name);
        var existing = await store.FindAsync(id, cancellationToken);
        var isThere = existing is not null && existing.Tenant == caller.Tenant && existing.ChannelType == draft.ChannelType;
        if (!isThere && draft.Purpose == DraftPurpose.Change)
        {
            return new ConnectionOutcome.NotFound();
        }

        if (existing is not null && (!isThere || draft.Purpose == DraftPurpose.Create))
        {
            return new ConnectionOutcome.NameTaken();
        }

        if (existing is { IsProvisioned: true })
        {
            return new ConnectionOutcome.Provisioned();
        }

        var settings = SettingsForm.Complete(manifest.Settings, draft.Settings, existing?.Settings);
        if (settings.Problems.Count > 0)
        {
            return new ConnectionOutcome.Invalid(settings.Problems);
        }

        if (existing is not null)
        {
            await ProveAsync(caller, existing, draft.Access, settings.Values, manifest.Settings, cancellationToken);
        }

        var now = time.GetUtcNow();
        return await StoreAsync(caller, new Connection(
            id, caller.Tenant, draft.ChannelType, TitleOf(draft), draft.Access, draft.IsEnabled ?? existing?.IsEnabled ?? true, IsProvisioned: false,
            settings.Values, existing?.CreatedAt ?? now, now), existing, cancellationToken);
    }

    // Closing a door needs no proof.
    private static int Width(AccessPolicy access) => access switch
    {
        AccessPolicy.Open => 3,
        AccessPolicy.Pairing => 2,
        AccessPolicy.Allowlist => 1,
        _ => 0,
    };

    // One act, one proof: where several change, the gravest gives the sentence and the others are among its arguments.
    private Task ProveAsync(
        Caller caller, Connection existing, AccessPolicy access, SettingValues settings, IReadOnlyList<SettingField> fields, CancellationToken cancellationToken)
    {
        var replaced = SettingsForm.ReplacedSecrets(fields, settings, existing.Settings);
        var givenUp = SettingsForm.GivenUp(fields, settings, existing.Settings);
        if (replaced.Count == 0 && givenUp.Count == 0 && Width(access) <= Width(existing.Access))
        {
            return Task.CompletedTask;
        }

        var arguments = new List<OperationArgument>
        {
            new("name", existing.Id.Value), new("from", AccessName(existing.Access)), new("to", AccessName(access)),
        };
        if (replaced.Count > 0)
        {
            arguments.Add(new("settings", string.Join(", ", replaced.Select(field => field.Key))));
            arguments.AddRange(replaced.Select(field => new OperationArgument($"secret:{field.Key}", settings.Find(field.Key) ?? "", IsSecret: true)));
        }

        if (givenUp.Count > 0)
        {
            arguments.Add(new("protection", string.Join(", ", givenUp.Select(field => field.Key))));
        }

        var what = givenUp.Count > 0 ? SensitiveOperations.ConnectionProtection
            : replaced.Count > 0 ? SensitiveOperations.ConnectionSecret
            : SensitiveOperations.ConnectionAccess;
        return guard.DemandAsync(caller, new BoundOperation(what, caller.Tenant, $"connection/{existing.Id}", arguments), cancellationToken);
    }

    /// <summary>Switches a connection on or off; its conversations stay.</summary>
    public async Task<ConnectionOutcome> SetEnabledAsync(Caller caller, string name, bool isEnabled, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        return await Change.DecideAsync(() => TrySetEnabledAsync(caller, name, isEnabled, cancellationToken)) ?? new ConnectionOutcome.ChangedMeanwhile();
    }

    private async Task<ConnectionOutcome?> TrySetEnabledAsync(Caller caller, string name, bool isEnabled, CancellationToken cancellationToken)
        => await OwnAsync(caller, name, cancellationToken) switch
        {
            null => new ConnectionOutcome.NotFound(),
            { IsProvisioned: true } => new ConnectionOutcome.Provisioned(),
            var found when found.IsEnabled == isEnabled => new ConnectionOutcome.Saved(Show(found)),
            var found => await StoreAsync(caller, found with { IsEnabled = isEnabled, UpdatedAt = time.GetUtcNow() }, found, cancellationToken),
        };

    /// <summary>Removes a connection; its conversations stay, readable. Wants proof: made anew, it could be opened to everybody.</summary>
    public async Task<ConnectionOutcome> DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        var found = await OwnAsync(caller, name, cancellationToken);
        if (found is { IsProvisioned: true })
        {
            return new ConnectionOutcome.Provisioned();
        }

        if (found is null)
        {
            return new ConnectionOutcome.NotFound();
        }

        var subject = $"connection/{name}";
        await guard.DemandAsync(
            caller, new BoundOperation(SensitiveOperations.ConnectionDelete, caller.Tenant, subject, [new("name", name)]), cancellationToken);
        var audit = caller.Audit(time.GetUtcNow(), AuditActions.ConnectionDeleted, subject);
        if (!await store.DeleteAsync(caller.Tenant, found.Id, audit, cancellationToken))
        {
            return new ConnectionOutcome.NotFound();
        }

        await TellAsync(found);
        return new ConnectionOutcome.Deleted();
    }

    /// <summary>Tries the stored settings against the real messenger.</summary>
    public async Task<ConnectionTestOutcome> TestAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        return await OwnAsync(caller, name, cancellationToken) is { } found && channels.Find(found.ChannelType) is { } channel
            ? await TryAsync(channel, found.Settings, found.Settings, cancellationToken)
            : new ConnectionTestOutcome.NotFound();
    }

    /// <summary>Tries settings that are not stored; a blank secret is taken from the stored connection of the name.</summary>
    public async Task<ConnectionTestOutcome> TestAsync(Caller caller, ConnectionDraft draft, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ChannelsManage);
        if (channels.Find(draft.ChannelType) is not { } channel)
        {
            return new ConnectionTestOutcome.Invalid([UnknownType(draft.ChannelType)]);
        }

        var stored = await OwnAsync(caller, draft.Name, cancellationToken);
        return await TryAsync(channel, draft.Settings, stored?.ChannelType == draft.ChannelType ? stored.Settings : null, cancellationToken);
    }

    private static async Task<ConnectionTestOutcome> TryAsync(
        IChannel channel, SettingValues given, SettingValues? stored, CancellationToken cancellationToken)
    {
        var settings = SettingsForm.Complete(channel.Manifest.Settings, given, stored);
        return settings.Problems.Count > 0
            ? new ConnectionTestOutcome.Invalid(settings.Problems)
            : new ConnectionTestOutcome.Tested(await channel.TestAsync(settings.Values.WithDefaults(channel.Manifest.Settings), cancellationToken));
    }

    private async Task<ConnectionOutcome?> StoreAsync(Caller caller, Connection connection, Connection? before, CancellationToken cancellationToken)
    {
        var audit = caller.Audit(
            connection.UpdatedAt, AuditActions.ConnectionSaved, $"connection/{connection.Id}",
            [("type", connection.ChannelType), .. connection.ChangesSince(before, channels.Find(connection.ChannelType)?.Manifest).Details]);
        if (await store.SaveAsync(connection, before, audit, cancellationToken) is not { } stored)
        {
            return null;
        }

        try
        {
            if (channels.Find(stored.ChannelType) is { } channel)
            {
                await channel.PrepareAsync(stored, CancellationToken.None);
            }
        }
        finally
        {
            await TellAsync(stored);
        }

        return new ConnectionOutcome.Saved(Show(stored));
    }

    // What is stored is carried out, also for a caller who has given up.
    private async Task TellAsync(Connection connection)
    {
        await supervisor.RefreshAsync(connection.Id, CancellationToken.None);
        feed.Publish(new LiveEvent.ConnectionChanged(connection.Tenant, connection.Id));
    }

    private async Task<Connection?> OwnAsync(Caller caller, string name, CancellationToken cancellationToken)
        => Slug.IsValid(name) && await store.FindAsync(new ConnectionId(name), cancellationToken) is { } found && found.Tenant == caller.Tenant
            ? found
            : null;

    private ConnectionRow Show(Connection connection)
    {
        var manifest = channels.Find(connection.ChannelType)?.Manifest;
        var fields = manifest?.Settings ?? [];
        return new ConnectionRow(
            connection with { Settings = SettingsForm.WithoutSecrets(fields, connection.Settings) },
            manifest, SettingsForm.Show(fields, connection.Settings), health.Find(connection.Id));
    }

    private ChannelManifest? Describe(ConnectionDraft draft)
        => Slug.IsValid(draft.Name) && ShownName.IsFit(TitleOf(draft)) ? channels.Find(draft.ChannelType)?.Manifest : null;

    private static string TitleOf(ConnectionDraft draft) => string.IsNullOrWhiteSpace(draft.DisplayName) ? draft.Name : draft.DisplayName.Trim();

    private List<SettingProblem> NameProblems(ConnectionDraft draft)
    {
        var problems = new List<SettingProblem>();
        if (!Slug.IsValid(draft.Name))
        {
            problems.Add(new("name", new("Use 1 to 63 lower-case letters, digits and inner hyphens.", "请使用 1 到 63 个小写字母、数字，中间可用连字符。")));
        }
        else if (!ShownName.IsFit(TitleOf(draft)))
        {
            problems.Add(new("displayName", new(
                $"Use at most {ShownName.MaxLength} characters and none that cannot be stored or seen.", $"最多 {ShownName.MaxLength} 个字符，且不能含有无法保存或不可见的字符。")));
        }

        if (channels.Find(draft.ChannelType) is null)
        {
            problems.Add(UnknownType(draft.ChannelType));
        }

        return problems;
    }

    private SettingProblem UnknownType(string type)
    {
        var known = string.Join(", ", channels.All.Select(c => c.Manifest.Type));
        return new("type", new($"There is no channel '{type}'. Known: {known}.", $"没有名为“{type}”的渠道。可用：{known}。"));
    }

    private static string AccessName(AccessPolicy access) => access.ToString().ToLowerInvariant();
}
