using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>
/// JSON in the one form in which Matrix measures and signs events: keys in the order of their code points, no white space, the shortest escapes.
/// Source: the specification's appendix on canonical JSON. Pure.
/// </summary>
internal static class MatrixCanonicalJson
{
    /// <exception cref="JsonException">A number has a fraction, an exponent or more digits than the form knows.</exception>
    public static string Write(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>Bytes of a value in this form.</summary>
    public static int Measure(JsonElement value) => Encoding.UTF8.GetByteCount(Write(value));

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                var members = value.EnumerateObject().ToList();
                members.Sort((one, other) => ByCodePoints(one.Name, other.Name));
                for (var i = 0; i < members.Count; i++)
                {
                    Write(text.Append(i == 0 ? "" : ","), members[i].Name);
                    Write(text.Append(':'), members[i].Value);
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var isFirst = true;
                foreach (var item in value.EnumerateArray())
                {
                    Write(text.Append(isFirst ? "" : ","), item);
                    isFirst = false;
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                const long largest = (1L << 53) - 1;
                text.Append(value.TryGetInt64(out var number) && number is >= -largest and <= largest
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : throw new JsonException("Canonical JSON has whole numbers of 53 bits only."));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Write(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (var c in words)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    // In UTF-16 what is beyond the first plane would come before U+E000; in UTF-8 bytes are in the order of the code points.
    private static int ByCodePoints(string one, string other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));
}
