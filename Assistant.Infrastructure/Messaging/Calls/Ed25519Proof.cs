using System.Text;
using Assistant.Domain.Messaging;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>The proof some messengers give of their callbacks: an Ed25519 signature (RFC 8032) over the time and the bytes of the body as they came. Pure.</summary>
/// <remarks>Key and signature are public, so time that depends on them tells nothing.</remarks>
internal static class Ed25519Proof
{
    public const string SignatureHeader = "x-signature-ed25519";
    public const string TimestampHeader = "x-signature-timestamp";

    /// <summary>Whether the holder of the key's other half sent this, a short while ago. Without a whole key nobody did.</summary>
    public static bool IsValid(WebhookRequest request, ReadOnlySpan<byte> publicKey, TimeSpan tolerance, DateTimeOffset now)
        => request.Headers.TryGetValue(TimestampHeader, out var timestamp)
            && request.Headers.TryGetValue(SignatureHeader, out var signature)
            && CallbackProof.IsFresh(timestamp, tolerance, now)
            && IsSigned(signature, publicKey, [.. Encoding.UTF8.GetBytes(timestamp), .. request.Body.Span]);

    /// <summary>Whether the hexadecimal digits are the key's signature over the bytes.</summary>
    public static bool IsSigned(string? signature, ReadOnlySpan<byte> publicKey, byte[] signed)
    {
        var bytes = new byte[Ed25519.SignatureSize];
        return publicKey.Length == Ed25519.PublicKeySize
            && signature?.Length == 2 * Ed25519.SignatureSize
            && Convert.FromHexString(signature, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == bytes.Length
            && Ed25519.Verify(bytes, 0, publicKey.ToArray(), 0, signed, 0, signed.Length);
    }

    /// <summary>A public key in hexadecimal digits, as consoles show it; empty when it is none.</summary>
    public static byte[] KeyOf(string? hex)
    {
        var key = new byte[Ed25519.PublicKeySize];
        return hex?.Length == 2 * Ed25519.PublicKeySize
            && Convert.FromHexString(hex, key, out _, out var written) == System.Buffers.OperationStatus.Done && written == key.Length ? key : [];
    }
}
