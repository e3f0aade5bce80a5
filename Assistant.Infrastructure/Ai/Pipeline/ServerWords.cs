using System.Text;
using System.Text.Json;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>What a server says about a failure.</summary>
/// <param name="Says">Its sentence for people; empty when it has none, and never a whole page.</param>
/// <param name="Names">What it calls the case: its code, type and status.</param>
/// <param name="IsFlagged">Whether it shows what of the input a moderation did not let pass.</param>
internal sealed record ServerWords(string Says, IReadOnlyList<string> Names, bool IsFlagged)
{
    private const int MaxPlainChars = 300;

    private static readonly string[] CreditNames = ["insufficient_quota", "exceeded_current_quota_error", "billing_hard_limit_reached", "Arrearage"];
    private static readonly string[] KeyNames = ["invalid_api_key"];
    private static readonly string[] ModelNames = ["model_not_found", "DeploymentNotFound"];

    private static readonly ServerWords None = new("", [], false);

    /// <summary>Whether the account has run dry. The word quota says nothing: ordinary rate limits speak of one, too. Anthropic has only its sentence.</summary>
    public bool IsAboutCredit => IsCalled(CreditNames) || Mentions("credit balance is too low");

    /// <summary>Whether the key was refused. Gemini says so with a status that others have for a bad request.</summary>
    public bool IsAboutKey => IsCalled(KeyNames) || Mentions("API key not valid");

    public bool IsAboutModel => IsCalled(ModelNames) || Mentions("model");

    /// <summary>Whether the input, not the key, was refused. Source: https://openrouter.ai/docs/api/reference/errors-and-debugging</summary>
    public bool IsAboutModeration => IsFlagged || Mentions("moderation");

    /// <summary>
    /// Reads <c>{"error":{"message":…,"code":…}}</c> (OpenAI, Anthropic), the same in a list (Gemini), <c>{"error":"…"}</c> (Ollama),
    /// <c>{"message":{"detail":…}}</c> (Mistral), <c>{"detail":…}</c> (FastAPI), or a line of plain text.
    /// </summary>
    public static ServerWords Read(ReadOnlyMemory<byte> body, string? mediaType)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            root = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0] : root;
            var error = Find(root, "error") ?? root;
            var names = new[] { Text(error, "code"), Text(error, "type"), Text(error, "status") }.OfType<string>();
            return new(Sentence(error), [.. names], Find(error, "metadata") is { } more && Find(more, "flagged_input") is not null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter: half of a surrogate pair
        {
            return mediaType is null or "text/plain" ? Plain(Encoding.UTF8.GetString(body.Span).Trim()) : None;
        }
    }

    private static ServerWords Plain(string text) => text is "" or ['<' or '{' or '[', ..] || text.Length > MaxPlainChars ? None : None with { Says = text };

    private static string Sentence(JsonElement said)
    {
        switch (said.ValueKind)
        {
            case JsonValueKind.String:
                return said.GetString()!;
            case JsonValueKind.Array:
                return string.Join("; ", said.EnumerateArray().Select(Sentence).Where(one => one.Length > 0));
            case JsonValueKind.Object when Find(said, "msg") is { } wrong:
                var what = Sentence(wrong);
                return what.Length > 0 && Place(said) is { } place ? $"{place}: {what}" : what;
            case JsonValueKind.Object:
                return (Find(said, "message") ?? Find(said, "detail")) is { } inner ? Sentence(inner) : "";
            default:
                return "";
        }
    }

    /// <summary>FastAPI names the wrong field as the last part of its place.</summary>
    private static string? Place(JsonElement problem)
        => Find(problem, "loc") is { ValueKind: JsonValueKind.Array } parts && parts.GetArrayLength() is > 0 and var count
            && parts[count - 1] is { ValueKind: JsonValueKind.String } last ? last.GetString() : null;

    private static JsonElement? Find(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement parent, string name)
        => Find(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private bool IsCalled(string[] names) => Names.Any(name => names.Contains(name, StringComparer.OrdinalIgnoreCase));

    private bool Mentions(string words) => Says.Contains(words, StringComparison.OrdinalIgnoreCase);
}
