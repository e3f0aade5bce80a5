using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of sessions must do.</summary>
public abstract class UserSessionStoreContract
{
    private const string Password = "correct horse battery";
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store over a directory without users, in which the tenants exist.</summary>
    protected abstract Task<(IUserSessionStore Sessions, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_session_is_kept_as_it_began_and_writes_no_event_of_its_own()
    {
        var (sessions, users, audit) = await CreateAsync(_clock, Own);
        var began = Session(await AddUserAsync(users, "ada@example.org", Own));

        await sessions.BeginAsync(began, Cancel);

        Assert.Equal(began, await sessions.FindAsync(began.Id, Cancel));
        Assert.Equal([began], await sessions.ListOpenAsync(began.User, Cancel));
        Assert.Equal([began], await sessions.ListOpenAsync(Cancel));
        Assert.Null(await sessions.FindAsync(UserSessionId.Of(RandomToken.Create()), Cancel));
        Assert.Empty(await EndedAsync(audit, Own));
    }

    [Fact]
    public async Task Activity_moves_the_time_forward_only()
    {
        var (sessions, users, _) = await CreateAsync(_clock, Own);
        var began = Session(await AddUserAsync(users, "ada@example.org", Own));
        await sessions.BeginAsync(began, Cancel);

        await sessions.SeeAsync(began.Id, began.SeenAt.AddMinutes(5), Cancel);
        await sessions.SeeAsync(began.Id, began.SeenAt.AddMinutes(3), Cancel);

        Assert.Equal(began.SeenAt.AddMinutes(5), (await sessions.FindAsync(began.Id, Cancel))?.SeenAt);
    }

    [Fact]
    public async Task A_session_is_ended_once_by_its_user_alone_and_with_an_event()
    {
        var (sessions, users, audit) = await CreateAsync(_clock, Own, Other);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org", Own), await AddUserAsync(users, "bob@example.org", Other));
        var (mine, also, theirs) = (Session(ada), Session(ada), Session(bob));
        foreach (var session in new[] { mine, also, theirs })
        {
            await sessions.BeginAsync(session, Cancel);
        }

        Assert.False(await sessions.EndAsync(bob.Id, mine.Id, SessionEnd.EndedByUser, Draft(Own), Cancel));
        Assert.True(await sessions.EndAsync(ada.Id, mine.Id, SessionEnd.EndedByUser, Draft(Own), Cancel));
        Assert.False(await sessions.EndAsync(ada.Id, mine.Id, SessionEnd.Idle, Draft(Own), Cancel));

        Assert.Equal(mine with { EndedAt = _clock.GetUtcNow(), End = SessionEnd.EndedByUser }, await sessions.FindAsync(mine.Id, Cancel));
        Assert.Equal([also], await sessions.ListOpenAsync(ada.Id, Cancel));
        Assert.Equal([theirs], await sessions.ListOpenAsync(bob.Id, Cancel));
        Assert.Single(await EndedAsync(audit, Own));
        await sessions.SeeAsync(mine.Id, mine.SeenAt.AddHours(1), Cancel);
        Assert.Equal(mine.SeenAt, (await sessions.FindAsync(mine.Id, Cancel))?.SeenAt);
    }

    [Fact]
    public async Task All_sessions_but_one_are_ended_in_one_act()
    {
        var (sessions, users, audit) = await CreateAsync(_clock, Own);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org", Own), await AddUserAsync(users, "bob@example.org", Own));
        var (kept, others) = (Session(ada), new[] { Session(ada), Session(ada) });
        foreach (var session in others.Append(kept).Append(Session(bob)))
        {
            await sessions.BeginAsync(session, Cancel);
        }

        Assert.Equal(2, await sessions.EndAllAsync(ada.Id, kept.Id, SessionEnd.EndedByUser, Draft(Own), Cancel));
        Assert.Equal([kept], await sessions.ListOpenAsync(ada.Id, Cancel));
        Assert.Equal(1, await sessions.EndAllAsync(ada.Id, null, SessionEnd.EndedByAdmin, Draft(Own), Cancel));
        Assert.Equal(0, await sessions.EndAllAsync(ada.Id, null, SessionEnd.EndedByAdmin, Draft(Own), Cancel));

        Assert.Empty(await sessions.ListOpenAsync(ada.Id, Cancel));
        Assert.Single(await sessions.ListOpenAsync(bob.Id, Cancel));
        Assert.Equal(2, (await EndedAsync(audit, Own)).Count);
    }

    [Fact]
    public async Task A_changed_password_and_a_reset_second_step_end_every_session_of_that_user()
    {
        var (sessions, users, audit) = await CreateAsync(_clock, Own);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org", Own), await AddUserAsync(users, "bob@example.org", Own));
        var (before, between, others) = (Session(ada), Session(ada), Session(bob));
        await sessions.BeginAsync(before, Cancel);
        await sessions.BeginAsync(others, Cancel);

        await users.ChangeCredentialAsync(Own, ada.Id, Password, new CredentialChange.NewPassword("another correct horse"), Draft(Own), Cancel);
        Assert.Equal(SessionEnd.CredentialChanged, (await sessions.FindAsync(before.Id, Cancel))?.End);
        await sessions.BeginAsync(between, Cancel);
        await users.ResetMfaAsync(Own, ada.Id, Draft(Own), Cancel);

        Assert.Equal(SessionEnd.CredentialChanged, (await sessions.FindAsync(between.Id, Cancel))?.End);
        Assert.Equal([others], await sessions.ListOpenAsync(Cancel));
        Assert.Equal(2, (await EndedAsync(audit, Own)).Count); // of the changes themselves
    }

    [Fact]
    public async Task Ended_sessions_are_forgotten_after_a_time_and_open_ones_never()
    {
        var (sessions, users, _) = await CreateAsync(_clock, Own);
        var ada = await AddUserAsync(users, "ada@example.org", Own);
        var (open, ended) = (Session(ada), Session(ada));
        await sessions.BeginAsync(open, Cancel);
        await sessions.BeginAsync(ended, Cancel);
        await sessions.EndAsync(ada.Id, ended.Id, SessionEnd.SignedOut, Draft(Own), Cancel);

        await sessions.ForgetAsync(_clock.GetUtcNow(), Cancel);
        Assert.NotNull(await sessions.FindAsync(ended.Id, Cancel));
        await sessions.ForgetAsync(_clock.GetUtcNow().AddMilliseconds(1), Cancel);

        Assert.Null(await sessions.FindAsync(ended.Id, Cancel));
        Assert.NotNull(await sessions.FindAsync(open.Id, Cancel));
    }

    private UserSession Session(User user) => new(
        UserSessionId.Of(RandomToken.Create()), user.Id, user.Tenant, _clock.GetUtcNow(), _clock.GetUtcNow(), SignInMethod.PasswordAndCode,
        new DeviceLook("Firefox", "Windows"), "192.0.2.7");

    private AuditDraft Draft(TenantId tenant)
        => new(tenant, _clock.GetUtcNow(), Actor.System, AuditActions.SessionEnded, "user/x", "local", AuditDraft.NoDetails);

    private static async Task<IReadOnlyList<AuditEvent>> EndedAsync(IAuditLog audit, TenantId tenant)
        => (await audit.ListAsync(tenant, new AuditFilter(AuditActions.SessionEnded), null, 50, Cancel)).Items;

    private async Task<User> AddUserAsync(IUserDirectory users, string email, TenantId tenant) => Assert.IsType<CreateUserOutcome.Created>(
        await users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant, email, Roles.Owner, Password), onlyFirst: false,
            new AuditDraft(tenant, _clock.GetUtcNow(), Actor.System, AuditActions.UserCreated, "user/x", "local", AuditDraft.NoDetails), Cancel)).User;
}
