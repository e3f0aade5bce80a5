using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Hubs;

/// <summary>A text a device hands over, read leniently.</summary>
/// <remarks>
/// JSON can hold half a character (a lone surrogate), which is no text. As an argument that cannot be read it would be a fault, and a device
/// that meets a fault asks again, for ever; as a text that is none it is refused for good, and what was written after it comes next.
/// </remarks>
/// <param name="Value"><see langword="null"/> for none, and for what is no text.</param>
[JsonConverter(typeof(Reader))]
internal readonly record struct VisitorText(string? Value)
{
    private sealed class Reader : JsonConverter<VisitorText>
    {
        public override bool HandleNull => true;

        public override VisitorText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                throw new JsonException("A text is wanted.");
            }

            try
            {
                return new(reader.GetString());
            }
            catch (InvalidOperationException)
            {
                return new(null);
            }
        }

        public override void Write(Utf8JsonWriter writer, VisitorText value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
