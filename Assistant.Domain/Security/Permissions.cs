using System.Collections.Frozen;

namespace Assistant.Domain.Security;

/// <summary>What a caller may do; checked in the use case, used by pages as policy names.</summary>
public static class Permissions
{
    public const string ConversationsRead = "conversations.read";
    public const string ConversationsReply = "conversations.reply";
    public const string PeopleRead = "people.read";
    public const string PeopleManage = "people.manage";

    /// <summary>Having a message, a conversation or a person forgotten for good, and reading the certificates.</summary>
    public const string PeopleForget = "people.forget";

    /// <summary>Taking everything about a person out of the house as a file.</summary>
    public const string PeopleExport = "people.export";
    public const string ChannelsRead = "channels.read";
    public const string ChannelsManage = "channels.manage";
    public const string EnginesRead = "engines.read";
    public const string EnginesManage = "engines.manage";
    public const string FlowsRead = "flows.read";
    public const string FlowsManage = "flows.manage";
    public const string AuditRead = "audit.read";
    public const string UsersRead = "users.read";
    public const string UsersManage = "users.manage";
    public const string RolesManage = "roles.manage";
    public const string ApiKeysManage = "apikeys.manage";

    /// <summary>Making tenants: counts in the first tenant alone, because it reaches beyond the caller's own.</summary>
    public const string TenantsManage = "tenants.manage";

    /// <summary>Deciding what of the tenant's messages may be searched.</summary>
    public const string SearchManage = "search.manage";

    public static FrozenSet<string> All { get; } =
    [
        ConversationsRead, ConversationsReply, PeopleRead, PeopleManage, PeopleForget, PeopleExport, ChannelsRead, ChannelsManage,
        EnginesRead, EnginesManage, FlowsRead, FlowsManage, AuditRead, UsersRead, UsersManage, RolesManage, ApiKeysManage, TenantsManage,
        SearchManage,
    ];
}

/// <summary>The built-in roles: named sets of permissions that every tenant has. A tenant's own are in <see cref="IRoleStore"/>.</summary>
public static class Roles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Operator = "operator";
    public const string FlowAuthor = "flow-author";
    public const string Auditor = "auditor";
    public const string Viewer = "viewer";

    private static readonly FrozenDictionary<string, FrozenSet<string>> Grants = new Dictionary<string, FrozenSet<string>>
    {
        [Owner] = Permissions.All,
        [Admin] = Permissions.All.Except([Permissions.TenantsManage]).ToFrozenSet(StringComparer.Ordinal),
        [Operator] =
        [
            Permissions.ConversationsRead, Permissions.ConversationsReply, Permissions.PeopleRead, Permissions.PeopleManage,
            Permissions.ChannelsRead, Permissions.EnginesRead, Permissions.FlowsRead,
        ],
        [FlowAuthor] = [Permissions.FlowsRead, Permissions.FlowsManage, Permissions.ChannelsRead, Permissions.EnginesRead],
        [Auditor] =
        [
            Permissions.ConversationsRead, Permissions.PeopleRead, Permissions.ChannelsRead, Permissions.EnginesRead, Permissions.FlowsRead,
            Permissions.AuditRead, Permissions.UsersRead,
        ],
        [Viewer] = [Permissions.ConversationsRead, Permissions.PeopleRead, Permissions.ChannelsRead, Permissions.FlowsRead],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => Grants.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether the name is one of the built-in ones, which no tenant can take for its own.</summary>
    public static bool Exists(string role) => Grants.ContainsKey(role);

    /// <summary>What the role may do; nothing for an unknown role.</summary>
    public static IReadOnlySet<string> PermissionsOf(string role) => Grants.GetValueOrDefault(role) ?? FrozenSet<string>.Empty;
}
