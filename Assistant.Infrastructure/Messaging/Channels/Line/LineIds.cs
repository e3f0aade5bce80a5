using System.Buffers;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>LINE's ids, as far as an address may be made of them.</summary>
internal static class LineIds
{
    private const int MaxLength = 64;
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    /// <summary>A user's, a group's or a room's.</summary>
    public static bool IsChat(string id) => id.Length is > 1 and <= MaxLength && id[0] is 'U' or 'C' or 'R' && !id.AsSpan().ContainsAnyExcept(Characters);

    public static bool IsUser(string id) => IsChat(id) && id[0] == 'U';

    public static bool IsMessage(string id) => id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExceptInRange('0', '9');
}
