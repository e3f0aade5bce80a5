using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>A public key as authenticators write it (RFC 9053, section 7; RFC 8230, section 4). Of both kinds of key one is set.</summary>
/// <param name="Algorithm">COSE number of the signature algorithm.</param>
internal sealed record CoseKey(int Algorithm, ECParameters? Curve, RSAParameters? Rsa)
{
    private const int KeyType = 1;
    private const int KeyAlgorithm = 3;
    private const int TypeEllipticCurve = 2;
    private const int TypeRsa = 3;

    /// <summary>Reads the key at the beginning of the data; extensions may follow it.</summary>
    /// <exception cref="CborContentException">There is none.</exception>
    public static CoseKey Read(ReadOnlyMemory<byte> data)
    {
        var reader = new CborReader(data, CborConformanceMode.Ctap2Canonical, allowMultipleRootLevelValues: true);
        var numbers = new Dictionary<int, int>();
        var bytes = new Dictionary<int, byte[]>();
        for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
        {
            var label = reader.ReadInt32();
            if (reader.PeekState() == CborReaderState.ByteString)
            {
                bytes[label] = reader.ReadByteString();
            }
            else
            {
                numbers[label] = reader.ReadInt32();
            }
        }

        var algorithm = numbers.GetValueOrDefault(KeyAlgorithm);
        return numbers.GetValueOrDefault(KeyType) switch
        {
            TypeEllipticCurve => new CoseKey(
                algorithm, new ECParameters { Curve = CurveOf(numbers.GetValueOrDefault(-1)), Q = new() { X = Part(bytes, -2), Y = Part(bytes, -3) } }, null),
            TypeRsa => new CoseKey(algorithm, null, new RSAParameters { Modulus = Part(bytes, -1), Exponent = Part(bytes, -2) }),
            _ => throw new CborContentException("Unknown type of key."),
        };
    }

    private static byte[] Part(Dictionary<int, byte[]> bytes, int label)
        => bytes.GetValueOrDefault(label) ?? throw new CborContentException("The key is incomplete.");

    private static ECCurve CurveOf(int number) => number switch
    {
        1 => ECCurve.NamedCurves.nistP256,
        2 => ECCurve.NamedCurves.nistP384,
        3 => ECCurve.NamedCurves.nistP521,
        _ => throw new CborContentException("Unknown curve."),
    };
}
