using System.Globalization;
using System.Reflection;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

/// <summary>A sensitive act is done only with fresh proof for exactly this act, by whoever asked, once.</summary>
public sealed class StepUpTests : IDisposable
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly InMemoryStepUpStore _store;
    private readonly InMemoryUserDirectory _users;
    private readonly InMemoryPasskeyStore _passkeys;
    private readonly SetupGate _setup;
    private readonly StepUpGuard _guard;
    private readonly StepUpDesk _desk;
    private readonly TotpSecret _seed = TotpSecret.Create();

    public StepUpTests()
    {
        _store = new InMemoryStepUpStore(_audit);
        _users = new InMemoryUserDirectory(_audit, _clock, Tenant);
        _setup = new SetupGate(_users, _clock);
        _guard = new StepUpGuard(_store, _setup, _clock);
        _passkeys = new InMemoryPasskeyStore(_users, _audit);
        _desk = new StepUpDesk(_store, _users, new PasskeyDesk(_passkeys, new FakePasskeyVerifier(), _users, _audit, _clock), _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Operations => [.. SensitiveOperations.All.Keys.Order(StringComparer.Ordinal)];

    public void Dispose() => _setup.Dispose();

    [Fact]
    public void Every_operation_is_in_the_table_with_words_for_all_it_names()
    {
        var declared = typeof(SensitiveOperations).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<SensitiveOperation>().ToList();

        Assert.Equal(declared.Count, SensitiveOperations.All.Count);
        Assert.All(declared, operation => Assert.Same(operation, SensitiveOperations.All[operation.Name]));
        Assert.All(declared, operation => Assert.True(Permissions.All.Contains(operation.Permission), operation.Name));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Proof_opens_exactly_one_act_once(string name)
    {
        var ada = await AdaAsync();
        var act = Act(name, "one");
        var request = await WantedAsync(ada, act);

        await WantedAsync(ada with { Proof = request.Id }, act); // not proven yet
        Assert.Equal(StepUpOutcome.Proven, await _desk.ProveByCodeAsync(ada, request.Id, Code(), Cancel));

        await WantedAsync(ada with { Proof = request.Id }, Act(name, "two"));
        await WantedAsync(ada with { Proof = request.Id, Tenant = new TenantId("other") }, act with { Tenant = new TenantId("other") });
        await WantedAsync(Callers.Of(Roles.Owner, "Eve") with { Proof = request.Id }, act);
        await _guard.DemandAsync(ada with { Proof = request.Id }, act, Cancel);
        await WantedAsync(ada with { Proof = request.Id }, act); // a replay
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Stale_proof_opens_nothing(string name)
    {
        var ada = await AdaAsync();
        var request = await ProvenAsync(ada, Act(name, "one"));

        _clock.Advance(SensitiveOperations.MaxProofAge + TimeSpan.FromSeconds(1));

        await WantedAsync(ada with { Proof = request.Id }, Act(name, "one"));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Without_the_permission_nobody_is_even_asked_for_proof(string name)
    {
        var ada = await AdaAsync();

        await Assert.ThrowsAsync<PermissionDeniedException>(
            () => _guard.DemandAsync(ada with { Permissions = new HashSet<string>() }, Act(name, "one"), Cancel));

        Assert.Empty(await EventsAsync(AuditActions.StepUpRequested));
    }

    [Fact]
    public async Task A_secret_argument_is_bound_and_never_shown()
    {
        var ada = await AdaAsync();
        BoundOperation With(string secret) => new(
            SensitiveOperations.ConnectionSecret, Tenant, "connection/tg", [new("name", "tg"), new("settings", "token"), new("secret:token", secret, IsSecret: true)]);
        var request = await ProvenAsync(ada, With("s3cret-one"));

        await WantedAsync(ada with { Proof = request.Id }, With("s3cret-two"));

        Assert.DoesNotContain("s3cret-one", string.Join(' ', request.Shown.Values), StringComparison.Ordinal);
        Assert.All(
            (await _audit.ListAsync(Tenant, new AuditFilter(), null, 100, Cancel)).Items,
            e => Assert.DoesNotContain("s3cret", AuditExport.Format(e), StringComparison.Ordinal));
    }

    [Fact]
    public void Parts_do_not_run_into_each_other()
    {
        var one = new BoundOperation(SensitiveOperations.MembershipGrant, Tenant, "user/1", [new("a", "bc"), new("d", "")]);
        var other = new BoundOperation(SensitiveOperations.MembershipGrant, Tenant, "user/1", [new("a", "b"), new("cd", "")]);
        var reordered = one with { Arguments = [.. one.Arguments.Reverse()] };

        Assert.NotEqual(one.Hash(), other.Hash());
        Assert.Equal(one.Hash(), reordered.Hash());
    }

    [Fact]
    public async Task A_code_proves_once_and_wrong_ones_lock()
    {
        var ada = await AdaAsync();
        var first = await WantedAsync(ada, Act(SensitiveOperations.MembershipGrant.Name, "one"));
        var second = await WantedAsync(ada, Act(SensitiveOperations.MembershipGrant.Name, "two"));
        var code = Code();

        Assert.Equal(StepUpOutcome.Proven, await _desk.ProveByCodeAsync(ada, first.Id, code, Cancel));
        Assert.Equal(StepUpOutcome.WrongCode, await _desk.ProveByCodeAsync(ada, second.Id, code, Cancel));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(StepUpOutcome.WrongCode, await _desk.ProveByCodeAsync(ada, second.Id, "000000", Cancel));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(StepUpOutcome.Locked, await _desk.ProveByCodeAsync(ada, second.Id, Code(), Cancel));
        Assert.Equal(6, (await EventsAsync(AuditActions.StepUpRefused)).Count);
    }

    [Fact]
    public async Task A_passkey_proves_the_one_request_it_was_asked_for()
    {
        var ada = await AdaAsync();
        Assert.Equal(new StepUpMeans(Passkey: false, Code: true), await _desk.FindMeansAsync(ada, Cancel));
        var key = await GivePasskeyAsync(ada);
        Assert.Equal(new StepUpMeans(Passkey: true, Code: true), await _desk.FindMeansAsync(ada, Cancel));
        var act = Act(SensitiveOperations.MembershipGrant.Name, "one");
        var (first, second) = (await WantedAsync(ada, act), await WantedAsync(ada, Act(SensitiveOperations.MembershipGrant.Name, "two")));

        var (begun, answer) = await SignAsync(ada, first.Id, key);
        Assert.Equal(StepUpOutcome.WrongPasskey, await _desk.ProveByPasskeyAsync(ada, second.Id, begun, answer, Cancel));
        Assert.Equal(StepUpOutcome.WrongPasskey, await _desk.ProveByPasskeyAsync(ada, first.Id, begun, answer, Cancel)); // the wrong try spent it

        (begun, answer) = await SignAsync(ada, first.Id, key);
        Assert.Equal(StepUpOutcome.Proven, await _desk.ProveByPasskeyAsync(ada, first.Id, begun, answer, Cancel));
        Assert.Equal(StepUpOutcome.Gone, await _desk.ProveByPasskeyAsync(ada, first.Id, begun, answer, Cancel));
        await _guard.DemandAsync(ada with { Proof = first.Id }, act, Cancel);
        Assert.Contains("\"passkey\"", AuditExport.Format(Assert.Single(await EventsAsync(AuditActions.StepUpProven))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_users_passkey_proves_nothing()
    {
        var ada = await AdaAsync();
        await GivePasskeyAsync(ada);
        var bobs = await GivePasskeyAsync(await UserAsync("bob@example.org", Roles.Owner));
        var request = await WantedAsync(ada, Act(SensitiveOperations.MembershipGrant.Name, "one"));

        var (begun, answer) = await SignAsync(ada, request.Id, bobs);

        Assert.Equal(StepUpOutcome.WrongPasskey, await _desk.ProveByPasskeyAsync(ada, request.Id, begun, answer, Cancel));
        await WantedAsync(ada with { Proof = request.Id }, Act(SensitiveOperations.MembershipGrant.Name, "one"));
    }

    [Fact]
    public async Task Another_user_cannot_prove_what_somebody_asked_for()
    {
        var ada = await AdaAsync();
        var request = await WantedAsync(ada, Act(SensitiveOperations.MembershipGrant.Name, "one"));
        var bob = await UserAsync("bob@example.org", Roles.Owner);

        Assert.Null(await _desk.FindAsync(bob, request.Id, Cancel));
        Assert.Equal(StepUpOutcome.Gone, await _desk.ProveByCodeAsync(bob, request.Id, Code(), Cancel));
        Assert.False(await _desk.DeclineAsync(bob, request.Id, Cancel));
    }

    [Fact]
    public async Task What_a_program_asked_for_is_proven_by_a_user_who_may_do_it_and_used_by_the_program_alone()
    {
        var ada = await AdaAsync();
        var script = Callers.Of(Roles.Owner) with { Actor = new Actor("apikey", Guid.CreateVersion7().ToString(), "script") };
        var act = Act(SensitiveOperations.ApiKeyCreate.Name, "one");
        var request = await WantedAsync(script, act);
        var viewer = await UserAsync("viewer@example.org", Roles.Viewer);

        Assert.Equal(StepUpOutcome.Gone, await _desk.ProveByCodeAsync(viewer, request.Id, Code(), Cancel));
        Assert.Equal(StepUpOutcome.Gone, await _desk.ProveByCodeAsync(script, request.Id, Code(), Cancel));
        Assert.Equal(StepUpOutcome.Proven, await _desk.ProveByCodeAsync(ada, request.Id, Code(), Cancel));

        await WantedAsync(ada with { Proof = request.Id }, act);
        await _guard.DemandAsync(script with { Proof = request.Id }, act, Cancel);
    }

    [Fact]
    public async Task A_user_without_a_second_step_is_told_so()
    {
        var created = Assert.IsType<CreateUserOutcome.Created>(await _users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), Tenant, "c@example.org", Roles.Owner, "correct horse battery"), false, Draft(), Cancel));
        var caller = new Caller(created.User.AsActor, Tenant, Roles.PermissionsOf(Roles.Owner), "192.0.2.7");
        var request = await WantedAsync(caller, Act(SensitiveOperations.MembershipGrant.Name, "one"));

        Assert.Equal(StepUpOutcome.NotEnrolled, await _desk.ProveByCodeAsync(caller, request.Id, "123456", Cancel));
    }

    [Fact]
    public async Task The_machine_itself_is_not_asked_and_the_first_user_only_after_the_set_up()
    {
        await _guard.DemandAsync(UserDesk.LocalCaller(Tenant), Act(SensitiveOperations.MembershipGrant.Name, "one"), Cancel);
        var claimed = Assert.IsType<SetupOutcome.Claimed>(await _setup.ClaimAsync(
            await _setup.FindTokenAsync(Cancel), Tenant, "first@example.org", "correct horse battery", null, "192.0.2.7", Cancel));
        var first = new Caller(claimed.User.AsActor, Tenant, Permissions.All, "192.0.2.7");

        await _guard.DemandAsync(first, Act(SensitiveOperations.EngineSecret.Name, "one"), Cancel);
        await WantedAsync(Callers.Of(Roles.Owner), Act(SensitiveOperations.EngineSecret.Name, "one"));
        _clock.Advance(SetupGate.Grace);
        await WantedAsync(first, Act(SensitiveOperations.EngineSecret.Name, "one"));
    }

    [Theory]
    [InlineData("en", "Give \u2068{role}@example.org\u2069 the role \u2068owner\u2069 in this tenant.")]
    [InlineData("zh-CN", "在本租户中授予 \u2068{role}@example.org\u2069 角色 \u2068owner\u2069。")]
    public void The_sentence_names_the_arguments_and_takes_them_literally(string culture, string expected)
    {
        var act = new BoundOperation(SensitiveOperations.MembershipGrant, Tenant, "user/1", [new("email", "{role}@example.org"), new("role", "owner")]);
        var request = new StepUpRequest(
            StepUpId.Create(), Tenant, Actor.System, act.What.Name, act.Subject, act.Shown, act.Hash(), _clock.GetUtcNow(), _clock.GetUtcNow());

        Assert.Equal(expected, request.SentenceIn(new CultureInfo(culture)));
    }

    [Theory]
    [InlineData("en", "Change who may write to the connection \u2068open\u2069: “After pairing” becomes “Anyone”.")]
    [InlineData("zh-CN", "更改谁可以向连接 \u2068open\u2069 发消息：由“配对后”改为“任何人”。")]
    public void The_sentence_calls_a_choice_what_the_screen_calls_it(string culture, string expected)
    {
        var act = new BoundOperation(
            SensitiveOperations.ConnectionAccess, Tenant, "connection/open", [new("name", "open"), new("from", "pairing"), new("to", "open")]);
        var request = new StepUpRequest(
            StepUpId.Create(), Tenant, Actor.System, act.What.Name, act.Subject, act.Shown, act.Hash(), _clock.GetUtcNow(), _clock.GetUtcNow());

        Assert.Equal(expected, request.SentenceIn(new CultureInfo(culture)));
    }

    [Theory]
    [InlineData("en", "Create the API key “\u2068ci' with the role viewer._\u2069” with the role \u2068owner\u2069.")]
    [InlineData("zh-CN", "创建 API 密钥“\u2068ci' with the role viewer._\u2069”，角色为 \u2068owner\u2069。")]
    public void An_argument_does_not_get_out_of_its_place_in_the_sentence(string culture, string expected)
    {
        var act = new BoundOperation(SensitiveOperations.ApiKeyCreate, Tenant, "apikey", [new("name", "ci” with the role viewer.\u202E"), new("role", "owner")]);
        var request = new StepUpRequest(
            StepUpId.Create(), Tenant, Actor.System, act.What.Name, act.Subject, act.Shown, act.Hash(), _clock.GetUtcNow(), _clock.GetUtcNow());

        Assert.Equal(expected, request.SentenceIn(new CultureInfo(culture)));
    }

    [Theory]
    [InlineData("a\u202Eb")]
    [InlineData("a\u2068b")]
    [InlineData("a\nb")]
    [InlineData("a\u200Bb")]
    public async Task An_API_key_has_a_name_one_can_see(string name)
    {
        var keys = new ApiKeyDesk(new InMemoryApiKeyStore(_audit, _clock), new OpenGuard(), _clock);

        Assert.Equal("name", Assert.IsType<CreateApiKeyOutcome.Invalid>(await keys.CreateAsync(Callers.Of(Roles.Owner), name, Roles.Viewer, Cancel)).Key);
        Assert.IsType<CreateApiKeyOutcome.Created>(await keys.CreateAsync(Callers.Of(Roles.Owner), " 阿达 🏠 ", Roles.Viewer, Cancel));
    }

    private static BoundOperation Act(string name, string argument)
        => new(SensitiveOperations.All[name], Tenant, "thing/1", [new("name", argument)]);

    private async Task<Caller> AdaAsync() => await UserAsync("ada@example.org", Roles.Owner);

    private async Task<Caller> UserAsync(string email, string role)
    {
        var created = Assert.IsType<CreateUserOutcome.Created>(await _users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), Tenant, email, role, "correct horse battery", _seed), false, Draft(), Cancel));
        return new Caller(created.User.AsActor, Tenant, Roles.PermissionsOf(role), "192.0.2.7");
    }

    private async Task<StepUpRequest> WantedAsync(Caller caller, BoundOperation act)
        => (await Assert.ThrowsAsync<StepUpRequiredException>(() => _guard.DemandAsync(caller, act, Cancel))).Request;

    private async Task<StepUpRequest> ProvenAsync(Caller caller, BoundOperation act)
    {
        var request = await WantedAsync(caller, act);
        Assert.Equal(StepUpOutcome.Proven, await _desk.ProveByCodeAsync(caller, request.Id, Code(), Cancel));
        return request;
    }

    private async Task<byte[]> GivePasskeyAsync(Caller caller)
    {
        var id = Guid.CreateVersion7().ToByteArray();
        var passkey = new Passkey(
            new PasskeyId(Guid.CreateVersion7()), Tenant, caller.AsUser.Id, "Phone", new PasskeyCredential(id, [1], 0, [], Guid.Empty, false, false), _clock.GetUtcNow(), null);
        Assert.True(await _passkeys.AddAsync(passkey, Draft(), Cancel));
        return id;
    }

    private async Task<(Guid Ceremony, string Answer)> SignAsync(Caller caller, StepUpId request, byte[] credential)
    {
        var begun = (await _desk.BeginByPasskeyAsync(caller, request, Cancel))!;
        return (begun.Ceremony, FakePasskeyVerifier.Answer(begun.OptionsJson, credential));
    }

    private string Code() => FakeTotp.CodeAt(_seed, _clock.GetUtcNow());

    private async Task<IReadOnlyList<AuditEvent>> EventsAsync(string action)
        => (await _audit.ListAsync(Tenant, new AuditFilter(Action: action), null, 100, Cancel)).Items;

    private AuditDraft Draft() => new(Tenant, _clock.GetUtcNow(), Actor.System, AuditActions.UserCreated, "user/x", "local", AuditDraft.NoDetails);
}
