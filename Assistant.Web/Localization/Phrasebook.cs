using System.Globalization;
using System.Resources;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Assistant.Web.Localization;

/// <summary>The phrases of one resource file in the language of the current person. A missing phrase is a fault, not an empty label.</summary>
/// <param name="name">The file under <c>Resources</c>, without its ending.</param>
/// <remarks>
/// A typed accessor (<see cref="Texts"/>) names each phrase once, so that a wrong key does not compile.
/// Placeholders are named, <c>{count}</c>, so that a translator may order them as the language wants.
/// </remarks>
internal sealed partial class Phrasebook(string name)
{
    private readonly ResourceManager _resources = new($"Assistant.Web.Resources.{name}", typeof(Phrasebook).Assembly);

    /// <summary>The phrase named like the calling member.</summary>
    public string Say([CallerMemberName] string key = "") => Find(key) ?? throw new MissingManifestResourceException($"{name}.resx has no '{key}'.");

    /// <summary>The phrase with its placeholders filled.</summary>
    public string Say(string key, params ReadOnlySpan<(string Placeholder, object Value)> values)
    {
        var phrase = Say(key);
        foreach (var (placeholder, value) in values)
        {
            phrase = phrase.Replace($"{{{placeholder}}}", Convert.ToString(value, CultureInfo.CurrentCulture), StringComparison.Ordinal);
        }

        return phrase;
    }

    /// <summary>A phrase with a plural: <c>Key_one</c>, where there is one, is used for 1; <c>{count}</c> is filled.</summary>
    public string Count(string key, long count, params ReadOnlySpan<(string Placeholder, object Value)> values)
    {
        var form = count == 1 && HasSingular(key) ? $"{key}_one" : key;
        return Say(form, values).Replace("{count}", count.ToString("N0", CultureInfo.CurrentCulture), StringComparison.Ordinal);
    }

    // A language without a singular keeps to its own phrase: looking for the key as usual would find the English one.
    private bool HasSingular(string key)
    {
        var culture = CultureInfo.CurrentUICulture;
        while (true)
        {
            var own = _resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false);
            if (own?.GetString(key) is not null || culture.Equals(CultureInfo.InvariantCulture))
            {
                return own?.GetString($"{key}_one") is not null;
            }

            culture = culture.Parent;
        }
    }

    /// <summary>The phrase in a given language, or <see langword="null"/>.</summary>
    public string? FindIn(CultureInfo culture, string key) => _resources.GetString(key, culture);

    /// <summary>Fills each placeholder once: what stands in a value is not looked at again. One without a value stays.</summary>
    public static string Fill(string phrase, Func<string, string?> value)
        => Placeholder().Replace(phrase, match => value(match.Groups[1].Value) ?? match.Value);

    private string? Find(string key) => FindIn(CultureInfo.CurrentUICulture, key);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
