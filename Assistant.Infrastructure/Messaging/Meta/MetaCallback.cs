using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Meta;

// https://developers.facebook.com/docs/graph-api/webhooks/getting-started

/// <summary>The door Meta's callbacks come in by: its handshake, and the proof that a body is Meta's. Pure.</summary>
/// <param name="appSecret">Signs callbacks.</param>
/// <param name="verifyToken">What the operator typed into Meta's console beside our address.</param>
internal sealed class MetaCallback(string appSecret, string verifyToken)
{
    public const string SignatureHeader = "x-hub-signature-256";

    private const string Prefix = "sha256=";

    private static readonly WebhookReply WrongMethod = new(405, "Meta posts.");

    /// <summary>The answer to a request that holds no proven callback; <see langword="null"/> when its body can be read.</summary>
    public WebhookReply? Answer(WebhookRequest request)
    {
        if (string.Equals(request.Method, "GET", StringComparison.OrdinalIgnoreCase))
        {
            return IsHandshake(request) ? new WebhookReply(200, request.Query.GetValueOrDefault("hub.challenge") ?? "") : WebhookReply.Refused;
        }

        return !IsSigned(request.Headers.GetValueOrDefault(SignatureHeader), appSecret, request.Body.Span) ? WebhookReply.Refused
            : string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase) ? null : WrongMethod;
    }

    /// <summary>Whether the signature is the app's over these bytes, as they were sent: Meta escapes what is not ASCII, and signs the escapes.</summary>
    public static bool IsSigned(string? signature, string appSecret, ReadOnlySpan<byte> body)
        => appSecret.Length > 0 && signature?.StartsWith(Prefix, StringComparison.Ordinal) == true
            && CallbackProof.IsHex(signature[Prefix.Length..], HMACSHA256.HashData(Encoding.UTF8.GetBytes(appSecret), body));

    private bool IsHandshake(WebhookRequest request)
        => request.Query.GetValueOrDefault("hub.mode") == "subscribe" && CallbackProof.IsText(request.Query.GetValueOrDefault("hub.verify_token"), verifyToken);
}
