using System.Globalization;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>Names of people, groups and messages. Signal has no ids of messages: who wrote it and the moment they say name one.</summary>
internal static class SignalIds
{
    private const string GroupPrefix = "group:";
    private const int Longest = 200;

    public static string Group(string id) => GroupPrefix + id;

    public static string Message(string author, long timestamp) => string.Create(CultureInfo.InvariantCulture, $"{author}/{timestamp}");

    /// <summary>Where a chat's messages are sent; <see langword="null"/> when it is none of Signal's.</summary>
    public static SignalParams? Address(SignalParams call, ExternalChat chat) => chat.ExternalId switch
    {
        { Length: 0 or > Longest } => null,
        var id when id.StartsWith(GroupPrefix, StringComparison.Ordinal) => IsGroup(id[GroupPrefix.Length..]) ? call with { GroupId = id[GroupPrefix.Length..] } : null,
        var id when IsPerson(id) => call with { Recipient = [id] },
        _ => null,
    };

    public static bool TryParseMessage(string? id, out string author, out long timestamp)
    {
        (author, timestamp) = ("", 0);
        if (id?.LastIndexOf('/') is not { } slash || slash <= 0 || !long.TryParse(id.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out timestamp))
        {
            return false;
        }

        author = id[..slash];
        return true;
    }

    // A leading "-" would be an option, a leading "u:" a user name.
    private static bool IsPerson(string id) => Guid.TryParseExact(id, "D", out _) || (id.Length > 4 && id[0] == '+' && id.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);

    private static bool IsGroup(string id) => id.Length > 0 && Convert.TryFromBase64String(id, new byte[id.Length], out _);
}
