using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security.Sessions;

/// <summary>Sessions over users, roles and a clock in memory.</summary>
internal sealed class SessionRig
{
    public static readonly TenantId Own = TenantId.Default;
    public static readonly TenantId Annex = new("annex");

    public SessionRig()
    {
        Users = new InMemoryUserDirectory(Audit, Clock, Own, Annex);
        Store = new InMemoryUserSessionStore(Users, Audit, Clock);
        Board = NewBoard();
        var memberships = new InMemoryMembershipStore(Users, Audit);
        Memberships = memberships;
        Desk = new SessionDesk(Store, Board, Users, memberships, new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(Audit, Clock), Audit), Clock);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    public InMemoryAuditLog Audit { get; } = new();

    public InMemoryUserDirectory Users { get; }

    public InMemoryMembershipStore Memberships { get; }

    public InMemoryUserSessionStore Store { get; }

    public SessionBoard Board { get; }

    public SessionDesk Desk { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A second node over the same store.</summary>
    public SessionBoard NewBoard() => new(Store, new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)), Clock);

    public async Task<User> AddAsync(string email, string role = Roles.Owner, TenantId? tenant = null) => Assert.IsType<CreateUserOutcome.Created>(
        await Users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant ?? Own, email, role, "correct horse battery"), onlyFirst: false,
            UserDesk.LocalCaller(tenant ?? Own).Audit(Clock.GetUtcNow(), AuditActions.UserCreated, "user/x"), Cancel)).User;

    /// <summary>Signs the user in; returns them as a caller in that session.</summary>
    public async Task<Caller> SignInAsync(User user, TenantId? tenant = null, SessionBoard? board = null)
    {
        var now = Clock.GetUtcNow();
        var session = new UserSession(
            UserSessionId.Of(RandomToken.Create()), user.Id, user.Tenant, now, now, SignInMethod.Password, new DeviceLook("Firefox", "Windows"), "192.0.2.7");
        await (board ?? Board).BeginAsync(session, Cancel);
        var at = tenant ?? user.Tenant;
        return new Caller(user.AsActor, at, Roles.PermissionsOf(user.Role), "192.0.2.7")
        {
            Session = session.Id,
            HomeTenant = at == user.Tenant ? null : user.Tenant,
        };
    }

    public bool IsOpen(Caller caller) => Board.IsOpen(caller.Session!.Value, caller.AsUser.Id);

    public async Task<IReadOnlyList<AuditEvent>> EndedAsync(TenantId? tenant = null)
        => (await Audit.ListAsync(tenant ?? Own, new AuditFilter(AuditActions.SessionEnded), null, 50, Cancel)).Items;
}
