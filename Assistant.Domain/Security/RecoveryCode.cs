using System.Security.Cryptography;
using System.Text;

namespace Assistant.Domain.Security;

/// <summary>A code kept on paper that takes the place of a one-time code, once. Never stored, only its hash.</summary>
/// <remarks>120 random bits need no slow hash: there is nothing to guess.</remarks>
public sealed class RecoveryCode
{
    /// <summary>How many are made at a time.</summary>
    public const int SetSize = 10;

    /// <summary>With so many left it is time for new ones.</summary>
    public const int Few = 3;

    /// <summary>Of <see cref="Hash"/>, in bytes.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private const int Length = 24;
    private const int GroupLength = 6;

    // Crockford's base 32: no letter that looks like a digit. 24 characters of 5 bits.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly string _text;

    private RecoveryCode(string text) => _text = text;

    /// <summary>A new set.</summary>
    public static IReadOnlyList<RecoveryCode> CreateSet() => [.. Enumerable.Range(0, SetSize).Select(_ => new RecoveryCode(RandomNumberGenerator.GetString(Alphabet, Length)))];

    /// <summary>Reads what somebody typed: case, spaces and hyphens do not matter, and look-alikes are forgiven.</summary>
    /// <returns><see langword="null"/> when it cannot be one.</returns>
    public static RecoveryCode? Read(string typed)
    {
        var text = new StringBuilder(Length);
        foreach (var c in typed.ToLowerInvariant().Where(c => c is not ('-' or ' ')))
        {
            text.Append(c switch { 'o' => '0', 'i' or 'l' => '1', _ => c });
        }

        return text.Length == Length && text.ToString().All(Alphabet.Contains) ? new RecoveryCode(text.ToString()) : null;
    }

    /// <summary>For the paper: four groups of six.</summary>
    public string Reveal() => string.Join('-', _text.Chunk(GroupLength).Select(group => new string(group)));

    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(_text));

    /// <summary>The stored hashes without this code's.</summary>
    /// <param name="hashes">One after the other, <see cref="HashSize"/> bytes each.</param>
    /// <returns><see langword="null"/> when it is not among them.</returns>
    public byte[]? TakeFrom(byte[] hashes)
    {
        var own = Hash();
        for (var start = 0; start < hashes.Length; start += HashSize)
        {
            if (CryptographicOperations.FixedTimeEquals(hashes.AsSpan(start, HashSize), own))
            {
                return [.. hashes[..start], .. hashes[(start + HashSize)..]];
            }
        }

        return null;
    }

    public override string ToString() => "Recovery code (not shown)";
}
