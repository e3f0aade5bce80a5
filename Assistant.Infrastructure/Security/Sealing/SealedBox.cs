using System.Security.Cryptography;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>AES-256-GCM with a random nonce. Layout: nonce 12 | tag 16 | ciphertext.</summary>
internal static class SealedBox
{
    public const int Overhead = NonceSize + TagSize;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <param name="box">Takes <see cref="Overhead"/> more bytes than the plaintext.</param>
    /// <param name="binding">Authenticated, not stored: what opens the box has to name it.</param>
    public static void Close(byte[] key, ReadOnlySpan<byte> plaintext, Span<byte> box, ReadOnlySpan<byte> binding)
    {
        using var aes = CipherOf(key);
        Close(aes, plaintext, box, binding);
    }

    /// <summary>A cipher for several boxes; it keeps its own copy of the key until it is disposed.</summary>
    public static AesGcm CipherOf(byte[] key) => new(key, TagSize);

    /// <inheritdoc cref="Close(byte[], ReadOnlySpan{byte}, Span{byte}, ReadOnlySpan{byte})"/>
    public static void Close(AesGcm aes, ReadOnlySpan<byte> plaintext, Span<byte> box, ReadOnlySpan<byte> binding)
    {
        RandomNumberGenerator.Fill(box[..NonceSize]);
        aes.Encrypt(box[..NonceSize], plaintext, box[Overhead..], box[NonceSize..Overhead], binding);
    }

    /// <summary>A box of its own for another key.</summary>
    public static byte[] Wrap(byte[] key, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> binding)
    {
        var box = new byte[Overhead + secret.Length];
        Close(key, secret, box, binding);
        return box;
    }

    /// <returns><see langword="null"/> for the wrong key, the wrong binding or altered bytes.</returns>
    public static byte[]? Open(byte[] key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> binding)
    {
        using var aes = CipherOf(key);
        return Open(aes, box, binding);
    }

    /// <inheritdoc cref="Open(byte[], ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static byte[]? Open(AesGcm aes, ReadOnlySpan<byte> box, ReadOnlySpan<byte> binding)
    {
        if (box.Length < Overhead)
        {
            return null;
        }

        var plaintext = new byte[box.Length - Overhead];
        try
        {
            aes.Decrypt(box[..NonceSize], box[Overhead..], box[NonceSize..Overhead], plaintext, binding);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
