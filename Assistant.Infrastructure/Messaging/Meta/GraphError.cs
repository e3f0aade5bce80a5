using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Meta;

/// <summary>A refusal of the Graph API, or the reason of one that comes in a callback.</summary>
internal sealed record GraphError(int Code, [property: JsonPropertyName("error_subcode")] int Subcode, string? Message, string? Title, bool IsTransient, GraphErrorDetail? ErrorData)
{
    private const int LongestSaying = 200;

    /// <summary>Meta's own words, for what we have none for.</summary>
    public string Says
    {
        get
        {
            var says = ErrorData?.Details is { Length: > 0 } details ? details : Message ?? Title ?? "";
            return $"{(says.Length > LongestSaying ? says[..LongestSaying] : says)} ({Code})".TrimStart();
        }
    }

    /// <summary>The app secret is not that of the token's app. This alone has no code of its own.</summary>
    public bool IsProofRefused => Code == 100 && Message?.Contains("appsecret_proof", StringComparison.Ordinal) == true;

    /// <summary>The error in an answer; <see langword="null"/> when there is none.</summary>
    public static GraphError? Read(ReadOnlySpan<byte> body) => GraphApi.Read(body, GraphJson.Default.GraphRefusal)?.Error;
}

internal sealed record GraphErrorDetail(string? Details);

internal sealed record GraphRefusal(GraphError? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GraphRefusal))]
internal sealed partial class GraphJson : JsonSerializerContext;
