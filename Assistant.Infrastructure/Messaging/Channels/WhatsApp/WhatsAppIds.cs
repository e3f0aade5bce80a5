using System.Buffers;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>WhatsApp's ids, as far as something is sent or an address is made of them.</summary>
internal static class WhatsAppIds
{
    private const int LongestPhone = 20;
    private const int LongestUser = 160;
    private const int LongestMedia = 64;

    private static readonly SearchValues<char> Letters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");
    private static readonly SearchValues<char> LettersAndDot = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>A phone number as WhatsApp writes it: digits with the country's first.</summary>
    public static bool IsPhone(string id) => id.Length is > 4 and <= LongestPhone && id.All(char.IsAsciiDigit);

    /// <summary>A person's id at the business, which stays when they show no number: two letters of the country, a dot, and more.</summary>
    public static bool IsUser(string id) => id.Length is > 3 and <= LongestUser && char.IsAsciiLetterUpper(id[0]) && char.IsAsciiLetterUpper(id[1]) && id[2] == '.'
        && !id.AsSpan(3).ContainsAnyExcept(LettersAndDot);

    /// <summary>Whether it can be written to: a number, or a person's id.</summary>
    public static bool IsChat(ExternalChat chat) => IsPhone(chat.ExternalId) || IsUser(chat.ExternalId);

    public static bool IsMedia(string id) => id.Length is > 0 and <= LongestMedia && !id.AsSpan().ContainsAnyExcept(Letters);
}
