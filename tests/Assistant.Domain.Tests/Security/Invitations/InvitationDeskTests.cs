using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security.Invitations;

/// <summary>What a link opens: once, in time, and no more than its maker could give by hand.</summary>
public sealed class InvitationDeskTests
{
    private const string Password = "correct horse battery";
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Annex = new("annex");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly InMemoryUserDirectory _users;
    private readonly InMemoryMembershipStore _memberships;
    private readonly InMemoryApiKeyStore _keys;
    private readonly InvitationDesk _desk;

    public InvitationDeskTests()
    {
        _users = new InMemoryUserDirectory(_audit, _clock, Own, Annex);
        _memberships = new InMemoryMembershipStore(_users, _audit);
        _keys = new InMemoryApiKeyStore(_audit, _clock);
        _desk = new InvitationDesk(
            new InMemoryInvitationStore(_audit), _users, _memberships, new InMemoryRoleStore(_memberships, _keys, _audit), _keys, new OpenGuard(), _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_newcomer_gets_an_account_with_the_role_and_the_link_is_spent()
    {
        var token = await InviteAsync(await AddAsync("ada@example.org", Roles.Admin), Roles.Operator);

        var accepted = Assert.IsType<AcceptOutcome.Accepted>(await _desk.AcceptAsNewAsync(token, " bob@example.org ", Password, "192.0.2.1", Cancel));

        Assert.Equal(("bob@example.org", Roles.Operator), ((await _users.FindAsync(Own, accepted.User, Cancel))!.Email, (await _users.FindAsync(Own, accepted.User, Cancel))!.Role));
        Assert.Null(await _desk.OpenAsync(token, Cancel));
        Assert.IsType<AcceptOutcome.Closed>(await _desk.AcceptAsNewAsync(token, "eve@example.org", Password, "192.0.2.1", Cancel));
        var used = Assert.Single((await _audit.ListAsync(Own, new AuditFilter(AuditActions.InvitationUsed), null, 10, Cancel)).Items).What;
        Assert.Equal(("bob@example.org", "operator", "ada@example.org"), (used.Details["email"], used.Details["role"], used.Details["by"]));
        Assert.DoesNotContain(token, string.Join(' ', used.Details.Values) + used.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_with_an_account_becomes_a_member_and_stays_at_home_elsewhere()
    {
        var token = await InviteAsync(await AddAsync("ada@example.org", Roles.Admin), Roles.Auditor);
        var guest = await AddAsync("gil@example.org", Roles.Owner, Annex);

        Assert.Equal(new AcceptOutcome.Accepted(guest.AsUser.Id), await _desk.AcceptAsMemberAsync(guest, token, Cancel));

        Assert.Equal([(Annex, Roles.Owner), (Own, Roles.Auditor)], (await _memberships.ListOfAsync(guest.AsUser.Id, Cancel)).Select(m => (m.Tenant, m.Role)));
        Assert.IsType<AcceptOutcome.Closed>(await _desk.AcceptAsMemberAsync(await AddAsync("eve@example.org", Roles.Viewer, Annex), token, Cancel));
    }

    [Fact]
    public async Task A_mistake_uses_nothing_up()
    {
        var ada = await AddAsync("ada@example.org", Roles.Owner);
        var token = await InviteAsync(ada, Roles.Viewer);

        Assert.Equal(new AcceptOutcome.Invalid("email"), await _desk.AcceptAsNewAsync(token, "nobody", Password, "192.0.2.1", Cancel));
        Assert.Equal(new AcceptOutcome.Invalid("password", PasswordFlaw.Guessable), await _desk.AcceptAsNewAsync(token, "bob@example.org", "passwordpassword", "192.0.2.1", Cancel));
        Assert.IsType<AcceptOutcome.EmailTaken>(await _desk.AcceptAsNewAsync(token, "ADA@example.org", Password, "192.0.2.1", Cancel));
        Assert.IsType<AcceptOutcome.AlreadyMember>(await _desk.AcceptAsMemberAsync(ada, token, Cancel));

        Assert.Equal(Roles.Owner, (await _memberships.FindAsync(Own, ada.AsUser.Id, Cancel))?.Role);
        Assert.NotNull(await _desk.OpenAsync(token, Cancel));
    }

    [Fact]
    public async Task Wrong_revoked_expired_and_used_links_look_alike()
    {
        var ada = await AddAsync("ada@example.org", Roles.Owner);
        var (revoked, expired, used) = (await InviteAsync(ada, Roles.Viewer), await InviteAsync(ada, Roles.Viewer), await InviteAsync(ada, Roles.Viewer));
        await _desk.AcceptAsNewAsync(used, "bob@example.org", Password, "192.0.2.1", Cancel);
        Assert.True(RandomToken.TryParse(revoked, out var parsed));
        Assert.False(await _desk.RevokeAsync(Callers.Of(Roles.Owner, tenant: "annex"), new InvitationId(parsed.Id), Cancel));
        Assert.True(await _desk.RevokeAsync(ada, new InvitationId(parsed.Id), Cancel));
        _clock.Advance(Invitation.DefaultLifetime);

        foreach (var token in new[] { revoked, expired, used, RandomToken.Create().Reveal(), "", null, "x", parsed.Id.ToString() })
        {
            Assert.Null(await _desk.OpenAsync(token, Cancel));
            Assert.IsType<AcceptOutcome.Closed>(await _desk.AcceptAsNewAsync(token, "eve@example.org", Password, "192.0.2.1", Cancel));
            Assert.IsType<AcceptOutcome.Closed>(await _desk.AcceptAsMemberAsync(await SomebodyAsync(), token, Cancel));
        }
    }

    [Theory]
    [InlineData(Roles.Viewer)]
    [InlineData(null)]
    public async Task An_inviter_who_may_not_give_it_any_more_takes_the_invitation_along(string? role)
    {
        await AddAsync("ola@example.org", Roles.Owner);
        var ada = await AddAsync("ada@example.org", Roles.Admin);
        var token = await InviteAsync(ada, Roles.Operator);
        var draft = UserDesk.LocalCaller(Own).Audit(_clock.GetUtcNow(), "x", "y");
        Assert.NotNull(await _desk.OpenAsync(token, Cancel));

        await (role is null ? _memberships.RemoveAsync(Own, ada.AsUser.Id, draft, Cancel) : _memberships.SetAsync(Own, ada.AsUser.Id, role, draft, Cancel));

        Assert.Null(await _desk.OpenAsync(token, Cancel));
        Assert.IsType<AcceptOutcome.Closed>(await _desk.AcceptAsNewAsync(token, "bob@example.org", Password, "192.0.2.1", Cancel));
    }

    [Fact]
    public async Task A_revoked_key_takes_its_invitations_along_and_the_machine_keeps_its_own()
    {
        var made = Assert.IsType<CreateApiKeyOutcome.Created>(
            await new ApiKeyDesk(_keys, new OpenGuard(), _clock).CreateAsync(UserDesk.LocalCaller(Own), "script", Roles.Admin, Cancel));
        var key = new Caller(made.Key.AsActor, Own, Roles.PermissionsOf(Roles.Admin), "192.0.2.1");
        var (byKey, byMachine) = (await InviteAsync(key, Roles.Viewer), await InviteAsync(UserDesk.LocalCaller(Own), Roles.Owner));
        Assert.NotNull(await _desk.OpenAsync(byKey, Cancel));

        await _keys.RevokeAsync(Own, made.Key.Id, UserDesk.LocalCaller(Own).Audit(_clock.GetUtcNow(), "x", "y"), Cancel);

        Assert.Null(await _desk.OpenAsync(byKey, Cancel));
        Assert.NotNull(await _desk.OpenAsync(byMachine, Cancel));
    }

    [Fact]
    public async Task Nobody_invites_to_more_than_they_may_for_longer_than_a_month_or_for_whom_one_cannot_see()
    {
        var ada = await AddAsync("ada@example.org", Roles.Admin);

        Assert.Equal("role", Assert.IsType<InviteOutcome.Refused>(await _desk.CreateAsync(ada, Roles.Owner, "", Invitation.DefaultLifetime, Cancel)).Key);
        Assert.Equal("role", Assert.IsType<InviteOutcome.Refused>(await _desk.CreateAsync(ada, "none", "", Invitation.DefaultLifetime, Cancel)).Key);
        Assert.Equal("note", Assert.IsType<InviteOutcome.Refused>(await _desk.CreateAsync(ada, Roles.Viewer, "Bob\u202E", Invitation.DefaultLifetime, Cancel)).Key);
        Assert.Equal("lifetime", Assert.IsType<InviteOutcome.Refused>(await _desk.CreateAsync(ada, Roles.Viewer, "", TimeSpan.FromDays(31), Cancel)).Key);
        Assert.Equal("lifetime", Assert.IsType<InviteOutcome.Refused>(await _desk.CreateAsync(ada, Roles.Viewer, "", TimeSpan.Zero, Cancel)).Key);
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.CreateAsync(Callers.Of(Roles.Operator), Roles.Viewer, "", Invitation.DefaultLifetime, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.ListAsync(Callers.Of(Roles.Auditor), Cancel));
        Assert.Empty(await _desk.ListAsync(ada, Cancel));
    }

    [Fact]
    public async Task Of_a_long_note_as_many_whole_characters_are_kept_as_fit()
    {
        var fits = new string('a', Invitation.MaxNoteLength - 1);

        var made = Assert.IsType<InviteOutcome.Made>(
            await _desk.CreateAsync(await AddAsync("ada@example.org", Roles.Admin), Roles.Viewer, fits + "🏠", Invitation.DefaultLifetime, Cancel));

        Assert.Equal(fits, made.Invitation.Note);
    }

    [Fact]
    public async Task A_proof_is_for_the_time_the_invitation_was_asked_for()
    {
        using var setup = new SetupGate(_users, _clock);
        var proofs = new InMemoryStepUpStore(_audit);
        var desk = new InvitationDesk(
            new InMemoryInvitationStore(_audit), _users, _memberships, new InMemoryRoleStore(_memberships, _keys, _audit), _keys,
            new StepUpGuard(proofs, setup, _clock), _clock);
        var ada = await AddAsync("ada@example.org", Roles.Admin);
        Task<InviteOutcome> InviteForAsync(int hours, StepUpId? proof)
            => desk.CreateAsync(ada with { Proof = proof }, Roles.Viewer, "for Bob", TimeSpan.FromHours(hours), Cancel);
        var asked = (await Assert.ThrowsAsync<StepUpRequiredException>(() => InviteForAsync(1, null))).Request;
        Assert.True(await proofs.ProveAsync(Own, asked.Id, ada.AsUser.Id, ada.Audit(_clock.GetUtcNow(), AuditActions.StepUpProven, "stepup/x"), Cancel));

        await Assert.ThrowsAsync<StepUpRequiredException>(() => InviteForAsync(720, asked.Id));

        Assert.Contains("for \u20681\u2069 h", asked.SentenceIn(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(1), Assert.IsType<InviteOutcome.Made>(await InviteForAsync(1, asked.Id)).Invitation is var made ? made.ExpiresAt - made.CreatedAt : default);
    }

    private async Task<string> InviteAsync(Caller by, string role)
        => Assert.IsType<InviteOutcome.Made>(await _desk.CreateAsync(by, role, "for somebody", Invitation.DefaultLifetime, Cancel)).Token.Reveal();

    private Task<Caller> SomebodyAsync() => AddAsync($"{Guid.CreateVersion7():N}@example.org", Roles.Viewer, Annex);

    private async Task<Caller> AddAsync(string email, string role, TenantId? tenant = null)
    {
        var user = Assert.IsType<CreateUserOutcome.Created>(await _users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant ?? Own, email, role, Password), onlyFirst: false,
            UserDesk.LocalCaller(tenant ?? Own).Audit(_clock.GetUtcNow(), AuditActions.UserCreated, "user/x"), Cancel)).User;
        return new Caller(user.AsActor, user.Tenant, Roles.PermissionsOf(role), "192.0.2.7");
    }
}
