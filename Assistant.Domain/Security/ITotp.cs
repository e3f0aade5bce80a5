namespace Assistant.Domain.Security;

/// <summary>Time-based one-time codes (RFC 6238: SHA-1, 30 s, six digits, what every authenticator app takes). Safe for concurrent use.</summary>
public interface ITotp
{
    /// <summary>The number of the 30-second step the code belongs to, one step of clock drift allowed; <see langword="null"/> when it is wrong.</summary>
    long? FindStep(TotpSecret secret, string code);

    /// <summary>What the QR code says.</summary>
    Uri ProvisioningUri(TotpSecret secret, string email);

    /// <summary>The seed in base32, for typing into an app.</summary>
    string ToText(TotpSecret secret);

    /// <summary>The seed of <see cref="ToText"/>, or <see langword="null"/> when the text is none.</summary>
    TotpSecret? Read(string text);
}
