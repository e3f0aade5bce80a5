using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

// With an Encrypt Key everything comes encrypted and signed, and the signature is checked over the bytes as they came before anything is read. The
// signature is a plain SHA-256 with the key in the middle of what is hashed: no HMAC, which is Feishu's doing. One thing may come encrypted and
// unsigned: the handshake, when somebody enters our address on Feishu's page; it has to know the Verification Token, and all it gets is what it sent.
// Without an Encrypt Key the Verification Token within the event is all the proof there is. With neither nothing is believed.

/// <summary>Judges callbacks. Safe for concurrent use.</summary>
internal sealed class FeishuProof(FeishuSettings settings, TimeSpan tolerance, TimeProvider time)
{
    public const string SignatureHeader = "x-lark-signature";
    public const string TimestampHeader = "x-lark-request-timestamp";
    public const string NonceHeader = "x-lark-request-nonce";

    /// <summary>Whether Feishu sent this. Without a key nothing is.</summary>
    public static bool IsSigned(WebhookRequest request, string encryptKey, TimeSpan tolerance, DateTimeOffset now)
        => encryptKey.Length > 0
            && request.Headers.TryGetValue(TimestampHeader, out var timestamp)
            && request.Headers.TryGetValue(NonceHeader, out var nonce) && nonce.Length > 0
            && CallbackProof.IsFresh(timestamp, tolerance, now)
            && CallbackProof.IsHex(request.Headers.GetValueOrDefault(SignatureHeader), Sign(encryptKey, timestamp, nonce, request.Body.Span));

    /// <summary>The callback when it is proven; it may be nothing that can be read.</summary>
    /// <returns><see langword="false"/> when it is not proven.</returns>
    public bool TryOpen(WebhookRequest request, out FeishuCallback? callback)
    {
        callback = null;
        if (settings.EncryptKey.Length == 0)
        {
            callback = FeishuEvents.ReadCallback(request.Body.Span);
            return callback is not null && KnowsToken(callback);
        }

        if (IsSigned(request, settings.EncryptKey, tolerance, time.GetUtcNow()))
        {
            // With a key all of it is encrypted; what is signed and is not is believed all the same.
            callback = FeishuEvents.ReadCallback(request.Body.Span) is { Encrypt: null } plain ? plain : Decrypted(request);
            return true;
        }

        if (request.Headers.ContainsKey(SignatureHeader) || Decrypted(request) is not { Type: FeishuCallback.Handshake } handshake || !KnowsToken(handshake))
        {
            return false;
        }

        callback = handshake;
        return true;
    }

    private FeishuCallback? Decrypted(WebhookRequest request)
        => FeishuEvents.ReadCallback(request.Body.Span)?.Encrypt is { } encrypted && FeishuCrypt.Open(encrypted, settings.EncryptKey) is { } plain
            ? FeishuEvents.ReadCallback(plain)
            : null;

    private bool KnowsToken(FeishuCallback callback) => CallbackProof.IsText(callback.Header?.Token ?? callback.Token, settings.VerificationToken);

    private static byte[] Sign(string encryptKey, string timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp + nonce + encryptKey));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
