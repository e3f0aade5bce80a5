using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>The proof of a callback: HMAC-SHA256 under the app's secret over the time and the secret once more. It does not cover the body.</summary>
/// <remarks>DingTalk's page 机器人接收消息.</remarks>
internal static class DingTalkSignature
{
    public const string SignatureHeader = "sign";
    public const string TimestampHeader = "timestamp";

    private const long LastMoment = 253_402_300_799_999;

    /// <summary>Whether DingTalk sent this, at most so long ago. Without a secret nothing is.</summary>
    public static bool IsValid(WebhookRequest request, string secret, TimeSpan tolerance, DateTimeOffset now)
        => secret.Length > 0
            && request.Headers.TryGetValue(TimestampHeader, out var timestamp)
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= LastMoment
            && (now - DateTimeOffset.FromUnixTimeMilliseconds(at)).Duration() <= tolerance
            && CallbackProof.IsBase64(request.Headers.GetValueOrDefault(SignatureHeader), Sign(secret, timestamp));

    public static byte[] Sign(string secret, string timestamp) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"));
}
