using System.Net;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Ai.Pipeline;
using static Assistant.Infrastructure.Ai.OpenAi.ChunkValues;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>
/// Faults that come with a status of success: <c>error</c> (LM Studio, SGLang, OpenRouter), <c>object: error</c> (vLLM), <c>base_resp</c> (MiniMax).
/// Who is at fault, and whether to ask again, is told by a status of HTTP in the fault, where it has one.
/// </summary>
internal static class ChunkErrors
{
    /// <param name="isWhole">It came instead of an answer and not within one.</param>
    /// <param name="told">Makes a server's words fit to be shown.</param>
    /// <returns><see langword="null"/> when the chunk reports no fault.</returns>
    public static EngineFault? Find(JsonObject chunk, bool isWhole, Func<string, string> told)
    {
        if (chunk["base_resp"] is JsonObject outcome && Number(outcome["status_code"]) is not (null or 0) and var code)
        {
            return FaultWords.Reported(told(FormattableString.Invariant($"{Text(outcome["status_msg"])} ({code})"))) with { Kind = KindOfMiniMax(code) };
        }

        var error = Text(chunk["object"]) == "error" ? chunk : chunk["error"];
        return Words(error) is { Length: > 0 } words ? Fault(words, Status(error), isWhole, told) : null;
    }

    /// <summary>What a server says in an event that is named after a fault.</summary>
    public static EngineFault Event(JsonNode? data, string line, Func<string, string> told)
        => (data is JsonObject chunk ? Find(chunk, isWhole: false, told) : null) ?? Fault(Words(data) ?? line, Status(data), isWhole: false, told);

    private static EngineFault Fault(string words, HttpStatusCode? status, bool isWhole, Func<string, string> told)
        => FaultWords.Reported(told(words)) with
        {
            Kind = status is { } known ? FaultWords.FromStatus(known, new ServerWords(words, [], IsFlagged: false), retryAfter: null, isToMessages: false).Kind
                // Too long a conversation stays too long.
                : words.Contains("context", StringComparison.OrdinalIgnoreCase) ? EngineFaultKind.Refused
                : isWhole ? EngineFaultKind.Misconfigured
                : EngineFaultKind.ServerFault,
        };

    private static string? Words(JsonNode? error) => error switch
    {
        JsonObject { Count: > 0 } parts => Text(parts["message"]) ?? Words(parts["error"]) ?? parts.ToJsonString(),
        _ => Text(error),
    };

    private static HttpStatusCode? Status(JsonNode? error) => error is not JsonObject parts ? null
        : (Number(parts["code"]) ?? Number(parts["status"])) is >= 400 and < 600 and var status ? (HttpStatusCode)status
        : null;

    /// <summary>By https://platform.minimax.io/docs/api-reference/errorcode.</summary>
    private static EngineFaultKind KindOfMiniMax(double? code) => code switch
    {
        1002 => EngineFaultKind.RateLimited,
        1004 or 1008 or 2049 => EngineFaultKind.Misconfigured,
        1026 or 1027 or 1039 or 2013 => EngineFaultKind.Refused,
        _ => EngineFaultKind.ServerFault,
    };
}
