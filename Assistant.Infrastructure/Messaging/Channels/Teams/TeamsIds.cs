namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Teams' names of conversations. A thread of a channel is one, named after the message that began it.</summary>
internal static class TeamsIds
{
    private const int LongestId = 400;
    private const string ThreadMark = ";messageid=";

    /// <summary>The chat and the thread of a conversation; <see langword="null"/> when it is no name of one.</summary>
    public static (string Chat, string? Thread)? Chat(string conversation)
    {
        var mark = conversation.IndexOf(ThreadMark, StringComparison.Ordinal);
        var (chat, thread) = mark < 0 ? (conversation, null) : (conversation[..mark], conversation[(mark + ThreadMark.Length)..]);
        return IsChat(chat) && (thread is null || IsThread(thread)) ? (chat, thread) : null;
    }

    /// <summary>The conversation of a chat and a thread, as it stands in an address; <see langword="null"/> when they are no names.</summary>
    public static string? Segment(string chat, string? thread)
        => IsChat(chat) && (thread is null || IsThread(thread)) ? Uri.EscapeDataString(thread is null ? chat : chat + ThreadMark + thread) : null;

    // All have a colon: so none is a step up in a path.
    private static bool IsChat(string chat)
        => chat.Length is > 2 and <= LongestId && chat.Contains(':', StringComparison.Ordinal) && !chat.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c));

    private static bool IsThread(string thread) => thread.Length is > 0 and <= 40 && thread.All(char.IsAsciiDigit);
}
