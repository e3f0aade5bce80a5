using System.Globalization;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>
/// External ids of messages have the form <c>{bot}/{chat}:{message}</c>, e.g. <c>7000/5001:12</c>: every bot counts the messages of private
/// chats and basic groups for itself, so that another bot's first message there has the number this one's had. A supergroup counts for all
/// bots alike, and its messages have the form <c>{chat}:{message}</c>, e.g. <c>-1001900000001:41</c>. All had that form before ids named the bot.
/// </summary>
internal static class TelegramIds
{
    /// <summary>Supergroups and channels count up from here downwards; each has message ids of its own.</summary>
    private const long FirstSupergroup = -1_000_000_000_000;

    private const string Direct = "direct/";

    public static string Message(long bot, long chat, int message)
        => SharesCounter(chat) ? string.Create(CultureInfo.InvariantCulture, $"{bot}/{chat}:{message}") : MessageOfAny(chat, message);

    /// <summary>The id without the bot.</summary>
    public static string MessageOfAny(long chat, int message) => string.Create(CultureInfo.InvariantCulture, $"{chat}:{message}");

    public static string Chat(long chat) => chat.ToString(CultureInfo.InvariantCulture);

    /// <summary>The sender's id of whoever speaks as the group itself. It is no chat's: what is meant for a person alone never goes to the group.</summary>
    public static string Anonymous(long group) => $"anonymous/{Chat(group)}";

    /// <summary>What one person and a channel write each other in the channel's direct messages, as a thread's id.</summary>
    public static string DirectTopic(long topic) => $"{Direct}{Chat(topic)}";

    public static bool TryParseDirectTopic(string? thread, out long topic)
    {
        topic = 0;
        return thread?.StartsWith(Direct, StringComparison.Ordinal) == true
            && long.TryParse(thread.AsSpan(Direct.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out topic);
    }

    public static bool TryParseChat(string? text, out long chat)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out chat);

    /// <summary>Reads the id of a message this bot can name: not another bot's. One that names no bot counts as its own.</summary>
    public static bool TryParseMessage(string? text, long bot, out long chat, out int message)
    {
        (chat, message) = (0, 0);
        var id = text.AsSpan();
        if (id.IndexOf('/') is >= 0 and var slash)
        {
            if (!long.TryParse(id[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var named) || named != bot)
            {
                return false;
            }

            id = id[(slash + 1)..];
        }

        var colon = id.IndexOf(':');
        return colon > 0
            && long.TryParse(id[..colon], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out chat)
            && int.TryParse(id[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out message);
    }

    /// <summary>Whether the chat's message ids come from the counter all private chats and basic groups of a bot share.</summary>
    public static bool SharesCounter(long chat) => chat > FirstSupergroup;
}
