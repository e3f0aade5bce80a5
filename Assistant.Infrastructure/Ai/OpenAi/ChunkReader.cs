using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Ai.Pipeline;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>Judges the lines of one answer: most are handed on as they came, odd ones are written anew, a fault ends the answer.</summary>
/// <param name="told">Makes a server's words fit to be shown.</param>
internal sealed class ChunkReader(Func<string, string> told)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private bool _isError;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Whether the answer is a JSON document instead of a stream of events; <see langword="null"/> as long as only blanks came.</summary>
    public static bool? IsDocument(ReadOnlySpan<byte> beginning)
        => Unmarked(beginning) is [var first, ..] ? first is (byte)'{' or (byte)'[' : null;

    /// <summary>Whether a line, with its end, needs no <see cref="Mend"/>.</summary>
    public bool IsOrdinary(ReadOnlySpan<byte> line) => !_isError && !line.StartsWith("event:"u8)
        && (!line.StartsWith("data:"u8) || Payload(line) is not [(byte)'{', ..] || OrdinaryChunk.Is(line));

    /// <summary>The line as the SDK reads it.</summary>
    /// <exception cref="EngineFaultException">The server reports a fault in it.</exception>
    public ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> line)
    {
        if (line.Span.StartsWith("event:"u8))
        {
            _isError = Payload(line.Span).SequenceEqual("error"u8);
            return line;
        }

        if (!line.Span.StartsWith("data:"u8))
        {
            return line;
        }

        var payload = Payload(line.Span);
        var data = Parse(payload);
        if (_isError)
        {
            throw new EngineFaultException(ChunkErrors.Event(data, Encoding.UTF8.GetString(payload), told));
        }

        try
        {
            if (data is not JsonObject chunk)
            {
                return line;
            }

            if (ChunkErrors.Find(chunk, isWhole: false, told) is { } fault)
            {
                throw new EngineFaultException(fault);
            }

            return ChunkRepair.Mend(chunk) ? Written(chunk, line.Span[^1] == '\n' ? "\n" : line.Span[^1] == '\r' ? "\r" : "") : line;
        }
        catch (InvalidOperationException exception) when (exception is not EngineFaultException)
        {
            // Text that is no text, such as half a sign: the SDK says what it thinks of it.
            return line;
        }
    }

    /// <summary>What a server that does not stream answers: a whole chat completion becomes a stream of one chunk.</summary>
    /// <exception cref="EngineFaultException">The document reports a fault.</exception>
    public ReadOnlyMemory<byte> MendDocument(ReadOnlyMemory<byte> document)
    {
        var data = Parse(Unmarked(document.Span));
        if ((data is JsonArray { Count: 1 } only ? only[0] : data) is not JsonObject answer)
        {
            return document;
        }

        try
        {
            if (ChunkErrors.Find(answer, isWhole: true, told) is { } fault)
            {
                throw new EngineFaultException(fault);
            }

            if (answer["choices"] is not JsonArray { Count: > 0 } choices)
            {
                return document;
            }

            foreach (var choice in choices.OfType<JsonObject>())
            {
                var message = choice["message"];
                choice.Remove("message");
                choice["delta"] = message;
                choice["finish_reason"] ??= "stop";
            }

            answer["object"] = "chat.completion.chunk";
            ChunkRepair.Mend(answer);
            return Written(answer, "\n\ndata: [DONE]\n\n");
        }
        catch (InvalidOperationException exception) when (exception is not EngineFaultException)
        {
            return document;
        }
    }

    private static ReadOnlyMemory<byte> Written(JsonObject chunk, string end) => Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}{end}");

    private static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What stands after the line's name.</summary>
    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> line) => line[(line.IndexOf((byte)':') + 1)..].Trim(" \t\r\n"u8);

    private static ReadOnlySpan<byte> Unmarked(ReadOnlySpan<byte> beginning)
        => (beginning.StartsWith(ByteOrderMark) ? beginning[ByteOrderMark.Length..] : beginning).TrimStart(" \t\r\n"u8);
}
