using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Endpoints;

/// <summary>Enumerations as exactly the words the description lists.</summary>
/// <remarks>The framework's converter takes any case and adds up a list with commas: "pending, approved" became a third standing nobody had written.</remarks>
internal sealed class WordConverter : JsonConverterFactory
{
    public static IEnumerable<string> WordsOf(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName);

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : JsonConverter<T> where T : struct, Enum
    {
        private readonly Dictionary<string, T> _values = Enum.GetNames<T>().Zip(WordsOf(typeof(T)))
            .ToDictionary(pair => pair.Second, pair => Enum.Parse<T>(pair.First), StringComparer.Ordinal);

        private readonly Dictionary<T, JsonEncodedText> _words;

        public Of() => _words = _values.ToDictionary(pair => pair.Value, pair => JsonEncodedText.Encode(pair.Key));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out var value) ? value : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
            => writer.WriteStringValue(_words.TryGetValue(value, out var word) ? word : throw new JsonException());
    }
}
