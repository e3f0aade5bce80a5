using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What the proofs of callbacks have in common. Everything is compared in constant time, and what cannot be read proves nothing. Pure.</summary>
internal static class CallbackProof
{
    /// <summary>Whether the text is the proof in hexadecimal digits, of either case.</summary>
    public static bool IsHex(string? given, ReadOnlySpan<byte> expected)
    {
        var bytes = new byte[expected.Length];
        return given is not null
            && Convert.FromHexString(given, bytes, out var read, out var written) == System.Buffers.OperationStatus.Done
            && read == given.Length && written == bytes.Length
            && CryptographicOperations.FixedTimeEquals(bytes, expected);
    }

    /// <summary>Whether the text is the proof in base64, in its one right form.</summary>
    public static bool IsBase64(string? given, ReadOnlySpan<byte> expected)
    {
        // Padding bits that are not zero would give one proof several spellings.
        return given is not null && IsText(given, Convert.ToBase64String(expected));
    }

    /// <summary>Whether the text is a secret both sides know. An empty secret is none.</summary>
    public static bool IsText(string? given, string expected)
        => given is not null && expected.Length > 0
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    /// <summary>Whether a time in whole seconds since 1970 is near enough to now.</summary>
    public static bool IsFresh(string? seconds, TimeSpan tolerance, DateTimeOffset now)
        => long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 253_402_300_799
            && (now - DateTimeOffset.FromUnixTimeSeconds(value)).Duration() <= tolerance;
}
