using System.Numerics;
using System.Security.Cryptography;
using Assistant.Domain.Security.EndToEnd;

namespace Assistant.Testing.Fakes;

/// <summary>X25519 written down from RFC 7748 section 5 with whole numbers: easy to check, slow, and its time tells the key. For tests only.</summary>
public sealed class PlainKeyAgreement : IKeyAgreement
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger A24 = 121665;
    private static readonly byte[] BasePoint = [9, .. new byte[KeyPair.Bytes - 1]];

    public KeyPair Create() => Restore(RandomNumberGenerator.GetBytes(KeyPair.Bytes));

    public KeyPair Restore(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyPair.Bytes)
        {
            throw new ArgumentException($"A private key has {KeyPair.Bytes} bytes.", nameof(privateKey));
        }

        return new KeyPair(privateKey.ToArray(), Multiply(privateKey, BasePoint));
    }

    public byte[] Agree(KeyPair own, ReadOnlySpan<byte> theirs)
    {
        ArgumentNullException.ThrowIfNull(own);
        var secret = theirs.Length == KeyPair.Bytes ? Multiply(own.Private.Span, theirs) : [];
        return secret.Any(part => part != 0) ? secret : throw new LineBrokenException("No key, or one that agrees with every other.");
    }

    private static byte[] Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point)
    {
        var clamped = scalar.ToArray();
        clamped[0] &= 248;
        clamped[31] = (byte)((clamped[31] & 127) | 64);
        var k = new BigInteger(clamped, isUnsigned: true);
        var masked = point.ToArray();
        masked[31] &= 127;
        var u = new BigInteger(masked, isUnsigned: true) % P;

        var (x2, z2, x3, z3) = (BigInteger.One, BigInteger.Zero, u, BigInteger.One);
        for (var bit = 254; bit >= 0; bit--)
        {
            var isSet = !((k >> bit) & 1).IsZero;
            if (isSet)
            {
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
            }

            var (a, b, c, d) = (Mod(x2 + z2), Mod(x2 - z2), Mod(x3 + z3), Mod(x3 - z3));
            var (aa, bb, da, cb) = (Mod(a * a), Mod(b * b), Mod(d * a), Mod(c * b));
            var e = Mod(aa - bb);
            x3 = Mod((da + cb) * (da + cb));
            z3 = Mod(u * Mod((da - cb) * (da - cb)));
            x2 = Mod(aa * bb);
            z2 = Mod(e * (aa + (A24 * e)));
            if (isSet)
            {
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
            }
        }

        var result = new byte[KeyPair.Bytes];
        Mod(x2 * BigInteger.ModPow(z2, P - 2, P)).TryWriteBytes(result, out _, isUnsigned: true);
        return result;
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }
}
