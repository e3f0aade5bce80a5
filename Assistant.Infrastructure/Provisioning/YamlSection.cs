using Assistant.Domain.Provisioning;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Problems found so far, in one file.</summary>
internal sealed class YamlProblems(string file)
{
    private readonly List<ProvisioningProblem> _found = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ProvisioningProblem> Found => [.. _found.OrderBy(p => p.Line).ThenBy(p => p.Column)];

    public void Add(YamlNode at, string message) => Add(at.Start, message);

    public void Add(Mark at, string message) => _found.Add(new(file, (int)at.Line, (int)at.Column, message));
}

/// <summary>A mapping being read: names its keys, reads typed values and notes what is wrong with its position.</summary>
internal sealed class YamlSection(YamlMappingNode node, References references, YamlProblems problems)
{
    public YamlMappingNode Node => node;

    /// <summary>Notes every key that is not one of <paramref name="known"/>.</summary>
    public void AllowOnly(params string[] known)
    {
        foreach (var key in node.Children.Keys.Where(key => !known.Contains(Name(key), StringComparer.Ordinal)))
        {
            problems.Add(key, $"There is no key '{Name(key)}' here. Known: {string.Join(", ", known)}.");
        }
    }

    /// <summary>Where a problem of the key is shown: its value, or this mapping when it is missing.</summary>
    public YamlNode At(string key) => Find(key) ?? node;

    /// <summary>A text with its references resolved; <see langword="null"/> when absent, blank or wrong.</summary>
    public string? Text(string key, bool isRequired = false)
    {
        var found = Find(key);
        if (isRequired && (found is null or YamlScalarNode { Value: "" } || found is YamlScalarNode given && IsNull(given)))
        {
            return Wrong<string>(At(key), $"'{key}' is required.");
        }

        return found switch
        {
            null => null,
            YamlScalarNode scalar => TextOf(scalar),
            var other => Wrong<string>(other, $"'{key}' must be a text."),
        };
    }

    public bool Flag(string key, bool fallback) => Find(key) is not { } found ? fallback
        : found is YamlScalarNode scalar && bool.TryParse(TextOf(scalar), out var flag) ? flag
        : Wrong(found, $"'{key}' must be true or false.", fallback);

    public int Number(string key, int fallback) => Find(key) is not { } found ? fallback
        : found is YamlScalarNode scalar
            && int.TryParse(TextOf(scalar), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : Wrong(found, $"'{key}' must be a whole number.", fallback);

    /// <summary>One of the words, or <paramref name="fallback"/>.</summary>
    public T Choice<T>(string key, T fallback) where T : struct, Enum
    {
        if (Find(key) is not { } found)
        {
            return fallback;
        }

        var words = Enum.GetValues<T>().ToDictionary(v => v.ToString().ToLowerInvariant(), StringComparer.Ordinal);
        return found is YamlScalarNode scalar && TextOf(scalar) is { } text && words.TryGetValue(text, out var choice)
            ? choice
            : Wrong(found, $"'{key}' must be one of: {string.Join(", ", words.Keys)}.", fallback);
    }

    /// <summary>The mappings of a list.</summary>
    public IEnumerable<YamlSection> Sections(string key)
    {
        foreach (var item in Items(key))
        {
            if (item is YamlMappingNode mapping)
            {
                yield return new YamlSection(mapping, references, problems);
            }
            else
            {
                problems.Add(item, $"An entry of '{key}' must be a mapping with a name.");
            }
        }
    }

    /// <summary>The texts of a list.</summary>
    public void CheckTexts(string key)
    {
        foreach (var item in Items(key).Where(item => item is not YamlScalarNode))
        {
            problems.Add(item, $"An entry of '{key}' must be a text.");
        }
    }

    /// <summary>Key and value of a mapping of scalars; blanks are left out.</summary>
    public IEnumerable<(YamlNode Key, string Name, string Value)> Values(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalarNode { Value: null or "" }:
                yield break;
            case YamlMappingNode mapping:
                foreach (var (name, value) in mapping.Children)
                {
                    if (value is not YamlScalarNode scalar)
                    {
                        problems.Add(value, $"'{Name(name)}' must be a text, a number or a switch.");
                    }
                    else if (TextOf(scalar) is { } text)
                    {
                        yield return (name, Name(name), text);
                    }
                }

                break;
            case var other:
                problems.Add(other, $"'{key}' must be a mapping.");
                break;
        }
    }

    public YamlNode? Find(string key) => node.Children.FirstOrDefault(pair => Name(pair.Key) == key).Value;

    private IEnumerable<YamlNode> Items(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalarNode { Value: null or "" }:
                return [];
            case YamlSequenceNode sequence:
                return sequence.Children;
            case var other:
                problems.Add(other, $"'{key}' must be a list.");
                return [];
        }
    }

    private string? TextOf(YamlScalarNode scalar)
    {
        if (IsNull(scalar))
        {
            return null;
        }

        var (value, problem) = references.Resolve(scalar.Value!);
        return problem is null ? value : Wrong<string>(scalar, problem);
    }

    private static bool IsNull(YamlScalarNode scalar)
        => scalar is { Value: null } or { Value: "" or "~" or "null", Style: ScalarStyle.Plain };

    private T? Wrong<T>(YamlNode at, string message, T? fallback = default)
    {
        problems.Add(at, message);
        return fallback;
    }

    private static string Name(YamlNode key) => key is YamlScalarNode { Value: { } name } ? name : "(not a text)";
}
