using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>The key both sides make of the bot's secret: QQ signs callbacks with it, and we the answer to its question. Pure.</summary>
/// <remarks>
/// The question comes without a proof and has us sign what it says: the same words, signed, would be the proof of a callback. So only letters and digits are
/// signed, which no callback consists of.
/// </remarks>
internal sealed class QqKey
{
    private const int SeedLength = 32;
    private const int LongestToken = 128;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    private readonly byte[] _seed;
    private readonly byte[] _public;

    public QqKey(string secret)
    {
        _seed = SeedOf(secret);
        _public = new byte[_seed.Length == 0 ? 0 : Ed25519.PublicKeySize];
        if (_seed.Length > 0)
        {
            Ed25519.GeneratePublicKey(_seed, 0, _public, 0);
        }
    }

    /// <summary>The secret, repeated until it is long enough and cut to 32 bytes; empty for an empty one.</summary>
    public static byte[] SeedOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        while (bytes.Length is > 0 and < SeedLength)
        {
            bytes = [.. bytes, .. bytes];
        }

        return bytes.Length == 0 ? bytes : bytes[..SeedLength];
    }

    /// <summary>Whether QQ sent this, a short while ago.</summary>
    public bool IsProven(WebhookRequest request, DateTimeOffset now) => Ed25519Proof.IsValid(request, _public, Tolerance, now);

    /// <summary>The answer to the question; <see langword="null"/> when it is none we answer.</summary>
    public string? Answer(QqValidation question)
    {
        if (_seed.Length == 0 || question is not { PlainToken: { Length: > 0 and <= LongestToken } token, EventTs: { Length: > 0 and <= 20 } at }
            || !token.All(char.IsAsciiLetterOrDigit) || !at.All(char.IsAsciiDigit))
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(at + token);
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, signed, 0, signed.Length, signature, 0);
        return Convert.ToHexStringLower(signature);
    }
}
