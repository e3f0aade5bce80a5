using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Domain.People.Accounts;

/// <summary>Ten characters without look-alikes, 48 bits: typed once, within minutes, by somebody whose guesses are counted. Printed only through <see cref="Reveal"/>.</summary>
public sealed class LinkCode
{
    // As in pairing codes: read aloud or copied by hand, every character is itself.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTWXYZ";
    private const int Half = 5;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly string _value;

    private LinkCode(string value) => _value = value;

    /// <summary>The first half of the code's SHA-256: finds the row, and is all that is kept.</summary>
    public Guid Id => new(SHA256.HashData(Encoding.UTF8.GetBytes("assistant link code v1\n" + _value)).AsSpan(0, 16), bigEndian: true);

    public static LinkCode Create() => new(RandomNumberGenerator.GetString(Alphabet, 2 * Half));

    /// <summary>Reads a code as people type it: in small letters, with or without the hyphen.</summary>
    /// <returns><see langword="false"/> when the text does not have the form of a code.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out LinkCode? code)
    {
        var value = text.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        code = value.Length == 2 * Half && value.All(Alphabet.Contains) ? new LinkCode(value) : null;
        return code is not null;
    }

    /// <summary>As it is shown: two groups of five.</summary>
    public string Reveal() => $"{_value[..Half]}-{_value[Half..]}";

    public override string ToString() => "Link code (not shown)";
}
