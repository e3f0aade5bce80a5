using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>A request with holes: an address and a JSON document in whose texts <c>{text}</c>, <c>{chat}</c> and the like stand.</summary>
/// <remarks>
/// The document is read once, and values are put into its texts, never into its source; in the address they are percent-encoded and stand behind the
/// host; what percent-encoding leaves as a way up (<c>..</c>) leads nowhere. So nothing that somebody wrote can become a part of either.
/// </remarks>
internal sealed partial class OutgoingTemplate
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _address;
    private readonly JsonNode _body;

    private OutgoingTemplate(string address, Uri server, JsonNode body) => (_address, Server, _body) = (address, server, body);

    /// <summary>Names that have a value in a message of words.</summary>
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(StringComparer.Ordinal) { "text", "chat", "thread", "id", "replyTo" };

    /// <summary>Names that have a value in a message that shows a file.</summary>
    public static IReadOnlySet<string> FileNames { get; } = new HashSet<string>(StringComparer.Ordinal) { "file", "fileName", "fileType", "chat", "thread", "id", "replyTo" };

    /// <summary>Scheme, host and port of the address.</summary>
    public Uri Server { get; }

    /// <param name="names">Of its holes: <see cref="Names"/> or <see cref="FileNames"/>. Those of the address are in both.</param>
    /// <returns><see langword="false"/> when the address has a hole in its host, the body is no JSON object, or a hole has no value.</returns>
    public static bool TryParse(string address, string body, IReadOnlySet<string> names, [NotNullWhen(true)] out OutgoingTemplate? template)
    {
        template = null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0
            || Hole().IsMatch(uri.Authority) || uri.Authority.Contains('{', StringComparison.Ordinal) || !AreKnown(address, names) || !AreKnown(body, names))
        {
            return false;
        }

        try
        {
            template = JsonNode.Parse(body) is JsonObject document ? new OutgoingTemplate(address, new Uri(uri.GetLeftPart(UriPartial.Authority)), document) : null;
            return template is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <returns><see langword="null"/> when a value would be read as a way up in the address and not as a name in it.</returns>
    public Uri? AddressFor(IReadOnlyDictionary<string, string> values)
    {
        var steps = _address[..(_address.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : _address.Length)].Split('/', '\\');
        return steps.Any(step => Hole().IsMatch(step) && Filled(step, values) is "." or "..") ? null : new Uri(Filled(_address, values));
    }

    public byte[] BodyFor(IReadOnlyDictionary<string, string> values) => JsonSerializer.SerializeToUtf8Bytes(Filled(_body, values), Written);

    private static string Filled(string address, IReadOnlyDictionary<string, string> values)
        => Hole().Replace(address, hole => Uri.EscapeDataString(values[hole.Groups[1].Value]));

    private static JsonNode? Filled(JsonNode? node, IReadOnlyDictionary<string, string> values) => node switch
    {
        JsonObject document => new JsonObject(document.Select(pair => KeyValuePair.Create(pair.Key, Filled(pair.Value, values)))),
        JsonArray list => new JsonArray([.. list.Select(item => Filled(item, values))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Hole().Replace(text, hole => values[hole.Groups[1].Value])),
        _ => node?.DeepClone(),
    };

    private static bool AreKnown(string text, IReadOnlySet<string> names) => Hole().Matches(text).All(hole => names.Contains(hole.Groups[1].Value));

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Hole();
}
