using System.Buffers.Text;
using System.Text.Json;
using Assistant.Domain.Wording;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What the token that comes with a callback must say.</summary>
/// <param name="Audience">Who we are to the messenger; an empty one lets nothing in.</param>
internal sealed record BearerRule(string Issuer, string Audience)
{
    /// <summary>How far clocks may be apart.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);
}

/// <summary>Whether a callback is the messenger's.</summary>
internal abstract record BearerVerdict
{
    private BearerVerdict() { }

    /// <summary>It is.</summary>
    /// <param name="Key">What it was signed with.</param>
    public sealed record Genuine(PublishedKey Key, JsonElement Claims) : BearerVerdict
    {
        /// <summary>A claim that is a text; <see langword="null"/> when there is none.</summary>
        public string? Text(string name) => Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        public bool IsTrue(string name) => Claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
    }

    public sealed record Refused : BearerVerdict;

    /// <summary>The keys are not at hand: ask the messenger to deliver again.</summary>
    public sealed record Unknown(Phrase Reason) : BearerVerdict;
}

/// <summary>
/// Tells a messenger's callback from anybody else's by the signed token in its <c>Authorization</c> header (RFC 7519): RS256 and nothing else, a key the
/// messenger publishes, its issuer, us as audience, and the time. Total: whatever stands in the header is a verdict.
/// </summary>
internal static class BearerProof
{
    public const string Header = "authorization";

    private const string Scheme = "Bearer ";
    private const int LongestToken = 16 * 1024;
    private const int LongestKeyId = 200;

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = LongestToken };

    public static async Task<BearerVerdict> VerifyAsync(string? authorization, BearerRule rule, KeySource keys, TimeProvider time, CancellationToken cancellationToken)
    {
        if (rule.Audience.Length == 0 || TokenOf(authorization) is not { } token || KeyIdOf(token) is not { } keyId)
        {
            return new BearerVerdict.Refused();
        }

        switch (await keys(keyId, cancellationToken))
        {
            case KeyFinding.Found { Key: var key }:
                var result = await Handler.ValidateTokenAsync(token, ParametersOf(rule, key, time.GetUtcNow().UtcDateTime));
                return result.IsValid && ClaimsOf(token) is { } claims ? new BearerVerdict.Genuine(key, claims) : new BearerVerdict.Refused();
            case KeyFinding.Unavailable { Reason: var reason }:
                return new BearerVerdict.Unknown(reason);
            default:
                return new BearerVerdict.Refused();
        }
    }

    /// <summary>The bytes of a text in base64url without padding; <see langword="null"/> when it is none.</summary>
    public static byte[]? Decoded(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done ? bytes[..written] : null;
    }

    private static string? TokenOf(string? authorization)
    {
        if (authorization is null || authorization.Length > LongestToken || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Bits that fill up the last character of a signature would give one proof several spellings.
        var token = authorization[Scheme.Length..];
        var signature = token[(token.LastIndexOf('.') + 1)..];
        return Decoded(signature) is { Length: > 0 } bytes && Base64Url.EncodeToString(bytes) == signature && token.AsSpan().Count('.') == 2 ? token : null;
    }

    private static string? KeyIdOf(string token)
    {
        var header = ObjectIn(token[..token.IndexOf('.', StringComparison.Ordinal)]);
        return header is { } fields
            && fields.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String && algorithm.GetString() == SecurityAlgorithms.RsaSha256
            && fields.TryGetProperty("kid", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and <= LongestKeyId } keyId
                ? keyId
                : null;
    }

    private static JsonElement? ClaimsOf(string token)
        => ObjectIn(token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..token.LastIndexOf('.')]);

    private static TokenValidationParameters ParametersOf(BearerRule rule, PublishedKey key, DateTime now) => new()
    {
        ValidIssuer = rule.Issuer,
        ValidAudience = rule.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        IssuerSigningKey = key.Key,
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        LifetimeValidator = (notBefore, expires, token, _) => expires is { } end && now - BearerRule.Tolerance <= end
            && (notBefore ?? DateTime.MinValue) <= now + BearerRule.Tolerance && token is JsonWebToken { IssuedAt: var issued } && issued <= now + BearerRule.Tolerance,
    };

    private static JsonElement? ObjectIn(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Decoded(part) ?? []);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Checked(document.RootElement.Clone()) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Half of a character, in a name or a value, throws only when it is read.
    private static JsonElement Checked(JsonElement read)
    {
        foreach (var field in read.EnumerateObject())
        {
            _ = field.Name;
            _ = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null;
        }

        return read;
    }
}
