using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Ai;

/// <summary>An engine as a screen or the API may show it: no secret in it.</summary>
/// <param name="Engine">Its settings are without the secrets.</param>
/// <param name="Manifest"><see langword="null"/> when this build has no engine of the type.</param>
/// <param name="Health"><see langword="null"/> before its first call in this process.</param>
public sealed record EngineRow(Engine Engine, EngineManifest? Manifest, IReadOnlyList<SettingShown> Settings, EngineHealth? Health);

/// <summary>What somebody wants an engine to be. A secret left blank keeps its stored value.</summary>
/// <param name="IsDefault">Asked first from now on; a default stays one whatever is said here.</param>
/// <param name="Order">Fallback order after the default; lower first. <see langword="null"/>: as it is stored.</param>
public sealed record EngineDraft(
    string Name, string Type, SettingValues Settings, bool IsDefault, int? Order, DraftPurpose Purpose = DraftPurpose.Either);

/// <summary>How a change of an engine ended.</summary>
public abstract record EngineOutcome
{
    private EngineOutcome() { }

    public sealed record Saved(EngineRow Row) : EngineOutcome;

    public sealed record Deleted : EngineOutcome;

    /// <summary>Nothing was changed. The keys are those of the settings, or <c>name</c> and <c>type</c>.</summary>
    public sealed record Invalid(IReadOnlyList<SettingProblem> Problems) : EngineOutcome;

    /// <summary>The name belongs to an engine of another type; to any, where a new one was meant.</summary>
    public sealed record NameTaken : EngineOutcome;

    /// <summary>Declared in <c>assistant.yaml</c>, or the default declared there would be replaced: change it there.</summary>
    public sealed record Provisioned : EngineOutcome;

    /// <summary>It is the default: make another one the default first.</summary>
    public sealed record IsDefault : EngineOutcome;

    /// <summary>There is none, or, where one was to be changed, not that one any more.</summary>
    public sealed record NotFound : EngineOutcome;

    /// <summary>Nothing was changed: others changed the engines each time it was about to be stored.</summary>
    public sealed record ChangedMeanwhile : EngineOutcome;
}

/// <summary>How trying an engine ended.</summary>
public abstract record EngineTestOutcome
{
    private EngineTestOutcome() { }

    /// <summary>It was tried; the test says with what result.</summary>
    public sealed record Tested(EngineTest Test) : EngineTestOutcome;

    /// <summary>Not tried: the settings cannot be used.</summary>
    public sealed record Invalid(IReadOnlyList<SettingProblem> Problems) : EngineTestOutcome;

    public sealed record NotFound : EngineTestOutcome;
}

