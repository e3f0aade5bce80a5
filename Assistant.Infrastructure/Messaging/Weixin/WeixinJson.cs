using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>
/// JSON with every character as it is. WeChat shows an escape such as <c>\u4f60</c> to people as these six characters, and .NET's own writer escapes
/// emoji whatever it is told.
/// </summary>
internal static class WeixinJson
{
    /// <summary>The bytes of a body; a surrogate without its other half becomes U+FFFD.</summary>
    public static byte[] BytesOf(JsonNode node)
    {
        var json = new StringBuilder();
        Write(node, json);
        return Encoding.UTF8.GetBytes(json.ToString());
    }

    private static void Write(JsonNode? node, StringBuilder json)
    {
        switch (node)
        {
            case JsonObject fields:
                json.Append('{');
                foreach (var (name, value) in fields)
                {
                    Separate(json, '{');
                    Quote(name, json);
                    json.Append(':');
                    Write(value, json);
                }

                json.Append('}');
                break;
            case JsonArray items:
                json.Append('[');
                foreach (var item in items)
                {
                    Separate(json, '[');
                    Write(item, json);
                }

                json.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Quote(value.GetValue<string>(), json);
                break;
            default:
                json.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void Separate(StringBuilder json, char opening)
    {
        if (json[^1] != opening)
        {
            json.Append(',');
        }
    }

    private static void Quote(string text, StringBuilder json)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => json.Append('\\').Append(c),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
