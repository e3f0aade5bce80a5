using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of logins at identity providers must do.</summary>
public abstract class ExternalLoginStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly ExternalIdentity AdaThere = new("https://id.example.org", "248289761001");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store over a directory without users, in which the tenants exist.</summary>
    protected abstract Task<(IExternalLoginStore Logins, IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_login_is_kept_as_it_was_connected_and_found_by_issuer_and_subject_together()
    {
        var (logins, users, audit) = await CreateAsync(_clock, Own, Other);
        var login = Made(await AddUserAsync(users, "ada@example.org", Own), AdaThere);

        Assert.True(await logins.AddAsync(login, Draft(Own), Cancel));

        Assert.Equal(login, Assert.Single(await logins.ListAsync(Own, login.User, Cancel)));
        Assert.Equal(login, await logins.FindAsync(AdaThere, Cancel));
        Assert.Null(await logins.FindAsync(AdaThere with { Issuer = "https://id.example.com" }, Cancel));
        Assert.Null(await logins.FindAsync(AdaThere with { Issuer = "https://ID.example.org" }, Cancel));
        Assert.Null(await logins.FindAsync(AdaThere with { Subject = "248289761002" }, Cancel));
        Assert.Equal(1, await CountAsync(audit, Own));
    }

    [Fact]
    public async Task A_subject_is_told_from_one_that_differs_in_case_alone()
    {
        var (logins, users, _) = await CreateAsync(_clock, Own);
        var user = await AddUserAsync(users, "ada@example.org", Own);
        await logins.AddAsync(Made(user, AdaThere with { Subject = "ada" }), Draft(Own), Cancel);

        Assert.Null(await logins.FindAsync(AdaThere with { Subject = "ADA" }, Cancel));
        Assert.True(await logins.AddAsync(Made(user, AdaThere with { Subject = "ADA" }), Draft(Own), Cancel));
    }

    [Fact]
    public async Task A_login_opens_one_account_of_the_installation_whoever_comes_at_once()
    {
        var (logins, users, audit) = await CreateAsync(_clock, Own, Other);
        var (ada, bob) = (await AddUserAsync(users, "ada@example.org", Own), await AddUserAsync(users, "bob@example.org", Other));

        var added = await Task.WhenAll(new[] { ada, bob, ada, bob }.Select(user => logins.AddAsync(Made(user, AdaThere), Draft(user.Tenant), Cancel)));

        Assert.Single(added, isAdded => isAdded);
        Assert.Equal(1, await CountAsync(audit, Own) + await CountAsync(audit, Other));
        Assert.False(await logins.AddAsync(Made(ada, AdaThere), Draft(Own), Cancel));
    }

    [Fact]
    public async Task An_account_that_is_not_there_or_at_home_elsewhere_gets_no_login()
    {
        var (logins, users, audit) = await CreateAsync(_clock, Own, Other);
        var ada = await AddUserAsync(users, "ada@example.org", Own);

        Assert.False(await logins.AddAsync(Made(ada, AdaThere) with { Tenant = Other }, Draft(Other), Cancel));
        Assert.False(await logins.AddAsync(Made(ada, AdaThere) with { User = new UserId(Guid.CreateVersion7()) }, Draft(Own), Cancel));

        Assert.Null(await logins.FindAsync(AdaThere, Cancel));
        Assert.Equal(0, await CountAsync(audit, Own) + await CountAsync(audit, Other));
    }

    [Fact]
    public async Task A_use_is_a_sign_in_and_a_removed_login_is_none()
    {
        var (logins, users, audit) = await CreateAsync(_clock, Own);
        var login = Made(await AddUserAsync(users, "ada@example.org", Own), AdaThere);
        await logins.AddAsync(login, Draft(Own), Cancel);
        _clock.Advance(TimeSpan.FromHours(1));

        var session = (await logins.UseAsync(login, Draft(Own), Cancel))!;

        Assert.Equal((login.User, _clock.GetUtcNow()), (session.User.Id, session.User.LastSignInAt));
        Assert.NotNull(await users.FindSessionAsync(login.User, session.Stamp, Cancel));
        Assert.Equal(_clock.GetUtcNow(), (await logins.FindAsync(AdaThere, Cancel))!.LastUsedAt);

        var left = await logins.RemoveAsync(Own, login.User, login.Id, Draft(Own), Cancel);

        Assert.Null(await users.FindSessionAsync(login.User, session.Stamp, Cancel));
        Assert.NotNull(await users.FindSessionAsync(login.User, left!.Stamp, Cancel));
        Assert.Null(await logins.FindAsync(AdaThere, Cancel));
        Assert.Null(await logins.UseAsync(login, Draft(Own), Cancel));
        Assert.Null(await logins.RemoveAsync(Own, login.User, login.Id, Draft(Own), Cancel));
        Assert.Equal(3, await CountAsync(audit, Own));
    }

    [Fact]
    public async Task A_tenant_does_not_see_or_remove_anothers_logins()
    {
        var (logins, users, audit) = await CreateAsync(_clock, Own, Other);
        var login = Made(await AddUserAsync(users, "ada@example.org", Own), AdaThere);
        await logins.AddAsync(login, Draft(Own), Cancel);

        Assert.Empty(await logins.ListAsync(Other, login.User, Cancel));
        Assert.Null(await logins.RemoveAsync(Other, login.User, login.Id, Draft(Other), Cancel));
        Assert.Null(await logins.RemoveAsync(Own, new UserId(Guid.CreateVersion7()), login.Id, Draft(Own), Cancel));

        Assert.Single(await logins.ListAsync(Own, login.User, Cancel));
        Assert.Equal(0, await CountAsync(audit, Other));
    }

    private ExternalLogin Made(User user, ExternalIdentity identity)
        => new(new ExternalLoginId(Guid.CreateVersion7()), user.Tenant, user.Id, identity, "Example ID", _clock.GetUtcNow(), null);

    private async Task<User> AddUserAsync(IUserDirectory users, string email, TenantId tenant) => Assert.IsType<CreateUserOutcome.Created>(
        await users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant, email, Roles.Owner, "correct horse battery"), false,
            Draft(tenant) with { Action = AuditActions.UserCreated }, Cancel)).User;

    private AuditDraft Draft(TenantId tenant) => new(tenant, _clock.GetUtcNow(), Actor.System, "test.changed", "user/x", "local", AuditDraft.NoDetails);

    private static async Task<int> CountAsync(IAuditLog audit, TenantId tenant)
        => (await audit.ListAsync(tenant, new AuditFilter("test.changed"), null, 100, Cancel)).Items.Count;
}
