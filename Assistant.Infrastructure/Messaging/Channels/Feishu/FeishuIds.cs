namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>The forms of Feishu's ids, and of those we make of them.</summary>
internal static class FeishuIds
{
    private const int Longest = 120;

    /// <summary>What a chat's id is to Feishu; <see langword="null"/> when it is none.</summary>
    public static string? KindOf(string chat) => !IsId(chat) ? null : chat switch
    {
        ['o', 'c', '_', ..] => "chat_id",
        ['o', 'u', '_', ..] => "open_id",
        ['o', 'n', '_', ..] => "union_id",
        _ => null,
    };

    /// <summary>Whether it can stand in an address: ids come from callbacks, and from whoever writes to our interface.</summary>
    public static bool IsId(string? id) => id is { Length: > 3 and <= Longest } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>A topic is answered through a message in it, so its id here names one: that which began it.</summary>
    public static string? ThreadOf(FeishuMessage message)
        => IsId(message.ThreadId) ? $"{message.ThreadId}/{(IsId(message.RootId) ? message.RootId : message.MessageId)}" : null;

    /// <summary>The message that began a topic.</summary>
    public static string? RootOf(string? thread)
        => thread is not null && thread.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && IsId(thread[(slash + 1)..]) ? thread[(slash + 1)..] : null;
}
