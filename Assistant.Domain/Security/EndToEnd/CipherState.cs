using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Assistant.Domain.Security.EndToEnd;

/// <summary>AES-256-GCM under a key with a counter that is never used twice (Noise revision 34, section 5.1). For one thread at a time.</summary>
internal sealed class CipherState : IDisposable
{
    public const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const ulong RekeyNonce = ulong.MaxValue; // reserved: no message carries it

    private AesGcm _cipher;
    private ulong _next;

    /// <param name="next">Counter of the first message.</param>
    public CipherState(ReadOnlySpan<byte> key, ulong next = 0)
    {
        _cipher = new AesGcm(key, TagBytes);
        _next = next;
    }

    /// <summary>How many messages went through.</summary>
    public ulong Count => _next;

    public byte[] Encrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = Encrypt(Take(), associated, plaintext);
        _next++;
        return sealedBytes;
    }

    /// <summary>The plaintext. A message that does not open leaves the counter where it was.</summary>
    /// <exception cref="LineBrokenException">The message is not the next one under this key.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message)
    {
        if (message.Length < TagBytes)
        {
            throw new LineBrokenException("A message is shorter than its seal.");
        }

        Span<byte> nonce = stackalloc byte[NonceBytes];
        Write(nonce, Take());
        var plaintext = new byte[message.Length - TagBytes];
        try
        {
            _cipher.Decrypt(nonce, message[..^TagBytes], message[^TagBytes..], plaintext, associated);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new LineBrokenException("A message is not the one that was sent next.", e);
        }

        _next++;
        return plaintext;
    }

    /// <summary>Goes on under a key made from this one, which cannot be computed back (section 4.2). The counter goes on.</summary>
    public void Rekey()
    {
        var made = Encrypt(RekeyNonce, [], stackalloc byte[KeyPair.Bytes]);
        _cipher.Dispose();
        _cipher = new AesGcm(made.AsSpan(0, KeyPair.Bytes), TagBytes);
        CryptographicOperations.ZeroMemory(made);
    }

    public void Dispose() => _cipher.Dispose();

    private ulong Take() => _next < RekeyNonce ? _next : throw new LineBrokenException("The line's counter is used up.");

    private byte[] Encrypt(ulong counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Write(nonce, counter);
        var sealedBytes = new byte[plaintext.Length + TagBytes];
        _cipher.Encrypt(nonce, plaintext, sealedBytes.AsSpan(0, plaintext.Length), sealedBytes.AsSpan(plaintext.Length), associated);
        return sealedBytes;
    }

    // Four zero bytes and the counter, big endian (section 12.4).
    private static void Write(Span<byte> nonce, ulong counter)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], counter);
    }
}
