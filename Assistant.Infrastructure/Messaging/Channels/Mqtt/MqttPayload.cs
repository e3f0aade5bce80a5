using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>What a device says.</summary>
/// <param name="Id">Equal for every delivery; <see langword="null"/> when the device gives none.</param>
/// <param name="From">What it calls itself: shown, never believed.</param>
internal sealed record MqttSaying(string? Id, string Text, string? From, string? ReplyTo, DateTimeOffset? At);

/// <summary>The payloads of both directions. Pure, and total: whatever comes is a saying or nothing.</summary>
internal static class MqttPayload
{
    /// <summary>Longest payload in bytes, either way.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxId = 128;
    private const int MaxName = 100;
    private const long LastSecond = 253_402_300_799;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Longest text of one message. In JSON, twice and at six bytes for a character, it still fits into <see cref="MaxBytes"/>.</summary>
    public static TextLimit Limit { get; } = new(4_000);

    /// <summary>Reads a payload: an object as the contract has it, or any other text, which is then what is said.</summary>
    public static MqttSaying? Read(ReadOnlySequence<byte> payload)
    {
        if (payload.Length is 0 or > MaxBytes || TextOf(payload) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return text.AsSpan().TrimStart().StartsWith('{') ? ReadObject(text) : new MqttSaying(null, text, null, null, null);
    }

    /// <summary>Writes an answer.</summary>
    public static byte[] Write(OutboundMessage message, DateTimeOffset now)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, Written);
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("text", Render(message.Body.Markdown));
        json.WriteString("markdown", message.Body.Markdown);
        if (message.ReplyToExternalId is { } answered)
        {
            json.WriteString("replyTo", answered);
        }

        json.WriteNumber("ts", now.ToUnixTimeSeconds());
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The text for devices that know no Markdown.</summary>
    public static string Render(string markdown) => Rendered.Fit(markdown, Limit, PlainRenderer.Render, words => words);

    private static string? TextOf(ReadOnlySequence<byte> payload)
    {
        try
        {
            return Strict.GetString(payload).Replace("\0", "", StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static MqttSaying? ReadObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var said = Text(json.RootElement, "text");
            return string.IsNullOrWhiteSpace(said)
                ? null
                : new MqttSaying(Id(json.RootElement, "id"), said, Name(Text(json.RootElement, "from")), Id(json.RootElement, "replyTo"), Time(json.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the second: half of a surrogate pair, written as an escape
        }
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Replace("\0", "", StringComparison.Ordinal) : null;

    private static string? Id(JsonElement json, string name)
    {
        var id = json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(json, name);
        return id is { Length: > 0 and <= MaxId } && !id.Any(char.IsControl) ? id : null;
    }

    private static string? Name(string? from)
    {
        var name = string.Concat((from ?? "").Where(c => !char.IsControl(c))).Trim();
        return name.Length == 0 ? null : Legible.Cut(name, MaxName);
    }

    private static DateTimeOffset? Time(JsonElement json)
        => json.TryGetProperty("ts", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;
}
