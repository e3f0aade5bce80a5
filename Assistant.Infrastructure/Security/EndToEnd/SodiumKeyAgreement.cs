using Assistant.Domain.Security.EndToEnd;
using NSec.Cryptography;

namespace Assistant.Infrastructure.Security.EndToEnd;

/// <summary>X25519 of libsodium, in constant time.</summary>
internal sealed class SodiumKeyAgreement : IKeyAgreement
{
    private static readonly KeyAgreementAlgorithm Curve = KeyAgreementAlgorithm.X25519;

    private static KeyCreationParameters Kept => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private static SharedSecretCreationParameters Shared => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    public KeyPair Create()
    {
        using var key = Key.Create(Curve, Kept);
        return Show(key);
    }

    public KeyPair Restore(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyPair.Bytes)
        {
            throw new ArgumentException($"A private key has {KeyPair.Bytes} bytes.", nameof(privateKey));
        }

        using var key = Key.Import(Curve, privateKey, KeyBlobFormat.RawPrivateKey, Kept);
        return Show(key);
    }

    public byte[] Agree(KeyPair own, ReadOnlySpan<byte> theirs)
    {
        using var key = Key.Import(Curve, own.Private.Span, KeyBlobFormat.RawPrivateKey);
        if (!PublicKey.TryImport(Curve, theirs, KeyBlobFormat.RawPublicKey, out var other) || other is null)
        {
            throw new LineBrokenException("The other side sent no key.");
        }

        // A null answer is the all-zero secret of a point of small order.
        using var secret = Curve.Agree(key, other, Shared) ?? throw new LineBrokenException("The other side sent a key that agrees with every other.");
        return secret.Export(SharedSecretBlobFormat.RawSharedSecret);
    }

    private static KeyPair Show(Key key) => new(key.Export(KeyBlobFormat.RawPrivateKey), key.Export(KeyBlobFormat.RawPublicKey));
}
