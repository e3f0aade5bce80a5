using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Tests.Hubs;

/// <summary>An argument as it stands on the line: JSON that no serializer would write.</summary>
[JsonConverter(typeof(Writer))]
internal sealed record RawJson(string Text)
{
    /// <summary>A string that ends in half a character.</summary>
    public static RawJson CutOff { get; } = new("\"cut \\ud83d\"");

    private sealed class Writer : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
