using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>
/// Names of chats. A robot writes into a group by the conversation's id, but to a person by the person's: the name of a direct chat holds both.
/// </summary>
internal static class DingTalkChats
{
    private const string Conversation = "cid";
    private const char Mark = '#';
    private const int Longest = 200;

    public static string NameOf(string conversation, bool isGroup, string? staff) => isGroup || string.IsNullOrEmpty(staff) ? conversation : $"{conversation}{Mark}{staff}";

    /// <summary>Whom to write to: a group's conversation or a person of the company, or neither.</summary>
    public static (string? Group, string? Person) TargetOf(ExternalChat chat)
    {
        var name = chat.ExternalId;
        if (name.Length is 0 or > Longest || name.Any(c => c <= ' '))
        {
            return default;
        }

        // Whoever writes to somebody first, from a flow say, names the person alone.
        var mark = name.LastIndexOf(Mark);
        return mark > 0 && mark < name.Length - 1 ? (null, name[(mark + 1)..])
            : mark >= 0 ? default
            : !name.StartsWith(Conversation, StringComparison.Ordinal) ? (null, name)
            : chat.IsGroup ? (name, null)
            : default;
    }
}
