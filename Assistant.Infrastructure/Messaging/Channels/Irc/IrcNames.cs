namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>Names of people and channels. Pure.</summary>
internal static class IrcNames
{
    private const int MaxLength = 64;

    /// <summary>Whether two names are the same; servers do not tell upper case from lower.</summary>
    public static bool AreSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    public static bool IsChannel(string name) => name.StartsWith('#') || name.StartsWith('&');

    /// <summary>Whether a text can be one parameter of a line, and one name only: no list, no command.</summary>
    public static bool IsName(string? name)
        => name is { Length: > 0 and <= MaxLength } && name[0] != ':' && !name.Any(c => c is ' ' or ',' or '*' or '?' or '\a' || char.IsControl(c));

    /// <summary>One form for all spellings of a name.</summary>
    public static string Fold(string name) => name.ToLowerInvariant();

    /// <summary>Whether <c>nick!user@host</c> is what a mask with * and ? means.</summary>
    public static bool Matches(string mask, string source)
    {
        // The last star seen can take more; nothing before it needs to be tried again.
        var (m, s, star, from) = (0, 0, -1, 0);
        while (s < source.Length)
        {
            if (m < mask.Length && mask[m] == '*')
            {
                (star, from) = (m++, s);
            }
            else if (m < mask.Length && (mask[m] == '?' || char.ToLowerInvariant(mask[m]) == char.ToLowerInvariant(source[s])))
            {
                m++;
                s++;
            }
            else if (star >= 0)
            {
                (m, s) = (star + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        return mask.AsSpan(m).TrimStart('*').IsEmpty;
    }
}
