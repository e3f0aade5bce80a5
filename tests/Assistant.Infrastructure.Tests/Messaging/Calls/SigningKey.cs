using System.Text;
using Assistant.Infrastructure.Messaging.Calls;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

/// <summary>The other half of a key callbacks are checked with.</summary>
internal sealed class SigningKey
{
    private readonly byte[] _seed;

    /// <param name="seed">32 bytes, or <see langword="null"/> for any.</param>
    public SigningKey(byte[]? seed = null)
    {
        _seed = seed ?? [.. Enumerable.Range(1, Ed25519.SecretKeySize).Select(i => (byte)i)];
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(_seed, 0, key, 0);
        Public = Convert.ToHexStringLower(key);
    }

    /// <summary>As consoles show it.</summary>
    public string Public { get; }

    /// <summary>The headers with which a body is signed.</summary>
    public Dictionary<string, string> Proof(string timestamp, byte[] body) => new()
    {
        [Ed25519Proof.TimestampHeader] = timestamp,
        [Ed25519Proof.SignatureHeader] = Sign([.. Encoding.UTF8.GetBytes(timestamp), .. body]),
    };

    public string Sign(byte[] bytes)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, bytes, 0, bytes.Length, signature, 0);
        return Convert.ToHexStringLower(signature);
    }
}
