// The attestation object (WebAuthn Level 3, section 6.5.4) is a CBOR map of "fmt", "attStmt" and "authData". The framework checks authData
// and leaves the statement to us. Accepted: "none" (section 8.7), and "packed" (section 8.2), whose signature over
// authData ‖ SHA-256(client data) is checked with the new key itself or with the key of the certificate that comes along. Chains are not
// followed to a root: the model is what the authenticator says, good against mistakes and not against a forged authenticator.
using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Assistant.Infrastructure.Security.Passkeys;

/// <summary>Checks what an authenticator states about a new passkey.</summary>
internal static class AttestationStatement
{
    private const int AaguidOffset = 37;   // after rpIdHash (32), flags (1) and signCount (4)
    private const int AaguidSize = 16;

    private const int Es256 = -7;
    private const int Es384 = -35;
    private const int Es512 = -36;
    private const int Rs256 = -257;

    /// <summary>The authenticator's model, from authenticator data.</summary>
    public static Guid AaguidOf(ReadOnlyMemory<byte> attestationObject)
        => new(Parts.Read(attestationObject).AuthData.AsSpan(AaguidOffset, AaguidSize), bigEndian: true);

    /// <summary>Whether the statement holds. Anything malformed does not.</summary>
    public static bool Holds(ReadOnlyMemory<byte> attestationObject, ReadOnlyMemory<byte> clientDataHash)
    {
        try
        {
            var parts = Parts.Read(attestationObject);
            return parts.Format switch
            {
                "none" => parts.Signature is null && parts.Certificate is null,
                "packed" => IsPacked(parts, clientDataHash),
                _ => false,
            };
        }
        catch (Exception malformed) when (malformed is CborContentException or CryptographicException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    private static bool IsPacked(Parts parts, ReadOnlyMemory<byte> clientDataHash)
    {
        if (parts.Signature is null || parts.Algorithm is not { } algorithm)
        {
            return false;
        }

        byte[] signed = [.. parts.AuthData, .. clientDataHash.Span];
        if (parts.Certificate is not null)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(parts.Certificate);
            using var curve = certificate.GetECDsaPublicKey();
            using var rsa = curve is null ? certificate.GetRSAPublicKey() : null;
            return Verifies(curve, rsa, algorithm, signed, parts.Signature);
        }

        // Self attestation: the key signs itself, with the algorithm it was made for.
        var key = CoseKey.Read(CredentialKeyIn(parts.AuthData));
        using var own = key.Curve is { } parameters ? ECDsa.Create(parameters) : null;
        using var ownRsa = key.Rsa is { } numbers ? RSA.Create(numbers) : null;
        return key.Algorithm == algorithm && Verifies(own, ownRsa, algorithm, signed, parts.Signature);
    }

    private static ReadOnlyMemory<byte> CredentialKeyIn(byte[] authData)
    {
        const int LengthOffset = AaguidOffset + AaguidSize;
        var length = BinaryPrimitives.ReadUInt16BigEndian(authData.AsSpan(LengthOffset));
        return authData.AsMemory(LengthOffset + sizeof(ushort) + length);
    }

    private static bool Verifies(ECDsa? curve, RSA? rsa, int algorithm, byte[] data, byte[] signature) => algorithm switch
    {
        Es256 => curve?.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) == true,
        Es384 => curve?.VerifyData(data, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence) == true,
        Es512 => curve?.VerifyData(data, signature, HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence) == true,
        Rs256 => rsa?.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) == true,
        _ => false,
    };

    private sealed record Parts(string Format, byte[] AuthData, int? Algorithm, byte[]? Signature, byte[]? Certificate)
    {
        public static Parts Read(ReadOnlyMemory<byte> attestationObject)
        {
            var reader = new CborReader(attestationObject, CborConformanceMode.Ctap2Canonical);
            var parts = new Parts("", [], null, null, null);
            for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
            {
                parts = reader.ReadTextString() switch
                {
                    "fmt" => parts with { Format = reader.ReadTextString() },
                    "authData" => parts with { AuthData = reader.ReadByteString() },
                    "attStmt" => parts.WithStatement(reader),
                    _ => throw new CborContentException("An attestation object has three members."),
                };
            }

            return parts;
        }

        private Parts WithStatement(CborReader reader)
        {
            var parts = this;
            for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
            {
                switch (reader.ReadTextString())
                {
                    case "alg":
                        parts = parts with { Algorithm = reader.ReadInt32() };
                        break;
                    case "sig":
                        parts = parts with { Signature = reader.ReadByteString() };
                        break;
                    case "x5c":
                        reader.ReadStartArray();
                        parts = parts with { Certificate = reader.ReadByteString() };
                        while (reader.PeekState() != CborReaderState.EndArray)
                        {
                            reader.SkipValue();
                        }

                        reader.ReadEndArray();
                        break;
                    default:
                        reader.SkipValue();
                        break;
                }
            }

            reader.ReadEndMap();
            return parts;
        }
    }
}
