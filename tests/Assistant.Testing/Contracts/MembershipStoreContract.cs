using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of memberships and roles must do, and the rights that follow from it.</summary>
public abstract class MembershipStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Empty stores in which the tenants exist.</summary>
    protected abstract Task<MembershipPorts> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_new_user_is_a_member_at_home_and_nowhere_else()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);

        Assert.Equal(new Membership(Own, ada.Id, "ada@example.org", Roles.Operator, _clock.GetUtcNow()), await ports.Memberships.FindAsync(Own, ada.Id, Cancel));
        Assert.Null(await ports.Memberships.FindAsync(Other, ada.Id, Cancel));
        Assert.Empty(await ports.Memberships.ListAsync(Other, Cancel));
    }

    [Fact]
    public async Task One_user_holds_different_roles_in_several_tenants()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);

        Assert.IsType<MembershipOutcome.Changed>(await ports.Memberships.SetAsync(Other, ada.Id, Roles.Auditor, Draft(Other), Cancel));

        Assert.Equal([(Own, Roles.Operator), (Other, Roles.Auditor)], (await ports.Memberships.ListOfAsync(ada.Id, Cancel)).Select(m => (m.Tenant, m.Role)));
        Assert.Equal([Roles.Operator], (await ports.Users.ListAsync(Own, Cancel)).Select(user => user.Role));
        Assert.Equal([(Own, Roles.Auditor)], (await ports.Users.ListAsync(Other, Cancel)).Select(user => (user.Tenant, user.Role)));
        Assert.Equal(Roles.Auditor, (await ports.Users.FindAsync(Other, ada.Id, Cancel))?.Role);
    }

    /// <summary>Whichever membership comes first, by name or by age.</summary>
    [Fact]
    public async Task An_account_has_the_role_it_holds_at_home()
    {
        var archive = new TenantId("archive");
        var ports = await CreateAsync(_clock, archive, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);
        await ports.Memberships.SetAsync(archive, ada.Id, Roles.Auditor, Draft(archive), Cancel);
        await ports.Memberships.SetAsync(Other, ada.Id, Roles.Viewer, Draft(Other), Cancel);
        await ports.Memberships.RemoveAsync(Own, ada.Id, Draft(Own), Cancel);
        await ports.Memberships.SetAsync(Own, ada.Id, Roles.Operator, Draft(Own), Cancel);

        Assert.Equal(Roles.Operator, (await ports.Users.FindByEmailAsync("ada@example.org", Cancel))?.Role);
        Assert.Equal(Roles.Operator, Assert.IsType<ChangeUserOutcome.Changed>(await ports.Users.ResetMfaAsync(Own, ada.Id, Draft(Own), Cancel)).User.Role);
        Assert.Equal(Roles.Auditor, (await ports.Users.FindAsync(archive, ada.Id, Cancel))?.Role);
        var signedIn = Assert.IsType<SignInOutcome.SignedIn>(await ports.Users.VerifyAsync("ada@example.org", "correct horse battery", null, "local", Cancel));
        Assert.Equal((Roles.Operator, Roles.Operator), (signedIn.User.Role, (await ports.Users.FindSessionAsync(ada.Id, signedIn.Stamp, Cancel))?.Role));
    }

    [Fact]
    public async Task What_a_session_may_do_follows_the_membership_at_once()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        await AddAsync(ports, "owner@example.org", Roles.Owner);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);
        var stamp = await SignInAsync(ports, ada);
        await ports.Rights.LoadAsync(Cancel);

        var kept = new PresentPermissionSet(() => ports.Rights.OfSession(Own, ada.Id, stamp));
        Assert.Contains(Permissions.ConversationsReply, kept);
        Assert.Empty(ports.Rights.OfSession(Other, ada.Id, stamp));
        Assert.Empty(ports.Rights.OfSession(Own, ada.Id, "another"));

        await ports.Memberships.SetAsync(Own, ada.Id, Roles.Auditor, Draft(Own), Cancel);
        Assert.DoesNotContain(Permissions.ConversationsReply, kept);
        Assert.Contains(Permissions.AuditRead, kept);

        await ports.Memberships.RemoveAsync(Own, ada.Id, Draft(Own), Cancel);
        Assert.Empty(kept);
        Assert.True(ports.Rights.IsInForce(ada.Id, stamp));
        Assert.Empty(ports.Rights.TenantsOf(ada.Id));
    }

    [Fact]
    public async Task A_session_that_was_ended_may_do_nothing()
    {
        var ports = await CreateAsync(_clock, Own);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);
        var stamp = await SignInAsync(ports, ada);
        await ports.Rights.LoadAsync(Cancel);
        Assert.True(ports.Rights.IsInForce(ada.Id, stamp));

        await ports.Users.ResetMfaAsync(Own, ada.Id, Draft(Own), Cancel);

        Assert.False(ports.Rights.IsInForce(ada.Id, stamp));
        Assert.Empty(ports.Rights.OfSession(Own, ada.Id, stamp));
    }

    [Fact]
    public async Task The_last_owner_of_a_tenant_stays_whatever_they_are_elsewhere()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Owner);
        var bob = await AddAsync(ports, "bob@example.org", Roles.Viewer);
        await ports.Memberships.SetAsync(Other, bob.Id, Roles.Owner, Draft(Other), Cancel);

        Assert.IsType<MembershipOutcome.LastOwner>(await ports.Memberships.SetAsync(Own, ada.Id, Roles.Admin, Draft(Own), Cancel));
        Assert.IsType<MembershipOutcome.LastOwner>(await ports.Memberships.RemoveAsync(Own, ada.Id, Draft(Own), Cancel));

        await ports.Memberships.SetAsync(Own, bob.Id, Roles.Owner, Draft(Own), Cancel);
        Assert.IsType<MembershipOutcome.Changed>(await ports.Memberships.RemoveAsync(Own, ada.Id, Draft(Own), Cancel));
    }

    [Fact]
    public async Task Of_two_owners_who_remove_each_other_one_stays()
    {
        var ports = await CreateAsync(_clock, Own);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Owner);
        var bob = await AddAsync(ports, "bob@example.org", Roles.Owner);

        var outcomes = await Task.WhenAll(
            Task.Run(() => ports.Memberships.RemoveAsync(Own, ada.Id, Draft(Own), Cancel)),
            Task.Run(() => ports.Memberships.SetAsync(Own, bob.Id, Roles.Viewer, Draft(Own), Cancel)));

        Assert.Single(outcomes.OfType<MembershipOutcome.LastOwner>());
        Assert.Single(await ports.Memberships.ListAsync(Own, Cancel), member => member.Role == Roles.Owner);
    }

    [Fact]
    public async Task Nobody_and_a_stranger_are_not_found_and_nothing_is_written()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Owner);

        Assert.IsType<MembershipOutcome.NotFound>(await ports.Memberships.SetAsync(Own, new UserId(Guid.CreateVersion7()), Roles.Viewer, Draft(Own), Cancel));
        Assert.IsType<MembershipOutcome.NotFound>(await ports.Memberships.RemoveAsync(Other, ada.Id, Draft(Other), Cancel));
        Assert.Empty(await ActionsAsync(ports, Other));
    }

    [Fact]
    public async Task A_role_is_a_tenants_own()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        await SaveRoleAsync(ports, Own, "desk", Permissions.ConversationsRead, Permissions.PeopleRead);
        await ports.Rights.LoadAsync(Cancel);

        Assert.Equal(["desk"], (await ports.Roles.ListAsync(Own, Cancel)).Select(role => role.Name));
        Assert.Empty(await ports.Roles.ListAsync(Other, Cancel));
        Assert.Null(await ports.Roles.FindAsync(Other, "desk", Cancel));
        Assert.Empty(ports.Rights.OfRole(Other, "desk"));
        Assert.Equal(
            [Permissions.ConversationsRead, Permissions.PeopleRead], ports.Rights.OfRole(Own, "desk").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_holds_a_role_feels_its_change_at_once()
    {
        var ports = await CreateAsync(_clock, Own);
        await SaveRoleAsync(ports, Own, "desk", Permissions.ConversationsRead, Permissions.ConversationsReply);
        var ada = await AddAsync(ports, "ada@example.org", "desk");
        var stamp = await SignInAsync(ports, ada);
        await ports.Rights.LoadAsync(Cancel);
        Assert.Contains(Permissions.ConversationsReply, ports.Rights.OfSession(Own, ada.Id, stamp));

        await SaveRoleAsync(ports, Own, "desk", Permissions.ConversationsRead);

        Assert.Equal([Permissions.ConversationsRead], ports.Rights.OfSession(Own, ada.Id, stamp));
    }

    [Fact]
    public async Task A_role_somebody_holds_is_not_deleted()
    {
        var ports = await CreateAsync(_clock, Own);
        await SaveRoleAsync(ports, Own, "desk", Permissions.ConversationsRead);
        var ada = await AddAsync(ports, "ada@example.org", "desk");
        var secret = ApiKeySecret.Create();
        var key = new ApiKey(ApiKeyId.Create(), Own, "script", "desk", secret.Hint, _clock.GetUtcNow(), null, null);
        await ports.Keys.AddAsync(key, secret, Draft(Own), Cancel);

        Assert.Equal(new DeleteRoleOutcome.InUse(1, 1), await ports.Roles.DeleteAsync(Own, "desk", Draft(Own), Cancel));

        await ports.Memberships.SetAsync(Own, ada.Id, Roles.Viewer, Draft(Own), Cancel);
        await ports.Keys.RevokeAsync(Own, key.Id, Draft(Own), Cancel);
        Assert.IsType<DeleteRoleOutcome.Deleted>(await ports.Roles.DeleteAsync(Own, "desk", Draft(Own), Cancel));
        Assert.IsType<DeleteRoleOutcome.NotFound>(await ports.Roles.DeleteAsync(Own, "desk", Draft(Own), Cancel));
    }

    [Fact]
    public async Task A_membership_that_ends_in_one_tenant_stays_in_another()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(ports, "ada@example.org", Roles.Operator);
        await ports.Memberships.SetAsync(Other, ada.Id, Roles.Auditor, Draft(Other), Cancel);

        Assert.IsType<MembershipOutcome.Changed>(await ports.Memberships.RemoveAsync(Other, ada.Id, Draft(Other), Cancel));

        Assert.Equal([(Own, Roles.Operator)], (await ports.Memberships.ListOfAsync(ada.Id, Cancel)).Select(m => (m.Tenant, m.Role)));
    }

    [Fact]
    public async Task A_role_held_under_the_same_name_elsewhere_is_deleted_here_and_stays_there()
    {
        var ports = await CreateAsync(_clock, Own, Other);
        await SaveRoleAsync(ports, Own, "desk", Permissions.ConversationsRead);
        await SaveRoleAsync(ports, Other, "desk", Permissions.AuditRead);
        await AddAsync(ports, "ada@example.org", "desk");
        var secret = ApiKeySecret.Create();
        await ports.Keys.AddAsync(new ApiKey(ApiKeyId.Create(), Own, "script", "desk", secret.Hint, _clock.GetUtcNow(), null, null), secret, Draft(Own), Cancel);

        Assert.IsType<DeleteRoleOutcome.Deleted>(await ports.Roles.DeleteAsync(Other, "desk", Draft(Other), Cancel));

        Assert.Null(await ports.Roles.FindAsync(Other, "desk", Cancel));
        Assert.Equal([Permissions.ConversationsRead], (await ports.Roles.FindAsync(Own, "desk", Cancel))!.Permissions);
    }

    protected async Task<User> AddAsync(MembershipPorts ports, string email, string role) => Assert.IsType<CreateUserOutcome.Created>(
        await ports.Users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), Own, email, role, "correct horse battery"), false, Draft(Own), Cancel)).User;

    protected static async Task<string> SignInAsync(MembershipPorts ports, User user) => Assert.IsType<SignInOutcome.SignedIn>(
        await ports.Users.VerifyAsync(user.Email, "correct horse battery", null, "192.0.2.1", Cancel)).Stamp;

    private Task SaveRoleAsync(MembershipPorts ports, TenantId tenant, string name, params string[] permissions)
        => ports.Roles.SaveAsync(new CustomRole(tenant, name, permissions.ToHashSet(), _clock.GetUtcNow()), Draft(tenant), Cancel);

    private AuditDraft Draft(TenantId tenant) => UserDesk.LocalCaller(tenant).Audit(_clock.GetUtcNow(), "test", "test");

    private static async Task<List<string>> ActionsAsync(MembershipPorts ports, TenantId tenant)
        => [.. (await ports.Audit.ListAsync(tenant, new AuditFilter(), null, 100, Cancel)).Items.Select(e => e.What.Action).Where(action => action == "test")];
}

/// <summary>Ports over the same data.</summary>
public sealed record MembershipPorts(
    IUserDirectory Users, IMembershipStore Memberships, IRoleStore Roles, IAccessRights Rights, IApiKeyStore Keys, IAuditLog Audit);
