using System.Globalization;
using System.Text.Json.Nodes;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>Reads single values of a chunk, of whatever kind they are.</summary>
internal static class ChunkValues
{
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A number, also one that is written as text.</summary>
    public static double? Number(JsonNode? node) => node is not JsonValue value ? null
        : value.TryGetValue(out double number) ? number
        : double.TryParse(Text(node), NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? number : null;
}
