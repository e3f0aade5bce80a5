using System.Collections.Frozen;

namespace Assistant.Domain.Security;

/// <summary>What a caller may do; checked in the use case, used by pages as policy names.</summary>
public static class Permissions
{
    public const string ConversationsRead = "conversations.read";
    public const string ConversationsReply = "conversations.reply";
    public const string PeopleRead = "people.read";
    public const string PeopleManage = "people.manage";
    public const string ChannelsRead = "channels.read";
    public const string ChannelsManage = "channels.manage";
    public const string EnginesRead = "engines.read";
    public const string EnginesManage = "engines.manage";
    public const string AuditRead = "audit.read";
    public const string UsersManage = "users.manage";
    public const string ApiKeysManage = "apikeys.manage";

    public static FrozenSet<string> All { get; } =
    [
        ConversationsRead, ConversationsReply, PeopleRead, PeopleManage, ChannelsRead, ChannelsManage,
        EnginesRead, EnginesManage, AuditRead, UsersManage, ApiKeysManage,
    ];
}

/// <summary>Named sets of permissions.</summary>
public static class Roles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Operator = "operator";
    public const string Auditor = "auditor";
    public const string Viewer = "viewer";

    private static readonly FrozenDictionary<string, FrozenSet<string>> Grants = new Dictionary<string, FrozenSet<string>>
    {
        [Owner] = Permissions.All,
        [Admin] = Permissions.All,
        [Operator] =
        [
            Permissions.ConversationsRead, Permissions.ConversationsReply, Permissions.PeopleRead, Permissions.PeopleManage,
            Permissions.ChannelsRead, Permissions.EnginesRead,
        ],
        [Auditor] = [Permissions.ConversationsRead, Permissions.PeopleRead, Permissions.ChannelsRead, Permissions.EnginesRead, Permissions.AuditRead],
        [Viewer] = [Permissions.ConversationsRead, Permissions.PeopleRead, Permissions.ChannelsRead],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => Grants.Keys.Order(StringComparer.Ordinal);

    public static bool Exists(string role) => Grants.ContainsKey(role);

    /// <summary>What the role may do; nothing for an unknown role.</summary>
    public static IReadOnlySet<string> PermissionsOf(string role) => Grants.GetValueOrDefault(role) ?? FrozenSet<string>.Empty;
}
