using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Assistant.Domain.Security;

/// <summary>What somebody is let in by: 32 random bytes. Only <see cref="Id"/> is kept here; printed only through <see cref="Reveal"/>.</summary>
/// <remarks>The id is the first half of the token's SHA-256: it finds the row, and nobody who reads the row can make the token.</remarks>
public sealed class RandomToken
{
    private const int Size = 32;

    private readonly byte[] _bytes;

    private RandomToken(byte[] bytes) => _bytes = bytes;

    public Guid Id => new(SHA256.HashData(_bytes).AsSpan(0, 16), bigEndian: true);

    public static RandomToken Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <returns><see langword="false"/> when the text does not have the form of a token.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RandomToken? token)
    {
        Span<byte> bytes = stackalloc byte[Size];
        token = text?.Length == Base64Url.GetEncodedLength(Size) && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Size
            ? new RandomToken(bytes.ToArray())
            : null;
        return token is not null;
    }

    /// <summary>As it goes into a cookie or a link.</summary>
    public string Reveal() => Base64Url.EncodeToString(_bytes);

    public override string ToString() => "Token (not shown)";
}
