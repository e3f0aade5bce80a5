using System.Buffers;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>One line of the protocol, without its end. Reading is total; writing refuses what would be two lines.</summary>
/// <param name="Source">Who it is from, <c>nick!user@host</c> or a server; <see langword="null"/> for our own.</param>
internal sealed record IrcMessage(IReadOnlyDictionary<string, string> Tags, string? Source, string Verb, IReadOnlyList<string> Parameters)
{
    private static readonly Dictionary<string, string> NoTags = [];
    private static readonly SearchValues<char> LineBreakers = SearchValues.Create("\r\n\0");

    /// <summary>A line of ours.</summary>
    public static IrcMessage Of(string verb, params IReadOnlyList<string> parameters) => new(NoTags, null, verb, parameters);

    /// <summary>The parameter, or an empty text.</summary>
    public string this[int index] => index < Parameters.Count ? Parameters[index] : "";

    /// <summary>The last parameter, which is the one with words; or an empty text.</summary>
    public string Last => Parameters.Count == 0 ? "" : Parameters[Parameters.Count - 1];

    /// <summary>The nick before the first mark of the source.</summary>
    public string Nick => Source is null ? "" : Source.IndexOfAny(['!', '@']) is >= 0 and var end ? Source[..end] : Source;

    /// <summary>A tag's value; <see langword="null"/> when it is absent or empty.</summary>
    public string? Tag(string name) => Tags.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>Reads a line; <see langword="null"/> for one without a command.</summary>
    public static IrcMessage? Read(string line)
    {
        var rest = line.AsSpan().TrimEnd("\r\n");
        var tags = NoTags;
        if (rest.StartsWith('@'))
        {
            tags = ReadTags(Word(ref rest)[1..]);
        }

        rest = rest.TrimStart(' ');
        var source = rest.StartsWith(':') ? Word(ref rest)[1..].ToString() : null;
        rest = rest.TrimStart(' ');
        var verb = Word(ref rest).ToString();
        var parameters = new List<string>();
        while (!(rest = rest.TrimStart(' ')).IsEmpty)
        {
            if (rest[0] == ':')
            {
                parameters.Add(rest[1..].ToString());
                break;
            }

            parameters.Add(Word(ref rest).ToString());
        }

        return verb.Length == 0 ? null : new IrcMessage(tags, source, verb, parameters);
    }

    /// <summary>Writes the line.</summary>
    /// <exception cref="ArgumentException">A part would break the line, or be read as two.</exception>
    public string Write()
    {
        var line = new StringBuilder();
        if (Tags.Count > 0)
        {
            line.Append('@').AppendJoin(';', Tags.Select(tag => tag.Value.Length == 0 ? tag.Key : $"{tag.Key}={Escaped(tag.Value)}")).Append(' ');
        }

        line.Append(Source is null ? "" : $":{Source} ").Append(Verb);
        for (var i = 0; i < Parameters.Count; i++)
        {
            var parameter = Parameters[i];
            var needsColon = parameter.Length == 0 || parameter[0] == ':' || parameter.Contains(' ', StringComparison.Ordinal);
            if (needsColon && i < Parameters.Count - 1)
            {
                throw new ArgumentException($"The parameter {i} of {Verb} would be read as several.");
            }

            line.Append(needsColon ? " :" : " ").Append(parameter);
        }

        var text = line.ToString();
        return !text.AsSpan().ContainsAny(LineBreakers) ? text : throw new ArgumentException($"A parameter of {Verb} would break the line.");
    }

    private static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[end..];
        return word;
    }

    private static Dictionary<string, string> ReadTags(ReadOnlySpan<char> text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in text.Split(';'))
        {
            var tag = text[range];
            var equals = tag.IndexOf('=');
            var name = (equals < 0 ? tag : tag[..equals]).ToString();
            if (name.Length > 0)
            {
                tags[name] = equals < 0 ? "" : Unescaped(tag[(equals + 1)..]);
            }
        }

        return tags;
    }

    // https://ircv3.net/specs/extensions/message-tags.html#escaping-values
    private static string Unescaped(ReadOnlySpan<char> value)
    {
        if (!value.Contains('\\'))
        {
            return value.ToString();
        }

        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\')
            {
                text.Append(value[i]);
            }
            else if (++i < value.Length)
            {
                text.Append(value[i] switch { ':' => ';', 's' => ' ', 'r' => '\r', 'n' => '\n', var other => other });
            }
        }

        return text.ToString();
    }

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\:", StringComparison.Ordinal).Replace(" ", "\\s", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
