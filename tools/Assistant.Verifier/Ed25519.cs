// Verification of Ed25519 signatures, RFC 8032 section 5.1.7, on big integers: slow (some milliseconds), short, and nobody else's code. It sees public
// values only, so time that depends on them gives nothing away.
using System.Numerics;
using System.Security.Cryptography;

namespace Assistant.Verifier;

/// <summary>Ed25519, verifying only.</summary>
internal static class Ed25519
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    private static readonly Point Base = Decode(Encoded(Mod(4 * Invert(5))))!;
    private static readonly Point Zero = new(0, 1, 1, 0);

    /// <summary>Whether the 64 bytes are this key's signature over the message.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 32 || signature.Length != 64 || Decode(publicKey) is not { } key || Decode(signature[..32]) is not { } r)
        {
            return false;
        }

        var s = Number(signature[32..]);
        if (s >= L)
        {
            return false;
        }

        var k = Number(SHA512.HashData([.. signature[..32], .. publicKey, .. message])) % L;
        return Same(Combine(s, Base, k, Negate(key)), r);
    }

    private static Point? Decode(ReadOnlySpan<byte> bytes)
    {
        var y = Number(bytes);
        var isOdd = y >> 255 == 1;
        y &= (BigInteger.One << 255) - 1;
        if (y >= P)
        {
            return null;
        }

        var square = Mod((y * y - 1) * Invert(Mod(D * y * y + 1)));
        var x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(x * x - square) != 0)
        {
            x = Mod(x * RootOfMinusOne);
        }

        if (Mod(x * x - square) != 0 || (x == 0 && isOdd))
        {
            return null;
        }

        x = x.IsEven == isOdd ? P - x : x;
        return new Point(x, y, 1, Mod(x * y));
    }

    // The sum of both products. They share their doublings, which are most of the work.
    private static Point Combine(BigInteger first, Point one, BigInteger second, Point other)
    {
        var (sum, both) = (Zero, Add(one, other));
        for (var bit = (int)long.Max(first.GetBitLength(), second.GetBitLength()) - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            sum = ((first >> bit).IsEven, (second >> bit).IsEven) switch
            {
                (true, true) => sum,
                (false, true) => Add(sum, one),
                (true, false) => Add(sum, other),
                (false, false) => Add(sum, both),
            };
        }

        return sum;
    }

    private static Point Negate(Point point) => new(P - point.X, point.Y, point.Z, P - point.T);

    // RFC 8032 section 5.1.4, extended coordinates.
    private static Point Add(Point one, Point other)
    {
        var a = Mod((one.Y - one.X) * (other.Y - other.X));
        var b = Mod((one.Y + one.X) * (other.Y + other.X));
        var c = Mod(2 * one.T * other.T * D);
        var d = Mod(2 * one.Z * other.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static bool Same(Point one, Point other)
        => Mod(one.X * other.Z - other.X * one.Z) == 0 && Mod(one.Y * other.Z - other.Y * one.Z) == 0;

    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), P - 2, P);

    private static BigInteger Mod(BigInteger number)
    {
        var rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: false);

    private static byte[] Encoded(BigInteger y)
    {
        var bytes = new byte[32];
        y.TryWriteBytes(bytes, out _, isUnsigned: true, isBigEndian: false);
        return bytes;
    }

    private sealed record Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
