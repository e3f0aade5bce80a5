using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Assistant.Testing;

/// <summary>An authenticator with its browser in software: what it signs is genuine, what it says is what the test wants (WebAuthn Level 3, section 6).</summary>
public sealed class SoftAuthenticator : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] CredentialId { get; init; } = RandomNumberGenerator.GetBytes(32);

    public Guid Aaguid { get; init; } = Guid.Parse("01020304-0506-0708-0102-030405060708");

    public string Origin { get; set; } = "http://localhost:8110";

    public string RelyingPartyId { get; set; } = "localhost";

    public bool VerifiesUser { get; set; } = true;

    /// <summary>Of the last signature; counts up by itself. 0 with <see cref="Counts"/> off.</summary>
    public uint SignCount { get; set; }

    public bool Counts { get; init; } = true;

    /// <summary>Format of the attestation: <c>none</c> or <c>packed</c> by the new key itself.</summary>
    public string Format { get; init; } = "none";

    /// <summary>Changes the attestation's signature before it is sent.</summary>
    public Action<byte[]> Tamper { get; init; } = _ => { };

    private byte[] UserHandle { get; set; } = [];

    /// <summary>Answers creation options, as RegistrationResponseJSON.</summary>
    public string Create(string optionsJson)
    {
        using var options = JsonDocument.Parse(optionsJson);
        UserHandle = Base64Url.DecodeFromChars(options.RootElement.GetProperty("user").GetProperty("id").GetString());
        var client = ClientData("webauthn.create", options);
        var data = AuthenticatorData(withKey: true);
        var answer = new
        {
            id = Base64Url.EncodeToString(CredentialId),
            rawId = Base64Url.EncodeToString(CredentialId),
            type = "public-key",
            clientExtensionResults = new { },
            response = new
            {
                clientDataJSON = Base64Url.EncodeToString(client),
                attestationObject = Base64Url.EncodeToString(Attestation(data, client)),
                transports = new[] { "internal", "carrier-pigeon" },
            },
        };
        return JsonSerializer.Serialize(answer);
    }

    /// <summary>Answers request options, as AuthenticationResponseJSON.</summary>
    public string Sign(string optionsJson)
    {
        using var options = JsonDocument.Parse(optionsJson);
        SignCount += Counts ? 1u : 0;
        var client = ClientData("webauthn.get", options);
        var data = AuthenticatorData(withKey: false);
        var answer = new
        {
            id = Base64Url.EncodeToString(CredentialId),
            rawId = Base64Url.EncodeToString(CredentialId),
            type = "public-key",
            clientExtensionResults = new { },
            response = new
            {
                clientDataJSON = Base64Url.EncodeToString(client),
                authenticatorData = Base64Url.EncodeToString(data),
                signature = Base64Url.EncodeToString(Signature(data, client)),
                userHandle = Base64Url.EncodeToString(UserHandle),
            },
        };
        return JsonSerializer.Serialize(answer);
    }

    public void Dispose() => _key.Dispose();

    private byte[] ClientData(string type, JsonDocument options) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new { type, challenge = options.RootElement.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false }));

    private byte[] Signature(byte[] data, byte[] client)
        => _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private byte[] AuthenticatorData(bool withKey)
    {
        const byte UserPresent = 0x01;
        const byte UserVerified = 0x04;
        const byte HasCredential = 0x40;
        var flags = (byte)(UserPresent | (VerifiesUser ? UserVerified : 0) | (withKey ? HasCredential : 0));
        var count = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(count, SignCount);
        byte[] head = [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingPartyId)), flags, .. count];
        return withKey
            ? [.. head, .. Aaguid.ToByteArray(bigEndian: true), (byte)(CredentialId.Length >> 8), (byte)CredentialId.Length, .. CredentialId, .. CosePublicKey()]
            : head;
    }

    private byte[] CosePublicKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        foreach (var (label, number) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            writer.WriteInt32(label);
            writer.WriteInt32(number);
        }

        writer.WriteInt32(-2);
        writer.WriteByteString(point.X!);
        writer.WriteInt32(-3);
        writer.WriteByteString(point.Y!);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private byte[] Attestation(byte[] data, byte[] client)
    {
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("fmt");
        writer.WriteTextString(Format);
        writer.WriteTextString("attStmt");
        if (Format == "packed")
        {
            var signature = Signature(data, client);
            Tamper(signature);
            writer.WriteStartMap(2);
            writer.WriteTextString("alg");
            writer.WriteInt32(-7);
            writer.WriteTextString("sig");
            writer.WriteByteString(signature);
            writer.WriteEndMap();
        }
        else
        {
            writer.WriteStartMap(0);
            writer.WriteEndMap();
        }

        writer.WriteTextString("authData");
        writer.WriteByteString(data);
        writer.WriteEndMap();
        return writer.Encode();
    }
}
