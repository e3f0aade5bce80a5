using System.Text;
using Assistant.Domain.Security;

namespace Assistant.Domain.Audit;

/// <summary>What an event's values become before they are hashed, so that they survive any database unchanged.</summary>
public static class AuditText
{
    internal static DateTimeOffset ToMilliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    /// <summary>The text itself in nearly every case; a copy with U+FFFD for what cannot be stored otherwise.</summary>
    public static string Storable(string text) => IsStorable(text) ? text : Replace(text);

    internal static Actor Storable(Actor actor) => IsStorable(actor.Kind) && IsStorable(actor.Id) && IsStorable(actor.Name)
        ? actor
        : new Actor(Storable(actor.Kind), Storable(actor.Id), Storable(actor.Name));

    internal static IReadOnlyDictionary<string, string> Storable(IReadOnlyDictionary<string, string> details)
    {
        if (details.Count == 0 || details.All(d => IsStorable(d.Key) && IsStorable(d.Value)))
        {
            return details;
        }

        var copy = new Dictionary<string, string>(details.Count, StringComparer.Ordinal);
        foreach (var (key, value) in details)
        {
            copy[Storable(key)] = Storable(value);
        }

        return copy;
    }

    /// <summary>Whether every database holds the text as it is.</summary>
    // Two vectorised looks decide for text without emoji; only text with surrogates is walked.
    public static bool IsStorable(string text)
        => !text.Contains('\0') && (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || IsWellFormed(text));

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Replace(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        }

        return clean.ToString();
    }
}
