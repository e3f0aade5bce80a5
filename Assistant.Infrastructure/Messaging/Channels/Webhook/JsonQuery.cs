using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Names one value in a JSON document: a singular query of RFC 9535, such as <c>$.message.parts[0]['text']</c>. Immutable.</summary>
internal sealed class JsonQuery
{
    private const int MaxLength = 300;

    private readonly IReadOnlyList<(string? Name, int Index)> _steps;

    private JsonQuery(IReadOnlyList<(string? Name, int Index)> steps) => _steps = steps;

    /// <returns><see langword="false"/> when the text is no singular query.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonQuery? query)
    {
        query = null;
        var rest = text.AsSpan().Trim();
        if (rest.Length is 0 or > MaxLength || rest[0] != '$')
        {
            return false;
        }

        var steps = new List<(string?, int)>();
        rest = rest[1..];
        while (rest.Length > 0)
        {
            if (!TryStep(ref rest, out var step))
            {
                return false;
            }

            steps.Add(step);
        }

        query = new JsonQuery(steps);
        return true;
    }

    /// <summary>The value, or <see langword="null"/> when the document has none there.</summary>
    public JsonElement? In(JsonElement root)
    {
        foreach (var (name, index) in _steps)
        {
            if (name is not null)
            {
                if (root.ValueKind != JsonValueKind.Object || !TryProperty(root, name, out root))
                {
                    return null;
                }
            }
            else if (root.ValueKind != JsonValueKind.Array || index >= root.GetArrayLength())
            {
                return null;
            }
            else
            {
                root = root[index];
            }
        }

        return root;
    }

    /// <summary>A text, number or truth value as text; <see langword="null"/> for anything else.</summary>
    public string? TextIn(JsonElement root) => In(root) is { } value ? TextOf(value) : null;

    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TryString(value),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    // A name or text with half a surrogate pair in it is valid JSON and no text.
    private static bool TryProperty(JsonElement document, string name, out JsonElement value)
    {
        try
        {
            return document.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }

    private static string? TryString(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryStep(ref ReadOnlySpan<char> rest, out (string? Name, int Index) step)
    {
        step = default;
        if (rest[0] == '.')
        {
            var name = rest[1..];
            var end = name.IndexOfAny('.', '[');
            name = end < 0 ? name : name[..end];
            rest = rest[(1 + name.Length)..];
            step = (name.ToString(), 0);
            return name.Length > 0 && IsShorthand(name);
        }

        if (rest[0] != '[')
        {
            return false;
        }

        return rest.Length > 1 && rest[1] is '\'' or '"' ? TryQuoted(ref rest, out step) : TryIndex(ref rest, out step);
    }

    private static bool TryQuoted(ref ReadOnlySpan<char> rest, out (string? Name, int Index) step)
    {
        var (quote, name) = (rest[1], new StringBuilder());
        for (var at = 2; at < rest.Length; at++)
        {
            if (rest[at] == quote)
            {
                step = (name.ToString(), 0);
                var isClosed = at + 1 < rest.Length && rest[at + 1] == ']';
                rest = isClosed ? rest[(at + 2)..] : rest;
                return isClosed;
            }

            if (rest[at] == '\\' && ++at >= rest.Length)
            {
                break;
            }

            name.Append(rest[at]);
        }

        step = default;
        return false;
    }

    private static bool TryIndex(ref ReadOnlySpan<char> rest, out (string? Name, int Index) step)
    {
        step = default;
        var end = rest.IndexOf(']');
        if (end < 0 || !int.TryParse(rest[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        step = (null, index);
        rest = rest[(end + 1)..];
        return true;
    }

    private static bool IsShorthand(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
