using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security;

/// <summary>Who may give which right to whom: members, roles and tenants.</summary>
public sealed class MembershipDeskTests
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Annex = new("annex");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly InMemoryUserDirectory _users;
    private readonly InMemoryMembershipStore _store;
    private readonly InMemoryRoleStore _roleStore;
    private readonly MembershipDesk _members;
    private readonly RoleDesk _roles;

    public MembershipDeskTests()
    {
        _users = new InMemoryUserDirectory(_audit, _clock, Own, Annex);
        _store = new InMemoryMembershipStore(_users, _audit);
        _roleStore = new InMemoryRoleStore(_store, new InMemoryApiKeyStore(_audit, _clock), _audit);
        _members = new MembershipDesk(_store, _users, _roleStore, new OpenGuard(), _clock);
        _roles = new RoleDesk(_roleStore, new OpenGuard(), _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_of_another_tenant_is_let_in_and_stays_what_they_are_at_home()
    {
        var ada = await AddAsync("ada@example.org", Roles.Owner, Annex);

        var outcome = await _members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), " ADA@example.org ", Roles.Auditor, Cancel);

        Assert.Equal(Roles.Auditor, Assert.IsType<MembershipOutcome.Changed>(outcome).Membership.Role);
        Assert.Equal([(Annex, Roles.Owner), (Own, Roles.Auditor)], (await _store.ListOfAsync(ada.Id, Cancel)).Select(m => (m.Tenant, m.Role)));
        var granted = (await _audit.ListAsync(Own, new AuditFilter(AuditActions.MembershipGranted), null, 10, Cancel)).Items.Single().What;
        Assert.Equal("ada@example.org", granted.Details["email"]);
        Assert.Equal([new AuditChange("role", null, "auditor")], AuditChanges.Read(granted.Details));
    }

    [Theory]
    [InlineData("ada@example.org")] // at home in another tenant
    [InlineData("nobody@example.org")]
    public async Task Whether_an_address_has_an_account_elsewhere_is_told_with_proof_alone(string email)
    {
        await AddAsync("ada@example.org", Roles.Viewer, Annex);
        using var setup = new SetupGate(_users, _clock);
        var members = new MembershipDesk(_store, _users, _roleStore, new StepUpGuard(new InMemoryStepUpStore(_audit), setup, _clock), _clock);

        var asked = (await Assert.ThrowsAsync<StepUpRequiredException>(
            () => members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), $" {email} ", Roles.Viewer, Cancel))).Request;

        Assert.Equal(("user", email, Roles.Viewer), (asked.Subject, asked.Shown["email"], asked.Shown["role"]));
        Assert.Empty(await _store.ListAsync(Own, Cancel));
    }

    [Fact]
    public async Task Nobody_is_found_under_an_address_without_an_account_once_that_is_proven()
    {
        var guard = new OpenGuard();
        var members = new MembershipDesk(_store, _users, _roleStore, guard, _clock);

        Assert.IsType<MembershipOutcome.NotFound>(await members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), "nobody@example.org", Roles.Viewer, Cancel));
        Assert.Equal(SensitiveOperations.MembershipGrant, Assert.Single(guard.Demanded).What);
        Assert.IsType<MembershipOutcome.NotFound>(await members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), "no address", Roles.Viewer, Cancel));
        Assert.Single(guard.Demanded);
    }

    [Fact]
    public async Task A_member_is_known_by_any_spelling_of_the_address()
    {
        var ada = await AddAsync("ada@example.org", Roles.Viewer, Own);
        var guard = new OpenGuard();
        var members = new MembershipDesk(_store, _users, _roleStore, guard, _clock);

        var outcome = await members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), " ADA@example.org", Roles.Auditor, Cancel);

        Assert.Equal(Roles.Auditor, Assert.IsType<MembershipOutcome.Changed>(outcome).Membership.Role);
        Assert.Equal($"user/{ada.Id}", Assert.Single(guard.Demanded).Subject);
    }

    [Theory]
    [InlineData(Roles.Owner)]
    [InlineData("no-such-role")]
    public async Task Nobody_gives_more_than_they_have_or_what_there_is_not(string role)
    {
        await AddAsync("ada@example.org", Roles.Viewer, Annex);

        Assert.Equal("role", Assert.IsType<MembershipOutcome.Refused>(
            await _members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), "ada@example.org", role, Cancel)).Key);
        Assert.Empty(await _store.ListAsync(Own, Cancel));
    }

    [Fact]
    public async Task Whoever_may_do_more_is_neither_demoted_nor_removed()
    {
        var admin = Callers.Of(Roles.Admin, "Mira");
        await AddAsync("first@example.org", Roles.Owner, Own);
        var owner = await AddAsync("ada@example.org", Roles.Owner, Own);

        Assert.Equal("user", Assert.IsType<MembershipOutcome.Refused>(await _members.SetRoleAsync(admin, owner.Id, Roles.Viewer, Cancel)).Key);
        Assert.Equal("user", Assert.IsType<MembershipOutcome.Refused>(await _members.RemoveAsync(admin, owner.Id, Cancel)).Key);
        Assert.Equal(Roles.Owner, (await _store.FindAsync(Own, owner.Id, Cancel))?.Role);

        Assert.IsType<MembershipOutcome.Changed>(await _members.RemoveAsync(Callers.Of(Roles.Owner, "Bo"), owner.Id, Cancel));
    }

    [Fact]
    public async Task Another_tenants_members_are_out_of_reach()
    {
        var ada = await AddAsync("ada@example.org", Roles.Viewer, Annex);
        var owner = Callers.Of(Roles.Owner, "Bo");

        Assert.Empty(await _members.ListAsync(owner, Cancel));
        Assert.Null(await _members.FindAsync(owner, ada.Id, Cancel));
        Assert.IsType<MembershipOutcome.NotFound>(await _members.SetRoleAsync(owner, ada.Id, Roles.Viewer, Cancel));
        Assert.IsType<MembershipOutcome.NotFound>(await _members.RemoveAsync(owner, ada.Id, Cancel));
    }

    [Fact]
    public async Task A_member_of_two_tenants_keeps_the_second_step_when_the_other_tenant_wants_it_gone()
    {
        var ada = await AddAsync("ada@example.org", Roles.Viewer, Annex);
        await _members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), "ada@example.org", Roles.Viewer, Cancel);

        var (desk, bo) = (new UserDesk(_users, new OpenGuard(), _clock), Callers.Of(Roles.Owner, "Bo"));

        Assert.IsType<ChangeUserOutcome.AtHomeElsewhere>(await desk.ResetMfaAsync(bo, ada.Id, Cancel));
        Assert.IsType<ChangeUserOutcome.AtHomeElsewhere>(await desk.ResetPasswordAsync(bo, ada.Id, "a quite different one", Cancel));
    }

    [Fact]
    public async Task Nobody_gives_a_password_to_whoever_may_do_more()
    {
        var owner = await AddAsync("ada@example.org", Roles.Owner, TenantId.Default);
        var desk = new UserDesk(_users, new OpenGuard(), _clock);

        await Assert.ThrowsAsync<PermissionDeniedException>(() => desk.ResetPasswordAsync(Callers.Of(Roles.Admin, "Mira"), owner.Id, "a quite different one", Cancel));
        Assert.IsType<ChangeUserOutcome.WeakPassword>(await desk.ResetPasswordAsync(Callers.Of(Roles.Owner, "Bo"), owner.Id, "short", Cancel));
        Assert.IsType<ChangeUserOutcome.Changed>(await desk.ResetPasswordAsync(Callers.Of(Roles.Owner, "Bo"), owner.Id, "a quite different one", Cancel));
    }

    [Fact]
    public async Task Ones_own_account_is_changed_at_home_from_any_tenant()
    {
        var ada = await AddAsync("ada@example.org", Roles.Viewer, Annex);
        await _members.GrantAsync(Callers.Of(Roles.Admin, "Mira"), "ada@example.org", Roles.Viewer, Cancel);
        var visiting = new Caller(ada.AsActor, Own, Roles.PermissionsOf(Roles.Viewer), "192.0.2.7") { HomeTenant = Annex };
        var account = new AccountDesk(_users, new FakeTotp(_clock), new OpenGuard(), _clock);

        Assert.Equal(Roles.Viewer, (await account.FindAsync(visiting, ada.Id, Cancel))?.Role);
        Assert.IsType<CredentialOutcome.Changed>(
            await account.ChangePasswordAsync(visiting, ada.Id, "correct horse battery", "another long pass phrase", Cancel));
        Assert.Single((await _audit.ListAsync(Annex, new AuditFilter(AuditActions.UserChanged), null, 10, Cancel)).Items);
        Assert.Empty((await _audit.ListAsync(Own, new AuditFilter(AuditActions.UserChanged), null, 10, Cancel)).Items);
    }

    [Theory]
    [InlineData(Roles.Owner, "permissions.x", "permissions")]
    [InlineData(Roles.Owner, "", "permissions")]
    [InlineData(Roles.Admin, Permissions.TenantsManage, "permissions")]
    public async Task A_role_is_made_of_permissions_there_are_and_the_maker_has(string role, string permission, string key)
        => Assert.Equal(key, Assert.IsType<SaveRoleOutcome.Invalid>(
            await _roles.SaveAsync(Callers.Of(role, "Mira"), "desk", permission.Length == 0 ? [] : [permission], Cancel)).Key);

    [Theory]
    [InlineData(Roles.Owner)]
    [InlineData(Roles.FlowAuthor)]
    [InlineData("Desk")]
    [InlineData("a-name-of-more-than-24-characters")]
    public async Task A_role_takes_no_built_in_or_malformed_name(string name)
        => Assert.Equal("name", Assert.IsType<SaveRoleOutcome.Invalid>(
            await _roles.SaveAsync(Callers.Of(Roles.Owner, "Mira"), name, [Permissions.PeopleRead], Cancel)).Key);

    [Fact]
    public async Task A_role_that_may_do_more_than_oneself_is_not_weakened_either()
    {
        await _roles.SaveAsync(Callers.Of(Roles.Owner, "Bo"), "founder", [Permissions.TenantsManage], Cancel);

        Assert.Equal("permissions", Assert.IsType<SaveRoleOutcome.Invalid>(
            await _roles.SaveAsync(Callers.Of(Roles.Admin, "Mira"), "founder", [Permissions.PeopleRead], Cancel)).Key);
    }

    [Fact]
    public async Task A_role_of_ones_own_can_be_given_to_a_member_a_user_and_a_key()
    {
        var owner = Callers.Of(Roles.Owner, "Bo");
        var ada = await AddAsync("ada@example.org", Roles.Viewer, Own);
        await _roles.SaveAsync(owner, "desk", [Permissions.PeopleRead], Cancel);

        Assert.IsType<MembershipOutcome.Changed>(await _members.SetRoleAsync(owner, ada.Id, "desk", Cancel));
        Assert.IsType<CreateUserOutcome.Created>(await new UserDesk(_users, new OpenGuard(), _clock, null, _roleStore)
            .CreateAsync(owner, "cleo@example.org", "desk", "correct horse battery", null, Cancel));
        Assert.IsType<CreateApiKeyOutcome.Created>(await new ApiKeyDesk(new InMemoryApiKeyStore(_audit, _clock), new OpenGuard(), _clock, _roleStore)
            .CreateAsync(owner, "script", "desk", Cancel));
        Assert.Equal(new DeleteRoleOutcome.InUse(2, 0), await _roles.DeleteAsync(owner, "desk", Cancel));
    }

    [Fact]
    public async Task A_new_tenant_belongs_to_the_user_who_made_it_and_only_the_first_tenants_owners_make_any()
    {
        var directory = new FakeTenants();
        var tenants = new TenantDesk(directory, _store, new OpenGuard(), _clock);
        var ada = await AddAsync("ada@example.org", Roles.Owner, Own);
        var caller = new Caller(ada.AsActor, Own, Roles.PermissionsOf(Roles.Owner), "192.0.2.7");

        Assert.IsType<CreateTenantOutcome.Created>(await tenants.CreateAsync(caller, "cellar", "Cellar", Cancel));

        Assert.Equal(Roles.Owner, (await _store.FindAsync(new TenantId("cellar"), ada.Id, Cancel))?.Role);
        var made = Assert.Single(directory.Audited);
        Assert.Equal(
            (new TenantId("cellar"), AuditActions.TenantCreated, "tenant/cellar", ada.AsActor, "192.0.2.7"), (made.Tenant, made.Action, made.Subject, made.Actor, made.Origin));
        await Assert.ThrowsAsync<PermissionDeniedException>(
            () => tenants.CreateAsync(caller with { Tenant = new TenantId("cellar") }, "attic", "Attic", Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => tenants.CreateAsync(Callers.Of(Roles.Admin, "Mira"), "attic", "Attic", Cancel));
    }

    [Fact]
    public void The_auditor_reads_and_changes_nothing_and_the_flow_author_sees_no_conversation()
    {
        Assert.All(Roles.PermissionsOf(Roles.Auditor), permission => Assert.EndsWith(".read", permission, StringComparison.Ordinal));
        Assert.All(Roles.PermissionsOf(Roles.Viewer), permission => Assert.EndsWith(".read", permission, StringComparison.Ordinal));
        Assert.Contains(Permissions.FlowsManage, Roles.PermissionsOf(Roles.FlowAuthor));
        Assert.DoesNotContain(Permissions.ConversationsRead, Roles.PermissionsOf(Roles.FlowAuthor));
        Assert.Equal([Permissions.TenantsManage], Roles.PermissionsOf(Roles.Owner).Except(Roles.PermissionsOf(Roles.Admin)));
    }

    private async Task<User> AddAsync(string email, string role, TenantId home) => Assert.IsType<CreateUserOutcome.Created>(
        await new UserDesk(_users, new OpenGuard(), _clock).CreateAsync(
            UserDesk.LocalCaller(home), email, role, "correct horse battery", null, Cancel)).User;
}
