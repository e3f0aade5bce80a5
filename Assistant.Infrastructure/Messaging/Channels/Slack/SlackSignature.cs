using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>The proof of a callback: HMAC-SHA256 under the signing secret, over the time and the bytes of the body as they came.</summary>
/// <remarks>Slack's page "Verifying requests from Slack". The old verification token in the body proves nothing.</remarks>
internal static class SlackSignature
{
    public const string SignatureHeader = "x-slack-signature";
    public const string TimestampHeader = "x-slack-request-timestamp";

    private const string Version = "v0";

    /// <summary>Whether Slack sent this, a short while ago. Without a secret nothing is.</summary>
    public static bool IsValid(WebhookRequest request, string secret, TimeSpan tolerance, DateTimeOffset now)
        => secret.Length > 0
            && request.Headers.TryGetValue(TimestampHeader, out var timestamp)
            && request.Headers.TryGetValue(SignatureHeader, out var signature)
            && CallbackProof.IsFresh(timestamp, tolerance, now)
            && signature.StartsWith(Version + "=", StringComparison.Ordinal)
            && CallbackProof.IsHex(signature[(Version.Length + 1)..], Sign(secret, timestamp, request.Body.Span));

    /// <summary>The bytes behind the version.</summary>
    public static byte[] Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{Version}:{timestamp}:"));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
