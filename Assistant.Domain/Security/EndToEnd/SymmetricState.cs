using System.Security.Cryptography;
using System.Text;

namespace Assistant.Domain.Security.EndToEnd;

/// <summary>What both sides of a handshake have seen and agreed on so far (Noise revision 34, section 5.2).</summary>
internal sealed class SymmetricState : IDisposable
{
    private byte[] _chain;
    private CipherState? _cipher;

    public SymmetricState(string protocol)
    {
        // A name of up to 32 bytes is its own hash, filled with zeros.
        var name = new byte[SHA256.HashSizeInBytes];
        Encoding.ASCII.GetBytes(protocol, name);
        Hash = name;
        _chain = name;
    }

    /// <summary>Hash over everything that was said: the same on both sides only when nobody in between said something else.</summary>
    public byte[] Hash { get; private set; }

    public bool HasKey => _cipher is not null;

    public void MixHash(ReadOnlySpan<byte> said)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash);
        hash.AppendData(said);
        Hash = hash.GetHashAndReset();
    }

    public void MixKey(ReadOnlySpan<byte> secret)
    {
        var (chain, key) = Derive(secret);
        _chain = chain;
        _cipher?.Dispose();
        _cipher = new CipherState(key);
        CryptographicOperations.ZeroMemory(key);
    }

    public byte[] EncryptAndHash(ReadOnlySpan<byte> plaintext)
    {
        var said = _cipher?.Encrypt(Hash, plaintext) ?? plaintext.ToArray();
        MixHash(said);
        return said;
    }

    public byte[] DecryptAndHash(ReadOnlySpan<byte> said)
    {
        var plaintext = _cipher?.Decrypt(Hash, said) ?? said.ToArray();
        MixHash(said);
        return plaintext;
    }

    /// <summary>The keys of the line: of the side that began, and of the other.</summary>
    public (CipherState Initiator, CipherState Responder) Split()
    {
        var (first, second) = Derive([]);
        var ciphers = (new CipherState(first), new CipherState(second));
        CryptographicOperations.ZeroMemory(first);
        CryptographicOperations.ZeroMemory(second);
        return ciphers;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chain);
        _cipher?.Dispose();
    }

    // HKDF of section 4.3, which is RFC 5869 without info. The framework's own refuses the empty secret that Split derives from.
    private (byte[] First, byte[] Second) Derive(ReadOnlySpan<byte> secret)
    {
        var extracted = HMACSHA256.HashData(_chain, secret);
        var first = HMACSHA256.HashData(extracted, (byte[])[1]);
        var second = HMACSHA256.HashData(extracted, (byte[])[.. first, 2]);
        CryptographicOperations.ZeroMemory(extracted);
        return (first, second);
    }
}
