using System.Security.Cryptography;
using System.Text;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>The proof both platforms send: SHA-1 over the token and what is signed, sorted. Pure.</summary>
internal static class WeixinSignature
{
    /// <summary>
    /// How far the signed time may be from ours. The platforms name no bound; what is older than this would only be a replay, and what is younger
    /// is recognised by its dedupe key.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>Whether the signature is that of the values. An empty token signs nothing.</summary>
    public static bool IsValid(string? signature, string token, string? timestamp, string? nonce, params ReadOnlySpan<string> signed)
    {
        if (token.Length == 0 || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(nonce))
        {
            return false;
        }

        string[] parts = [token, timestamp, nonce, .. signed];
        Array.Sort(parts, StringComparer.Ordinal);
#pragma warning disable CA5350 // The platforms' own scheme; it is keyed by the token, and the body is encrypted besides.
        return CallbackProof.IsHex(signature, SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(parts))));
#pragma warning restore CA5350
    }
}
