using Assistant.Domain.Security;
using Assistant.Web.Localization;
using MudBlazor;

namespace Assistant.Web.Components.Layout;

/// <summary>The parts of the rail.</summary>
public enum RoomGroup { Work, Build, Run, SetUp }

/// <summary>A room of the console.</summary>
/// <param name="Key">Letter after <c>g</c>; also what a badge is filed under.</param>
/// <param name="Permission">A person without it does not see the room.</param>
public sealed record Room(char Key, RoomGroup Group, string Path, string Icon, string Permission, Func<string> Label);

/// <summary>The rooms in the order of the rail; the first four are on a phone's bottom bar.</summary>
internal static class Rooms
{
    public const char Conversations = 'c';
    public const char People = 'p';
    public const char DeadLetters = 'd';

    public static IReadOnlyList<Room> All { get; } =
    [
        new(Conversations, RoomGroup.Work, "conversations", Icons.Material.Outlined.Forum, Permissions.ConversationsRead, () => Texts.RoomConversations),
        new(People, RoomGroup.Work, "people", Icons.Material.Outlined.PeopleAlt, Permissions.PeopleRead, () => Texts.RoomPeople),
        new('n', RoomGroup.Run, "connections", Icons.Material.Outlined.Cable, Permissions.ChannelsRead, () => Texts.RoomConnections),
        new('e', RoomGroup.Run, "engines", Icons.Material.Outlined.Memory, Permissions.EnginesRead, () => Texts.RoomEngines),
        new(DeadLetters, RoomGroup.Run, "dead-letters", Icons.Material.Outlined.Unsubscribe, Permissions.ConversationsRead, () => Texts.RoomDeadLetters),
        new('a', RoomGroup.Run, "audit", Icons.Material.Outlined.ReceiptLong, Permissions.AuditRead, () => Texts.RoomAudit),
        new('m', RoomGroup.Run, "members", Icons.Material.Outlined.ManageAccounts, Permissions.UsersRead, () => MembersTexts.Members),
        new('s', RoomGroup.SetUp, "set-up", Icons.Material.Outlined.Checklist, Permissions.ChannelsManage, () => Texts.RoomSetUp),
    ];

    public static string NameOf(RoomGroup group) => group switch
    {
        RoomGroup.Work => Texts.GroupWork,
        RoomGroup.Build => Texts.GroupBuild,
        RoomGroup.Run => Texts.GroupRun,
        RoomGroup.SetUp => Texts.GroupSetUp,
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };
}
