using Assistant.Domain.Memory;
using Assistant.Domain.Security;

namespace Assistant.Web.Localization;

/// <summary>Phrases of the rooms about members, roles and tenants.</summary>
internal static class MembersTexts
{
    private static readonly Phrasebook Book = new("Members");

    public static string Members => Book.Say();
    public static string RolesTitle => Book.Say();
    public static string TenantsTitle => Book.Say();
    public static string Since => Book.Say();
    public static string Remove => Book.Say();
    public static string LetIn => Book.Say();
    public static string LetInWhat => Book.Say();
    public static string MemberSaved => Book.Say();
    public static string NoAddress => Book.Say();
    public static string NoAccount => Book.Say();
    public static string LastOwner => Book.Say();
    public static string RoleTooMuch => Book.Say();
    public static string MemberTooMuch => Book.Say();
    public static string OwnRoles => Book.Say();
    public static string NoOwnRoles => Book.Say();
    public static string BuiltInRoles => Book.Say();
    public static string Change => Book.Say();
    public static string MakeRole => Book.Say();
    public static string RoleName => Book.Say();
    public static string RoleNameHelp => Book.Say();
    public static string RoleMay => Book.Say();
    public static string SaveRole => Book.Say();
    public static string RoleNameWrong => Book.Say();
    public static string RoleEmpty => Book.Say();
    public static string YourTenants => Book.Say();
    public static string YouAreHere => Book.Say();
    public static string EnterShort => Book.Say();
    public static string MakeTenant => Book.Say();
    public static string MakeTenantWhat => Book.Say();
    public static string TenantName => Book.Say();
    public static string TenantNameHelp => Book.Say();
    public static string TenantShown => Book.Say();
    public static string TenantTaken => Book.Say();
    public static string TenantNameWrong => Book.Say();
    public static string IndexTitle => Book.Say();
    public static string IndexWhat => Book.Say();
    public static string IndexIsFilled => Book.Say();
    public static string IndexIsEmptied => Book.Say();

    public static string SignOut => Book.Say();
    public static string Invite => Book.Say();
    public static string InviteWhat => Book.Say();
    public static string InviteNote => Book.Say();
    public static string InviteNoteWrong => Book.Say();
    public static string InviteHours => Book.Say();
    public static string InviteHoursWrong => Book.Say();
    public static string InviteMake => Book.Say();
    public static string InviteOnce => Book.Say();
    public static string InvitesOpen => Book.Say();
    public static string InviteUntil(string name, string at) => Book.Say(nameof(InviteUntil), ("name", name), ("at", at));
    public static string InviteRevoke => Book.Say();
    public static string InviteRevoked => Book.Say();
    public static string InvitationTitle => Book.Say();
    public static string InvitationOffer(string name, string tenant, string role) => Book.Say(nameof(InvitationOffer), ("name", name), ("tenant", tenant), ("role", role));
    public static string InvitationAs(string name) => Book.Say(nameof(InvitationAs), ("name", name));
    public static string InvitationJoin => Book.Say();
    public static string PersonAccount => Book.Say();
    public static string PersonAccountNone => Book.Say();
    public static string PersonInvite => Book.Say();
    public static string PersonTaken => Book.Say();
    public static string InvitationForPerson(string name, string tenant) => Book.Say(nameof(InvitationForPerson), ("name", name), ("tenant", tenant));
    public static string InvitationAccept => Book.Say();
    public static string InvitationHaveAccount => Book.Say();
    public static string InvitationTaken => Book.Say();
    public static string InvitationProviderTaken => Book.Say();
    public static string InvitationProviderFailed => Book.Say();
    public static string InvitationWith(string provider) => Book.Say(nameof(InvitationWith), ("provider", provider));
    public static string InvitationVouched(string provider) => Book.Say(nameof(InvitationVouched), ("provider", provider));
    public static string InvitationMember => Book.Say();
    public static string InvitationClosed => Book.Say();
    public static string InvitationClosedWhy => Book.Say();
    public static string AtHomeElsewhere => Book.Say();
    public static string SignOutOf(string email) => Book.Say(nameof(SignOutOf), ("email", email));
    public static string SignedOut(int count) => Book.Count(nameof(SignedOut), count);
    public static string RoleOf(string email) => Book.Say(nameof(RoleOf), ("email", email));
    public static string RemoveNow(string email) => Book.Say(nameof(RemoveNow), ("email", email));
    public static string RoleSaved(string name) => Book.Say(nameof(RoleSaved), ("name", name));
    public static string RoleDeleted(string name) => Book.Say(nameof(RoleDeleted), ("name", name));
    public static string Enter(string tenant) => Book.Say(nameof(Enter), ("tenant", tenant));
    public static string TenantCreated(string name) => Book.Say(nameof(TenantCreated), ("name", name));
    public static string SwitchTenant(string tenant) => Book.Say(nameof(SwitchTenant), ("tenant", tenant));
    public static string RoleInUse(int members, int keys) => Book.Say(nameof(RoleInUse), ("members", members), ("keys", keys));
    public static string PermissionCount(int count) => Book.Count(nameof(PermissionCount), count);

    public static string IndexChoice(Indexing indexing) => indexing switch
    {
        Indexing.Everything => Book.Say("IndexEverything"),
        Indexing.Nothing => Book.Say("IndexNothing"),
        _ => throw new ArgumentOutOfRangeException(nameof(indexing), indexing, null),
    };

    /// <summary>The permission in words; its name when another build gave it.</summary>
    public static string PermissionOf(string permission) => permission switch
    {
        Permissions.AuditRead => Book.Say("MayAuditRead"),
        Permissions.ApiKeysManage => Book.Say("MayApikeysManage"),
        Permissions.ChannelsManage => Book.Say("MayChannelsManage"),
        Permissions.ChannelsRead => Book.Say("MayChannelsRead"),
        Permissions.ConversationsRead => Book.Say("MayConversationsRead"),
        Permissions.ConversationsReply => Book.Say("MayConversationsReply"),
        Permissions.EnginesManage => Book.Say("MayEnginesManage"),
        Permissions.EnginesRead => Book.Say("MayEnginesRead"),
        Permissions.FlowsManage => Book.Say("MayFlowsManage"),
        Permissions.FlowsRead => Book.Say("MayFlowsRead"),
        Permissions.PeopleExport => Book.Say("MayPeopleExport"),
        Permissions.PeopleForget => Book.Say("MayPeopleForget"),
        Permissions.PeopleManage => Book.Say("MayPeopleManage"),
        Permissions.PeopleRead => Book.Say("MayPeopleRead"),
        Permissions.RolesManage => Book.Say("MayRolesManage"),
        Permissions.SearchManage => Book.Say("MaySearchManage"),
        Permissions.TenantsManage => Book.Say("MayTenantsManage"),
        Permissions.UsersManage => Book.Say("MayUsersManage"),
        Permissions.UsersRead => Book.Say("MayUsersRead"),
        _ => permission,
    };
}
