using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Assistant.Domain.Security;

namespace Assistant.Testing.InMemory;

/// <summary>RFC 6238 written out once more, so that the real implementation is checked against something else than itself.</summary>
public sealed class FakeTotp(TimeProvider clock) : ITotp
{
    private const int StepSeconds = 30;

    /// <summary>The code an authenticator app would show at a time.</summary>
    public static string CodeAt(TotpSecret secret, DateTimeOffset at) => CodeOf(secret, at.ToUnixTimeSeconds() / StepSeconds);

    public long? FindStep(TotpSecret secret, string code)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / StepSeconds;
        foreach (var step in new[] { now, now - 1, now + 1 })
        {
            if (CodeOf(secret, step) == code)
            {
                return step;
            }
        }

        return null;
    }

    public Uri ProvisioningUri(TotpSecret secret, string email) => new($"otpauth://totp/{Uri.EscapeDataString(email)}");

    public string ToText(TotpSecret secret) => Convert.ToHexString(secret.Bytes.Span);

    public TotpSecret? Read(string text)
    {
        try
        {
            return new TotpSecret(Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)));
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string CodeOf(TotpSecret secret, long step)
    {
        var counter = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238's default; HMAC does not need collision resistance
        var mac = HMACSHA1.HashData(secret.Bytes.Span, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 0xF)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
