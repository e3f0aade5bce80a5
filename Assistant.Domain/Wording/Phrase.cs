using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Domain.Wording;

/// <summary>Something said to people by a part that does not know their language: screens word it when they show it.</summary>
/// <remarks>
/// Stored as JSON, so that a row written today is read in whatever language is asked for tomorrow. A row from before phrases, or a
/// foreign sentence, is kept <see cref="Verbatim"/>. Facts come from outside: whoever shows them treats them as untrusted.
/// </remarks>
public abstract record Phrase
{
    /// <summary>Longest fact kept, in UTF-16 units: a messenger may answer with a whole page.</summary>
    public const int MaxFactLength = 300;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Phrase() { }

    /// <summary>Said as it is, in whatever language it came.</summary>
    public sealed record Verbatim(string Text) : Phrase;

    /// <summary>One sentence of ours.</summary>
    /// <param name="Code">Stable, e.g. <c>telegram.blocked</c>; screens have a sentence for each in every language.</param>
    /// <param name="Facts">What fills the sentence's placeholders. Never a secret.</param>
    public sealed record Coded(string Code, IReadOnlyDictionary<string, Phrase> Facts) : Phrase
    {
        public override string FirstCode => Code;

        public bool Equals(Coded? other) => other is not null && ToString() == other.ToString();

        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>Sentences said one after another.</summary>
    public sealed record Several(IReadOnlyList<Phrase> Phrases) : Phrase
    {
        public override string? FirstCode => Phrases.Count > 0 ? Phrases[0].FirstCode : null;

        public bool Equals(Several? other) => other is not null && ToString() == other.ToString();

        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>The code programs go by: that of the first sentence, or <see langword="null"/> when it has none.</summary>
    public virtual string? FirstCode => null;

    /// <summary>A sentence of ours. Long facts are cut.</summary>
    public static Phrase Of(string code, params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var said = new Dictionary<string, Phrase>(facts.Length, StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            said[name] = new Verbatim(Cut(value));
        }

        return new Coded(code, said);
    }

    /// <summary>A sentence of ours in which others are mentioned.</summary>
    public static Phrase Of(string code, IEnumerable<(string Name, Phrase Said)> facts)
        => new Coded(code, facts.ToDictionary(StringComparer.Ordinal));

    /// <summary>A fault nobody has words for: what kind it is, and what it says of itself.</summary>
    public static Phrase OfFault(Exception fault) => fault is PhrasedException phrased
        ? phrased.Reason
        : Of("fault", ("kind", fault.GetType().Name), ("message", fault.Message));

    /// <summary>Reads what <see cref="ToString"/> wrote; any other text is a <see cref="Verbatim"/>.</summary>
    public static Phrase Parse(string stored)
    {
        if (stored.StartsWith('{') || stored.StartsWith('['))
        {
            try
            {
                return Read(JsonNode.Parse(stored)) is { } read and not Verbatim ? read : new Verbatim(stored);
            }
            catch (JsonException)
            {
                // A sentence that happens to begin with a bracket.
            }
        }

        return new Verbatim(stored);
    }

    /// <summary>The same sentences without what fills them: for the audit log, which outlives what others may have quoted in a fact.</summary>
    public Phrase WithoutFacts() => this switch
    {
        Coded coded => new Coded(coded.Code, coded.Facts.ToDictionary(fact => fact.Key, fact => fact.Value.WithoutFacts(), StringComparer.Ordinal)),
        Several several => new Several([.. several.Phrases.Select(one => one.WithoutFacts())]),
        _ => new Verbatim("…"),
    };

    /// <summary>The stored form; also what logs show.</summary>
    public sealed override string ToString() => this is Verbatim verbatim ? verbatim.Text : Write(this).ToJsonString(Json);

    private static JsonNode Write(Phrase phrase)
    {
        switch (phrase)
        {
            case Coded coded:
                var said = new JsonObject { ["code"] = coded.Code };
                foreach (var (name, fact) in coded.Facts.OrderBy(f => f.Key, StringComparer.Ordinal))
                {
                    (said["facts"] ??= new JsonObject())[name] = Write(fact);
                }

                return said;
            case Several several:
                return new JsonArray([.. several.Phrases.Select(Write)]);
            default:
                return ((Verbatim)phrase).Text;
        }
    }

    private static Phrase? Read(JsonNode? node)
    {
        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return new Verbatim(value.GetValue<string>());
            case JsonArray array:
                var phrases = array.Select(Read).ToList();
                return phrases.Count == 0 || phrases.Contains(null) ? null : new Several(phrases!);
            case JsonObject said when said["code"] is JsonValue code && code.GetValueKind() == JsonValueKind.String:
                var facts = (said["facts"] as JsonObject ?? []).ToDictionary(f => f.Key, f => Read(f.Value), StringComparer.Ordinal);
                return facts.ContainsValue(null) ? null : new Coded(code.GetValue<string>(), facts!);
            default:
                return null;
        }
    }

    private static string Cut(string value) => Legible.Cut(value, MaxFactLength, "…");
}

/// <summary>A fault that says why in words for people.</summary>
public class PhrasedException(Phrase reason, Exception? inner = null) : InvalidOperationException(reason.ToString(), inner)
{
    public Phrase Reason => reason;
}
