namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>
/// Tells from its bytes whether a chunk is one that the SDK reads. Every word of an answer comes by here, so nothing is parsed and nothing
/// allocated. A name with its quotes cannot stand within a string of JSON, where quotes are escaped. What is wrongly taken for odd is only
/// looked at more closely.
/// </summary>
internal static class OrdinaryChunk
{
    private delegate bool Judge(ReadOnlySpan<byte> value);

    public static bool Is(ReadOnlySpan<byte> json)
        => json.IndexOf("\"error\""u8) < 0 && json.IndexOf("\"base_resp\""u8) < 0
            && Each(json, "\"finish_reason\""u8, IsReason) && Each(json, "\"role\""u8, IsRole) && Each(json, "\"content\""u8, IsNoList)
            && Each(json, "\"choices\""u8, IsList) && Each(json, "\"created\""u8, IsTime) && Each(json, "\"usage\""u8, IsUsage);

    private static bool IsReason(ReadOnlySpan<byte> value)
        => IsNull(value) || value.StartsWith("\"stop\""u8) || value.StartsWith("\"length\""u8) || value.StartsWith("\"tool_calls\""u8)
            || value.StartsWith("\"content_filter\""u8);

    private static bool IsRole(ReadOnlySpan<byte> value) => IsNull(value) || value.StartsWith("\"assistant\""u8);

    private static bool IsNoList(ReadOnlySpan<byte> value) => !IsList(value);

    private static bool IsList(ReadOnlySpan<byte> value) => value.StartsWith("["u8);

    /// <summary>Seconds of this and the next two centuries.</summary>
    private static bool IsTime(ReadOnlySpan<byte> value) => Digits(value) is > 0 and <= 10;

    private static bool IsUsage(ReadOnlySpan<byte> value) => IsNull(value) || (value.StartsWith("{"u8) && Each(value, "_tokens\""u8, IsCount));

    private static bool IsCount(ReadOnlySpan<byte> value) => Digits(value) is > 0 and <= 9;

    private static bool IsNull(ReadOnlySpan<byte> value) => value.StartsWith("null"u8);

    /// <summary>Length of the whole number the value is, 0 when it is anything else.</summary>
    private static int Digits(ReadOnlySpan<byte> value)
    {
        var length = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length > 0 && value[length] is (byte)',' or (byte)'}' or (byte)' ' ? length : 0;
    }

    /// <summary>Whether the value after each occurrence of the name passes.</summary>
    private static bool Each(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, Judge passes)
    {
        for (var at = json.IndexOf(name); at >= 0; at = json.IndexOf(name))
        {
            json = json[(at + name.Length)..].TrimStart((byte)' ');
            if (json is [(byte)':', ..] && !passes(json[1..].TrimStart((byte)' ')))
            {
                return false;
            }
        }

        return true;
    }
}
