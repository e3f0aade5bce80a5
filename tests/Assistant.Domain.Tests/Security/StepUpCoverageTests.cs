using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Tests.Forgetting;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

/// <summary>Every entry of the table is asked for by a use case, before anything is changed.</summary>
public sealed class StepUpCoverageTests
{
    private static readonly Caller Admin = Callers.Of(Roles.Owner, "Ada");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));
    private readonly ClosedGuard _guard = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_sensitive_operation_is_stopped_in_its_use_case()
    {
        await RunAsync();

        Assert.Equal(
            SensitiveOperations.All.Keys.Order(StringComparer.Ordinal),
            _guard.Demanded.Select(operation => operation.What.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_each_demands_names_everything_its_sentence_does()
    {
        await RunAsync();

        Assert.All(_guard.Demanded, operation =>
        {
            var request = new StepUpRequest(
                StepUpId.Create(), operation.Tenant, Admin.Actor, operation.What.Name, operation.Subject, operation.Shown, operation.Hash(),
                _clock.GetUtcNow(), _clock.GetUtcNow());
            Assert.DoesNotContain("?", request.SentenceIn(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.DoesNotContain("?", request.SentenceIn(new System.Globalization.CultureInfo("zh-CN")), StringComparison.Ordinal);
            Assert.DoesNotContain("secret-2", string.Join(' ', operation.Shown.Values), StringComparison.Ordinal);
            Assert.DoesNotContain("correct horse", string.Join(' ', operation.Shown.Values), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(AccessPolicy.Open, AccessPolicy.Pairing, false)]
    [InlineData(AccessPolicy.Pairing, AccessPolicy.Allowlist, false)]
    [InlineData(AccessPolicy.Open, AccessPolicy.Blocked, false)]
    [InlineData(AccessPolicy.Blocked, AccessPolicy.Allowlist, true)]
    [InlineData(AccessPolicy.Allowlist, AccessPolicy.Pairing, true)]
    [InlineData(AccessPolicy.Pairing, AccessPolicy.Open, true)]
    public async Task Letting_more_people_write_wants_proof_and_letting_fewer_does_not(AccessPolicy from, AccessPolicy to, bool isStopped)
    {
        var (store, channel) = (new FakeConnections(), new FakeChannel());
        var desk = new ConnectionDesk(store, channel, channel, channel, _guard, new RecordedSignals(), _clock);
        ConnectionDraft Draft(AccessPolicy access)
            => new("tg", "fake", "", access, true, new SettingValues(new Dictionary<string, string> { ["token"] = "secret-1" }));
        await desk.SaveAsync(Admin, Draft(from), Cancel);

        if (isStopped)
        {
            await StoppedAsync(() => desk.SaveAsync(Admin, Draft(to), Cancel));
        }
        else
        {
            Assert.IsType<ConnectionOutcome.Saved>(await desk.SaveAsync(Admin, Draft(to), Cancel));
        }

        Assert.Equal(isStopped ? from : to, store["tg"].Access);
    }

    [Theory]
    [InlineData(null, "polling", false)] // the default, written out
    [InlineData(null, "webhook", true)]
    [InlineData("polling", "webhook", true)]
    [InlineData("webhook", "polling", false)]
    [InlineData("webhook", null, false)]
    public async Task Giving_up_what_protects_people_wants_proof_and_taking_it_up_does_not(string? from, string? to, bool isStopped)
    {
        var (store, channel) = (new FakeConnections(), new FakeChannel().Protecting("mode", "polling"));
        var desk = new ConnectionDesk(store, channel, channel, channel, _guard, new RecordedSignals(), _clock);
        await desk.SaveAsync(Admin, InMode(from), Cancel);

        if (isStopped)
        {
            await StoppedAsync(() => desk.SaveAsync(Admin, InMode(to), Cancel));
            Assert.Equal(SensitiveOperations.ConnectionProtection, Assert.Single(_guard.Demanded).What);
        }
        else
        {
            Assert.IsType<ConnectionOutcome.Saved>(await desk.SaveAsync(Admin, InMode(to), Cancel));
        }

        Assert.Equal(isStopped ? from : to, store["tg"].Settings.Find("mode"));
    }

    private static ConnectionDraft InMode(string? mode)
    {
        var settings = new Dictionary<string, string> { ["token"] = "secret-1" };
        if (mode is not null)
        {
            settings["mode"] = mode;
        }

        return new("tg", "fake", "", AccessPolicy.Pairing, true, new SettingValues(settings));
    }

    private async Task RunAsync()
    {
        var audit = new InMemoryAuditLog();
        await AccountsAsync(audit);
        await ConnectionsAsync();
        await EnginesAsync();
        await ForgettingAsync();
        await IndexingAsync();
        await ChatKeyAsync();
        await BackupsAsync(audit);
    }

    private async Task BackupsAsync(InMemoryAuditLog audit)
    {
        var folder = Directory.CreateTempSubdirectory("assistant-backups-");
        try
        {
            var store = new InMemoryBackupStore();
            store.Lines.Add("kept");
            var path = Path.Combine(folder.FullName, "one");
            var desk = new BackupDesk(store, new FakeTenants(), audit, _guard, _clock);
            await StoppedAsync(() => desk.CreateAsync(Admin, path, Cancel));
            Assert.False(File.Exists(path));

            await store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel);
            store.Lines.Add("later");
            var plan = Assert.IsType<BackupOutcome.Planned>(await desk.PlanAsync(Admin, path, replace: true, Cancel)).Plan;
            await StoppedAsync(() => desk.RestoreAsync(Admin, path, replace: true, plan.Digest, Cancel));
            Assert.Equal(["kept", "later"], store.Lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task ChatKeyAsync()
    {
        var (connections, agreement) = (new InMemoryConnections(new InMemoryAuditLog()), new PlainKeyAgreement());
        var store = new InMemoryChatIdentityStore(new InMemoryAuditLog());
        var web = new Connection(
            new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "web", AccessPolicy.Open, true, false, SettingValues.Empty, default, default);
        connections.Put(web);
        var identities = new ChatIdentities(store, connections, agreement);
        await identities.OfAsync(web, Cancel);
        var desk = new ChatKeyDesk(identities, store, agreement, _guard, _clock);
        var before = await desk.ShowAsync(Admin, "web", Cancel);
        await StoppedAsync(() => desk.ReplaceAsync(Admin, "web", Cancel));
        Assert.Equal(before, await desk.ShowAsync(Admin, "web", Cancel));
    }

    private async Task IndexingAsync()
    {
        var store = new FakeIndexing();
        var desk = new IndexingDesk(store, store, _guard, _clock);
        Assert.Equal(IndexingOutcome.Decided, await desk.DecideAsync(Admin, Indexing.Nothing, Cancel));
        await StoppedAsync(() => desk.DecideAsync(Admin, Indexing.Everything, Cancel));
        Assert.Equal([TenantId.Default], store.Unindexed);
    }

    private async Task ForgettingAsync()
    {
        var house = new HouseWithPeople();
        var (person, conversation) = await house.SayAsync("hello");
        var (desk, exports) = (house.Desk(_guard), house.Exports(_guard));
        foreach (var scope in new[] { ErasureScope.Of(conversation, 1), ErasureScope.Of(conversation), ErasureScope.Of(person) })
        {
            var preview = (await desk.PreviewAsync(Admin, scope, Cancel))!;
            await StoppedAsync(() => desk.ForgetAsync(Admin, scope, preview.Digest, Cancel));
        }

        await MessengerAsync(house, person, conversation, desk, exports);
        await StoppedAsync(() => exports.AskAsync(Admin, person, PersonExportFormat.Json, Cancel));
        await StoppedAsync(() => exports.AllowAsync(Admin, person, PersonExportFormat.Html, System.Globalization.CultureInfo.InvariantCulture, Cancel));

        Assert.NotNull(await desk.PreviewAsync(Admin, ErasureScope.Of(person), Cancel));
        Assert.Empty(await house.EventsAsync(AuditActions.PersonExported));
    }

    /// <summary>The door "messenger": what people ask for there about themselves is stopped in the same use cases.</summary>
    private async Task MessengerAsync(HouseWithPeople house, PersonId person, ConversationId conversation, ForgettingDesk desk, PersonExportDesk exports)
    {
        var acts = new PersonActDesk(house.House, house.House, house.House, desk, exports, house.House, house.Clock);
        await house.House.LinkAsync(TenantId.Default, person, Admin.AsUser.Id, Admin.Audit(house.Clock.GetUtcNow(), AuditActions.AccountLinked, "person/x"), Cancel);
        var row = (await ((IPeopleStore)house.House).FindAsync(TenantId.Default, person, Cancel))!.Person;
        foreach (var kind in Enum.GetValues<PersonActKind>())
        {
            var token = (await acts.AskAsync(row, conversation, kind, System.Globalization.CultureInfo.InvariantCulture, "line", Cancel))!.Token.Reveal();
            if (kind == PersonActKind.Forget)
            {
                var shown = (await acts.OpenAsync(Admin, token, Cancel))!.Preview!;
                await StoppedAsync(() => acts.ForgetAsync(Admin, token, shown.Digest, Cancel));
            }
            else
            {
                await StoppedAsync(() => acts.AskForExportAsync(Admin, token, Cancel));
                await StoppedAsync(() => acts.ExportAsync(Admin, token, System.Globalization.CultureInfo.InvariantCulture, Cancel));
            }

            Assert.NotNull(await acts.OpenAsync(Admin, token, Cancel)); // what was stopped spent nothing
        }
    }

    private async Task AccountsAsync(InMemoryAuditLog audit)
    {
        var directory = new InMemoryUserDirectory(audit, _clock, TenantId.Default);
        var seed = new UserDesk(directory, new OpenGuard(), _clock);
        var ann = Assert.IsType<CreateUserOutcome.Created>(
            await seed.CreateAsync(Admin, "ann@example.org", Roles.Viewer, "correct horse battery", null, Cancel)).User;
        var users = new UserDesk(directory, _guard, _clock);
        var keys = new ApiKeyDesk(new InMemoryApiKeyStore(audit, _clock), _guard, _clock);

        await StoppedAsync(() => users.CreateAsync(Admin, "bob@example.org", Roles.Viewer, "correct horse battery", null, Cancel));
        var memberships = new InMemoryMembershipStore(directory, audit);
        var roleStore = new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(audit, _clock), audit);
        await new RoleDesk(roleStore, new OpenGuard(), _clock).SaveAsync(Admin, "desk", [Permissions.PeopleRead], Cancel);
        var members = new MembershipDesk(memberships, directory, roleStore, _guard, _clock);
        var roles = new RoleDesk(roleStore, _guard, _clock);
        await StoppedAsync(() => members.SetRoleAsync(Admin, ann.Id, Roles.Operator, Cancel));
        await StoppedAsync(() => members.GrantAsync(Admin, "ann@example.org", Roles.Operator, Cancel));
        await StoppedAsync(() => members.RemoveAsync(Admin, ann.Id, Cancel));
        await StoppedAsync(() => roles.SaveAsync(Admin, "desk", [Permissions.PeopleRead, Permissions.PeopleManage], Cancel));
        await StoppedAsync(() => roles.DeleteAsync(Admin, "desk", Cancel));
        await StoppedAsync(() => new TenantDesk(new FakeTenants(), memberships, _guard, _clock).CreateAsync(Admin, "annex", "Annex", Cancel));
        Assert.Equal([Permissions.PeopleRead], (await roleStore.FindAsync(TenantId.Default, "desk", Cancel))?.Permissions);
        await StoppedAsync(() => users.ResetMfaAsync(Admin, ann.Id, Cancel));
        await StoppedAsync(() => users.ResetPasswordAsync(Admin, ann.Id, "correct horse staple", Cancel));
        await SecondStepAsync(directory, ann, roleStore);
        await StoppedAsync(() => keys.CreateAsync(Admin, "script", Roles.Viewer, Cancel));
        var invitations = new InvitationDesk(
            new InMemoryInvitationStore(audit), directory, memberships, roleStore, new InMemoryApiKeyStore(audit, _clock), _guard, _clock);
        await StoppedAsync(() => invitations.CreateAsync(Admin, Roles.Viewer, "for Bob", Invitation.DefaultLifetime, Cancel));
        var house = new HouseWithPeople();
        var (person, _) = await house.SayAsync("hello");
        var forPeople = new InvitationDesk(
            new InMemoryInvitationStore(audit), directory, memberships, roleStore, new InMemoryApiKeyStore(audit, _clock), _guard, _clock,
            accounts: house.House, people: house.House);
        await StoppedAsync(() => forPeople.CreateForAsync(Admin, person, "", Invitation.DefaultLifetime, Cancel));
        Assert.Empty(await invitations.ListAsync(Admin, Cancel));
        Assert.Empty(await forPeople.ListAsync(Admin, Cancel));

        Assert.Equal(Roles.Viewer, Assert.Single(await seed.ListAsync(Admin, Cancel)).Role);
        Assert.Empty(await keys.ListAsync(Admin, Cancel));
    }

    /// <summary>Who knows somebody's password may be the one their second step keeps out.</summary>
    private async Task SecondStepAsync(InMemoryUserDirectory directory, User ann, IRoleStore roles)
    {
        var (accounts, secret) = (new AccountDesk(directory, new FakeTotp(_clock), _guard, _clock, roles: roles), TotpSecret.Create());
        await StoppedAsync(() => accounts.EnrolTotpAsync(Admin, ann.Id, "correct horse battery", secret, FakeTotp.CodeAt(secret, _clock.GetUtcNow()), Cancel));
        Assert.DoesNotContain(new FakeTotp(_clock).ToText(secret), string.Join(' ', _guard.Demanded[^1].Shown.Values), StringComparison.Ordinal);
        await StoppedAsync(() => accounts.RemoveTotpAsync(Admin, ann.Id, "correct horse battery", Cancel));
        await StoppedAsync(() => accounts.RemoveTotpAsync(Admin, ann.Id, "a guess", Cancel)); // nor is the password tried
        await Assert.ThrowsAsync<PermissionDeniedException>(() => accounts.MakeRecoveryCodesAsync(Admin, ann.Id, "correct horse battery", Cancel));
        Assert.False((await directory.FindAsync(TenantId.Default, ann.Id, Cancel))!.HasTotp);
    }

    private async Task ConnectionsAsync()
    {
        var (store, channel, signals) = (new FakeConnections(), new FakeChannel(), new RecordedSignals());
        var desk = new ConnectionDesk(store, channel, channel, channel, _guard, signals, _clock);
        ConnectionDraft Draft(string secret, AccessPolicy access)
            => new("tg", "fake", "", access, true, new SettingValues(new Dictionary<string, string> { ["token"] = secret }));
        Assert.IsType<ConnectionOutcome.Saved>(await desk.SaveAsync(Admin, Draft("secret-1", AccessPolicy.Pairing), Cancel));

        await StoppedAsync(() => desk.SaveAsync(Admin, Draft("secret-2", AccessPolicy.Pairing), Cancel));
        await StoppedAsync(() => desk.SaveAsync(Admin, Draft("secret-1", AccessPolicy.Open), Cancel));
        await StoppedAsync(() => desk.DeleteAsync(Admin, "tg", Cancel));
        await ProtectionAsync();

        Assert.Equal("secret-1", store["tg"].Settings.Find("token"));
        Assert.Equal(AccessPolicy.Pairing, store["tg"].Access);
    }

    private async Task ProtectionAsync()
    {
        var (store, channel) = (new FakeConnections(), new FakeChannel().Protecting("mode", "polling"));
        var desk = new ConnectionDesk(store, channel, channel, channel, _guard, new RecordedSignals(), _clock);
        await desk.SaveAsync(Admin, InMode("polling"), Cancel);
        await StoppedAsync(() => desk.SaveAsync(Admin, InMode("webhook"), Cancel));
    }

    private async Task EnginesAsync()
    {
        var engines = new FakeEngines();
        var desk = new EngineDesk(engines, engines, engines, _guard, _clock);
        EngineDraft Draft(string secret)
            => new("main", "cloud", new SettingValues(new Dictionary<string, string> { ["apiKey"] = secret }), false, 1);
        Assert.IsType<EngineOutcome.Saved>(await desk.SaveAsync(Admin, Draft("secret-1"), Cancel));

        await StoppedAsync(() => desk.SaveAsync(Admin, Draft("secret-2"), Cancel));
    }

    private static Task<StoppedException> StoppedAsync(Func<Task> act) => Assert.ThrowsAsync<StoppedException>(act);

    /// <summary>Lets nobody through and remembers what wanted proof.</summary>
    private sealed class ClosedGuard : IStepUpGuard
    {
        public List<BoundOperation> Demanded { get; } = [];

        public Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
        {
            Demanded.Add(operation);
            throw new StoppedException();
        }
    }

    private sealed class StoppedException : Exception;
}
