namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Google Chat's names of things, as far as an address may be made of them.</summary>
internal static class GoogleChatIds
{
    private const int LongestPart = 200;
    private const int LongestReference = 1_000;

    /// <summary><c>spaces/AAAA</c>.</summary>
    public static bool IsSpace(string? name) => name?.Split('/') is ["spaces", var id] && IsPart(id);

    /// <summary><c>spaces/AAAA/threads/BBBB</c>, of this space.</summary>
    public static bool IsThread(string? name, string space)
        => name is not null && name.StartsWith(space + "/threads/", StringComparison.Ordinal) && IsPart(name[(space.Length + "/threads/".Length)..]);

    /// <summary><c>spaces/AAAA/messages/BBBB.CCCC</c>, of this space.</summary>
    public static bool IsMessage(string? name, string space)
        => name is not null && name.StartsWith(space + "/messages/", StringComparison.Ordinal) && name[(space.Length + "/messages/".Length)..].Split('.').All(IsPart);

    /// <summary><c>users/123</c>.</summary>
    public static bool IsUser(string? name) => name?.Split('/') is ["users", var id] && IsPart(id.Replace('@', '-').Replace('.', '-'));

    /// <summary>What a file is asked for by, as it stands in an address; <see langword="null"/> when it is no name of one.</summary>
    public static string? FileSegment(string reference)
        => reference.Length is > 0 and <= LongestReference && reference.Split('/').All(part => part.Length > 0 && part.All(IsOfReference) && part.Any(c => c != '.'))
            ? string.Join('/', reference.Split('/').Select(Uri.EscapeDataString))
            : null;

    private static bool IsPart(string part) => part.Length is > 0 and <= LongestPart && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsOfReference(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '=' or '+' or ':' or '~';
}
