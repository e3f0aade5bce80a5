using System.Globalization;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>
/// External ids of messages have the form <c>{chat}:{message}</c>, e.g. <c>5001:12</c> or <c>-1001900000001:41</c>: a message id alone is
/// unique within its chat only, and a delivery probe compares ids across chats.
/// </summary>
internal static class TelegramIds
{
    /// <summary>Supergroups and channels count up from here downwards; each has message ids of its own.</summary>
    private const long FirstSupergroup = -1_000_000_000_000;

    public static string Message(long chat, int message) => string.Create(CultureInfo.InvariantCulture, $"{chat}:{message}");

    public static string Chat(long chat) => chat.ToString(CultureInfo.InvariantCulture);

    public static bool TryParseChat(string? text, out long chat)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out chat);

    public static bool TryParseMessage(string? text, out long chat, out int message)
    {
        (chat, message) = (0, 0);
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out chat)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out message);
    }

    /// <summary>Whether the chat's message ids come from the counter all private chats and basic groups of a bot share.</summary>
    public static bool SharesCounter(long chat) => chat > FirstSupergroup;
}
