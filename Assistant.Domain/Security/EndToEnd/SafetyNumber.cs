using System.Globalization;
using System.Security.Cryptography;

namespace Assistant.Domain.Security.EndToEnd;

/// <summary>An identity key as people compare it: six groups of five digits, about 99 bits.</summary>
/// <remarks>
/// SHA-256 over a fixed label and the key; each five bytes, big endian, modulo 100,000 are a group. To find another key with the same
/// number takes as many tries as it has values, which nobody can make.
/// </remarks>
public static class SafetyNumber
{
    private const int Groups = 6;
    private const int GroupBytes = 5;
    private const ulong GroupValues = 100_000;

    /// <summary>Groups with a space between them, like <c>01234 56789 …</c>.</summary>
    public static string Of(ReadOnlySpan<byte> publicKey)
    {
        var hash = SHA256.HashData([.. "assistant-identity/1"u8, .. publicKey]);
        return string.Join(' ', Enumerable.Range(0, Groups).Select(group => Group(hash.AsSpan(group * GroupBytes, GroupBytes))));
    }

    private static string Group(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        foreach (var part in bytes)
        {
            value = (value << 8) | part;
        }

        return (value % GroupValues).ToString("D5", CultureInfo.InvariantCulture);
    }
}
