namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>The identifiers of Matrix: a sigil, and at most 255 bytes in all. Pure.</summary>
internal static class MatrixIds
{
    private const int Longest = 255;

    public static bool IsUser(string? id) => Is('@', id) && id!.Contains(':', StringComparison.Ordinal);

    public static bool IsRoom(string? id) => Is('!', id);

    public static bool IsEvent(string? id) => Is('$', id);

    /// <summary>The server of a user: all behind the first colon, for a port has one of its own.</summary>
    public static string ServerOf(string user) => user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>The name of a user without its server.</summary>
    public static string LocalPartOf(string user) => user[1..user.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Server and id of <c>mxc://server/id</c>, escaped for a path; <see langword="null"/> when it is none.</summary>
    public static string? MediaPathOf(string? mxc)
    {
        const string scheme = "mxc://";
        if (mxc is null || mxc.Length > 1_000 || !mxc.StartsWith(scheme, StringComparison.Ordinal))
        {
            return null;
        }

        // Dots alone would lead elsewhere in the path, escaped or not.
        var parts = mxc[scheme.Length..].Split('/');
        return parts.Length == 2 && parts.All(part => part.Trim('.').Length > 0 && part.All(IsMediaCharacter))
            ? $"{Uri.EscapeDataString(parts[0])}/{Uri.EscapeDataString(parts[1])}"
            : null;
    }

    private static bool IsMediaCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '[' or ']';

    private static bool Is(char sigil, string? id) => id is { Length: > 1 } && id[0] == sigil && id.Length <= Longest && !id.AsSpan().ContainsAny(' ', '\n', '\0');
}
