using Assistant.Domain.Security;
using OtpNet;

namespace Assistant.Infrastructure.Security.Identity;

/// <inheritdoc cref="ITotp"/>
internal sealed class OtpNetTotp(TimeProvider clock) : ITotp
{
    private const string Issuer = "Assistant";

    public long? FindStep(TotpSecret secret, string code)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        return new Totp(secret.Bytes.ToArray()).VerifyTotp(clock.GetUtcNow().UtcDateTime, digits, out var step, new VerificationWindow(previous: 1, future: 1))
            ? step
            : null;
    }

    public Uri ProvisioningUri(TotpSecret secret, string email) => new(new OtpUri(OtpType.Totp, secret.Bytes.ToArray(), email, Issuer).ToString());

    public string ToText(TotpSecret secret) => Base32Encoding.ToString(secret.Bytes.ToArray());

    public TotpSecret? Read(string text)
    {
        try
        {
            return new TotpSecret(Base32Encoding.ToBytes(text.Replace(" ", "", StringComparison.Ordinal)));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
