using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Ai.Pipeline;
using static Assistant.Infrastructure.Ai.OpenAi.ChunkValues;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>Gives odd values of a chunk, for which the SDK throws the whole answer away, the form it reads.</summary>
internal static class ChunkRepair
{
    private const string Stop = "stop";
    private const string Length = "length";
    private const string Filter = "content_filter";
    private const string Fault = "error";

    /// <summary>Furthest time that .NET knows.</summary>
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Servers' own words for the end of an answer. What is not listed is an end like any other: the answer is there.</summary>
    private static readonly FrozenDictionary<string, string?> Reasons = new Dictionary<string, string?>
    {
        [""] = null, [Stop] = Stop, [Length] = Length, [Filter] = Filter, ["tool_calls"] = "tool_calls", ["function_call"] = "function_call",
        ["max_tokens"] = Length, ["max_output_tokens"] = Length, ["max_length"] = Length, ["model_length"] = Length,
        ["model_context_window_exceeded"] = Length,
        ["sensitive"] = Filter, ["safety"] = Filter, ["recitation"] = Filter, ["prohibited_content"] = Filter, ["blocklist"] = Filter,
        ["error"] = Fault, ["network_error"] = Fault, ["insufficient_system_resource"] = Fault, ["abort"] = Fault,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <returns>Whether anything was changed.</returns>
    /// <exception cref="EngineFaultException">The chunk says that the answer failed.</exception>
    public static bool Mend(JsonObject chunk)
    {
        var changed = false;
        if (chunk.TryGetPropertyValue("choices", out var choices))
        {
            if (choices is JsonArray list)
            {
                foreach (var choice in list.OfType<JsonObject>())
                {
                    changed |= MendReason(choice) | (choice["delta"] is JsonObject delta && MendRole(delta) | MendContent(delta));
                }
            }
            else
            {
                chunk["choices"] = new JsonArray();
                changed = true;
            }
        }

        if (chunk.TryGetPropertyValue("created", out var created) && !IsTime(created))
        {
            changed |= chunk.Remove("created");
        }

        return changed | MendUsage(chunk);
    }

    private static bool IsTime(JsonNode? created)
        => created is JsonValue value && value.TryGetValue(out long seconds) && seconds is >= 0 and <= MaxSeconds;

    private static bool MendReason(JsonObject choice)
    {
        if (choice["finish_reason"] is not { } told)
        {
            return false;
        }

        var said = Text(told);
        var meant = said is null ? Stop : Reasons.TryGetValue(said, out var known) ? known
            : said.StartsWith(Filter, StringComparison.OrdinalIgnoreCase) ? Filter : Stop;
        if (meant == Fault)
        {
            throw new EngineFaultException(FaultWords.Reported($"finish_reason: {said}"));
        }

        if (meant == said)
        {
            return false;
        }

        choice["finish_reason"] = meant;
        return true;
    }

    private static bool MendRole(JsonObject delta)
    {
        if (delta["role"] is not { } role || Text(role) == "assistant")
        {
            return false;
        }

        delta["role"] = "assistant";
        return true;
    }

    /// <summary>Content in parts: those that are thoughts become thoughts, the others words.</summary>
    private static bool MendContent(JsonObject delta)
    {
        if (delta["content"] is not JsonArray parts)
        {
            return false;
        }

        var thought = string.Concat(parts.Where(IsThought).Select(TextOf));
        delta["content"] = string.Concat(parts.Where(part => !IsThought(part)).Select(TextOf));
        if (thought.Length > 0)
        {
            delta["reasoning_content"] = Text(delta["reasoning_content"]) + thought;
        }

        return true;
    }

    private static bool IsThought(JsonNode? part) => part is JsonObject typed && Text(typed["type"]) is "thinking" or "reasoning";

    private static string TextOf(JsonNode? part) => part switch
    {
        JsonArray parts => string.Concat(parts.Select(TextOf)),
        JsonObject typed => TextOf(typed["text"] ?? typed["thinking"] ?? typed["reasoning"]),
        _ => Text(part) ?? "",
    };

    private static bool MendUsage(JsonObject chunk) => chunk["usage"] switch
    {
        null => false,
        JsonObject counts => MendCounts(counts),
        _ => chunk.Remove("usage"),
    };

    private static bool MendCounts(JsonObject counts)
    {
        var changed = false;
        foreach (var (name, value) in counts.ToArray())
        {
            if (value is JsonObject details)
            {
                changed |= MendCounts(details);
            }
            else if (name.EndsWith("_tokens", StringComparison.Ordinal) && !(value is JsonValue count && count.TryGetValue(out int _)))
            {
                counts.Remove(name);
                if (Number(value) is >= 0 and <= int.MaxValue and var number)
                {
                    counts[name] = (int)number;
                }

                changed = true;
            }
        }

        return changed;
    }
}