/// <summary>What people do with engines, in the console, through the API and on the command line.</summary>
/// <remarks>Whoever changes engines while somebody else does decides again on what the other left, proof included.</remarks>
public sealed class EngineDesk(IEngineStore store, IEngineCatalog catalog, IEngineHealth health, IStepUpGuard guard, TimeProvider time)
{
    /// <summary>The caller's engines, the default first.</summary>
    public async Task<IReadOnlyList<EngineRow>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesRead);
        return [.. (await store.ListAsync(caller.Tenant, cancellationToken)).Select(Show)];
    }

    /// <summary>One engine, or <see langword="null"/>.</summary>
    public async Task<EngineRow?> FindAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesRead);
        return Named(await store.ListAsync(caller.Tenant, cancellationToken), name) is { } engine ? Show(engine) : null;
    }

    /// <summary>Creates or replaces an engine, whichever the draft is meant for. The default can be moved to it, not taken from it; the first one is the default.</summary>
    /// <exception cref="StepUpRequiredException">A stored secret would be replaced: it wants proof first.</exception>
    public async Task<EngineOutcome> SaveAsync(Caller caller, EngineDraft draft, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesManage);
        var problems = NameProblems(draft);
        if (problems.Count > 0)
        {
            return new EngineOutcome.Invalid(problems);
        }

        return await Change.DecideAsync(() => TrySaveAsync(caller, draft, cancellationToken)) ?? new EngineOutcome.ChangedMeanwhile();
    }

    private async Task<EngineOutcome?> TrySaveAsync(Caller caller, EngineDraft draft, CancellationToken cancellationToken)
    {
        var engines = await store.ListAsync(caller.Tenant, cancellationToken);
        var existing = Named(engines, draft.Name);
        if (draft.Purpose == DraftPurpose.Change && existing?.Type != draft.Type)
        {
            return new EngineOutcome.NotFound();
        }

        // The stand-in is not stored: its name is free.
        if (existing is not null && (existing.Type != draft.Type || (draft.Purpose == DraftPurpose.Create && !existing.IsStandIn)))
        {
            return new EngineOutcome.NameTaken();
        }

        if (existing is { IsProvisioned: true } || (draft.IsDefault && HasProvisionedDefault(engines)))
        {
            return new EngineOutcome.Provisioned();
        }

        var settings = SettingsForm.Complete(catalog.Find(draft.Type)!.Settings, draft.Settings, existing?.Settings);
        if (settings.Problems.Count > 0)
        {
            return new EngineOutcome.Invalid(settings.Problems);
        }

        if (existing is not null
            && SettingsForm.ReplacedSecrets(catalog.Find(draft.Type)!.Settings, settings.Values, existing.Settings) is { Count: > 0 } replaced)
        {
            var operation = new BoundOperation(
                SensitiveOperations.EngineSecret, caller.Tenant, $"engine/{existing.Name}",
                [
                    new("name", existing.Name), new("settings", string.Join(", ", replaced.Select(field => field.Key))),
                    .. replaced.Select(field => new OperationArgument($"secret:{field.Key}", settings.Values.Find(field.Key) ?? "", IsSecret: true)),
                ]);
            await guard.DemandAsync(caller, operation, cancellationToken);
        }

        var isDefault = draft.IsDefault || existing is { IsDefault: true } || engines.All(e => e.IsStandIn);
        return await StoreAsync(caller, new Engine(
            draft.Name, caller.Tenant, draft.Type, settings.Values, isDefault, draft.Order ?? existing?.Order ?? 0,
            IsProvisioned: false, time.GetUtcNow()), existing, engines, cancellationToken);
    }

    /// <summary>Makes an engine the one that is asked first.</summary>
    public async Task<EngineOutcome> SetDefaultAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesManage);
        return await Change.DecideAsync(() => TrySetDefaultAsync(caller, name, cancellationToken)) ?? new EngineOutcome.ChangedMeanwhile();
    }

    private async Task<EngineOutcome?> TrySetDefaultAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        var engines = await store.ListAsync(caller.Tenant, cancellationToken);
        return Named(engines, name) switch
        {
            null => new EngineOutcome.NotFound(),
            { IsDefault: true } found => new EngineOutcome.Saved(Show(found)),
            var found when found.IsProvisioned || HasProvisionedDefault(engines) => new EngineOutcome.Provisioned(),
            var found => await StoreAsync(caller, found with { IsDefault = true, UpdatedAt = time.GetUtcNow() }, found, engines, cancellationToken),
        };
    }

    /// <summary>Removes an engine. The default goes last; then the embedded engine stands in.</summary>
    public async Task<EngineOutcome> DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesManage);
        return await Change.DecideAsync(() => TryDeleteAsync(caller, name, cancellationToken)) ?? new EngineOutcome.ChangedMeanwhile();
    }

    private async Task<EngineOutcome?> TryDeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        var engines = await store.ListAsync(caller.Tenant, cancellationToken);
        var found = Named(engines, name);
        if (found is null or { IsStandIn: true })
        {
            return new EngineOutcome.NotFound();
        }

        if (found.IsProvisioned)
        {
            return new EngineOutcome.Provisioned();
        }

        if (found.IsDefault && engines.Count > 1)
        {
            return new EngineOutcome.IsDefault();
        }

        var audit = caller.Audit(time.GetUtcNow(), AuditActions.EngineDeleted, $"engine/{name}");
        return await store.DeleteAsync(caller.Tenant, name, engines, audit, cancellationToken) ? new EngineOutcome.Deleted() : null;
    }

    /// <summary>Asks a stored engine for a short answer.</summary>
    public async Task<EngineTestOutcome> TestAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesManage);
        return Named(await store.ListAsync(caller.Tenant, cancellationToken), name) is { } found && catalog.Find(found.Type) is { } manifest
            ? await TryAsync(manifest, found.Settings, found.Settings, cancellationToken)
            : new EngineTestOutcome.NotFound();
    }

    /// <summary>Asks an engine whose settings are not stored; a blank secret is taken from the stored engine of the name.</summary>
    public async Task<EngineTestOutcome> TestAsync(Caller caller, EngineDraft draft, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.EnginesManage);
        if (catalog.Find(draft.Type) is not { } manifest)
        {
            return new EngineTestOutcome.Invalid([UnknownType(draft.Type)]);
        }

        var stored = Named(await store.ListAsync(caller.Tenant, cancellationToken), draft.Name);
        return await TryAsync(manifest, draft.Settings, stored?.Type == draft.Type ? stored.Settings : null, cancellationToken);
    }

    private async Task<EngineTestOutcome> TryAsync(
        EngineManifest manifest, SettingValues given, SettingValues? stored, CancellationToken cancellationToken)
    {
        var settings = SettingsForm.Complete(manifest.Settings, given, stored);
        return settings.Problems.Count > 0
            ? new EngineTestOutcome.Invalid(settings.Problems)
            : new EngineTestOutcome.Tested(
                await catalog.TestAsync(manifest.Type, settings.Values.WithDefaults(manifest.Settings), cancellationToken));
    }

    private async Task<EngineOutcome?> StoreAsync(
        Caller caller, Engine engine, Engine? before, IReadOnlyList<Engine> read, CancellationToken cancellationToken)
    {
        var audit = caller.Audit(
            engine.UpdatedAt, AuditActions.EngineSaved, $"engine/{engine.Name}",
            [("type", engine.Type), .. engine.ChangesSince(before, catalog.Find(engine.Type)).Details]);
        return await store.SaveAsync(engine, read, audit, cancellationToken) is { } stored ? new EngineOutcome.Saved(Show(stored)) : null;
    }

    private EngineRow Show(Engine engine)
    {
        var manifest = catalog.Find(engine.Type);
        var fields = manifest?.Settings ?? [];
        return new EngineRow(
            engine with { Settings = SettingsForm.WithoutSecrets(fields, engine.Settings) },
            manifest, SettingsForm.Show(fields, engine.Settings), health.Find(engine.Tenant, engine.Name));
    }

    private List<SettingProblem> NameProblems(EngineDraft draft)
    {
        var problems = new List<SettingProblem>();
        if (!Slug.IsValid(draft.Name))
        {
            problems.Add(new("name", new("Use 1 to 63 lower-case letters, digits and inner hyphens.", "请使用 1 到 63 个小写字母、数字，中间可用连字符。")));
        }

        if (catalog.Find(draft.Type) is null)
        {
            problems.Add(UnknownType(draft.Type));
        }

        return problems;
    }

    private SettingProblem UnknownType(string type)
    {
        var known = string.Join(", ", catalog.All.Select(m => m.Type));
        return new("type", new($"There is no engine type '{type}'. Known: {known}.", $"没有名为“{type}”的引擎类型。可用：{known}。"));
    }

    private static bool HasProvisionedDefault(IEnumerable<Engine> engines) => engines.Any(e => e is { IsDefault: true, IsProvisioned: true });

    private static Engine? Named(IEnumerable<Engine> engines, string name)
        => engines.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.Ordinal));
}
