using System.Security.Cryptography;
using System.Text;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>How a request is signed: HMAC over the bytes of the body, or over a text with the body in it.</summary>
/// <param name="Kind">As in the settings: <c>sha256-hex</c> and so on.</param>
/// <param name="Prefix">Stands before the signature, such as <c>sha256=</c>.</param>
/// <param name="Signed">What is signed; <c>{body}</c> and <c>{timestamp}</c> stand for what was sent.</param>
internal sealed record SignatureRule(string Kind, string Prefix, string Signed)
{
    public const string Body = "{body}";
    public const string Timestamp = "{timestamp}";

    /// <summary>The header's value.</summary>
    public string Sign(string secret, ReadOnlySpan<byte> body, string timestamp)
    {
        var proof = ProofOf(secret, body, timestamp);
        return Prefix + (IsHex ? Convert.ToHexStringLower(proof) : Convert.ToBase64String(proof));
    }

    /// <summary>Whether the header's value is the signature.</summary>
    public bool IsSigned(string? given, string secret, ReadOnlySpan<byte> body, string timestamp)
    {
        if (given is null || secret.Length == 0 || !given.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var proof = ProofOf(secret, body, timestamp);
        return IsHex ? CallbackProof.IsHex(given[Prefix.Length..], proof) : CallbackProof.IsBase64(given[Prefix.Length..], proof);
    }

    private bool IsHex => Kind.EndsWith("-hex", StringComparison.Ordinal);

    private byte[] ProofOf(string secret, ReadOnlySpan<byte> body, string timestamp)
    {
        var (key, text) = (Encoding.UTF8.GetBytes(secret), TextOf(body, timestamp));
        return Kind[..Kind.IndexOf('-', StringComparison.Ordinal)] switch
        {
            "sha512" => HMACSHA512.HashData(key, text),
#pragma warning disable CA5350 // the choice of the platform, not ours
            "sha1" => HMACSHA1.HashData(key, text),
#pragma warning restore CA5350
            _ => HMACSHA256.HashData(key, text),
        };
    }

    private byte[] TextOf(ReadOnlySpan<byte> body, string timestamp)
    {
        if (Signed == Body)
        {
            return body.ToArray();
        }

        var at = Signed.IndexOf(Body, StringComparison.Ordinal);
        var (before, after) = at < 0 ? (Signed, "") : (Signed[..at], Signed[(at + Body.Length)..]);
        return [
            .. Encoding.UTF8.GetBytes(before.Replace(Timestamp, timestamp, StringComparison.Ordinal)),
            .. at < 0 ? [] : body,
            .. Encoding.UTF8.GetBytes(after.Replace(Timestamp, timestamp, StringComparison.Ordinal)),
        ];
    }
}
