using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Assistant.Domain.Security;

/// <summary>The secret of an API key: <c>ask_</c> and 32 random bytes in base64url. Printed only through <see cref="Reveal"/>.</summary>
/// <remarks>256 random bits cannot be guessed, so a plain SHA-256 at rest is enough; a slow hash would only slow every request.</remarks>
public sealed class ApiKeySecret
{
    /// <summary>Lets secret scanners and people recognise a key.</summary>
    public const string Prefix = "ask_";

    private const int Size = 32;
    private const int HintLength = 4;

    private readonly byte[] _bytes;

    private ApiKeySecret(byte[] bytes) => _bytes = bytes;

    public string Hint => Reveal()[^HintLength..];

    public static ApiKeySecret Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <returns><see langword="false"/> when the text does not have the form of a key.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ApiKeySecret? secret)
    {
        secret = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Prefix.Length + Base64Url.GetEncodedLength(Size)
            || !Base64Url.TryDecodeFromChars(text.AsSpan(Prefix.Length), bytes, out var written) || written != Size)
        {
            return false;
        }

        secret = new ApiKeySecret(bytes.ToArray());
        return true;
    }

    /// <summary>The text to show once.</summary>
    public string Reveal() => Prefix + Base64Url.EncodeToString(_bytes);

    /// <summary>What is stored and searched for.</summary>
    public byte[] Hash() => SHA256.HashData(_bytes);

    public override string ToString() => "API key (not shown)";
}
