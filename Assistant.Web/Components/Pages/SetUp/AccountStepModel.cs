using System.Net;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Localization;
using Assistant.Web.Security;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>The first account: what is typed, what is wrong with it, and whether it was created.</summary>
/// <param name="origin">The network address of who has the link.</param>
/// <param name="isOpen">What is known already about the link.</param>
internal sealed class AccountStepModel(SetupGate gate, ITotp totp, WrongSecrets wrong, string? origin, bool? isOpen = null)
{
    private readonly IPAddress _network = NetworkKey.Of(IPAddress.TryParse(origin, out var address) ? address : null);
    private bool _hasTwoStep;

    /// <summary>Whether the link in the address is good; <see langword="null"/> until that is known.</summary>
    public bool? IsOpen { get; private set; } = isOpen;

    public string Email { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>What the authenticator app shows.</summary>
    public string Code { get; set; } = "";

    public string? EmailProblem { get; private set; }

    public string? PasswordProblem { get; private set; }

    public string? CodeProblem { get; private set; }

    /// <summary>The seed of the codes while two steps are wanted.</summary>
    public TotpSecret? Secret { get; private set; }

    public bool HasTwoStep
    {
        get => _hasTwoStep;
        set
        {
            _hasTwoStep = value;
            Secret = value ? Secret ?? TotpSecret.Create() : null;
        }
    }

    /// <summary>What the QR code says.</summary>
    public Uri? Provisioning => Secret is null ? null : totp.ProvisioningUri(Secret, Email.Trim() is { Length: > 0 } email ? email : "admin");

    /// <summary>The seed for typing, in groups of four.</summary>
    public string? SecretText => Secret is null ? null : SeedText.InGroups(totp.ToText(Secret));

    public bool IsBusy { get; private set; }

    /// <summary>Finds out whether the link is good. One that is not looks like one that is not looked at.</summary>
    public async Task OpenAsync(string? token, CancellationToken cancellationToken)
    {
        IsOpen = wrong.SetUp.IsOpenTo(_network) && await gate.OpensAsync(token, cancellationToken);
        if (IsOpen == false && !string.IsNullOrEmpty(token))
        {
            wrong.SetUp.Count(_network);
        }
    }

    public void CheckEmail() => EmailProblem = EmailAddress.IsValid(Email.Trim()) ? null : SetUpTexts.EmailWrong;

    public void CheckPassword() => PasswordProblem = PasswordPolicy.FindFlaw(Password, Email) is { } flaw ? SetUpTexts.FlawOf(flaw) : null;

    /// <summary>Creates the account.</summary>
    /// <returns>Whether it is there now.</returns>
    public async Task<bool> ClaimAsync(string? token, CancellationToken cancellationToken)
    {
        CheckEmail();
        CheckPassword();
        CodeProblem = Secret is not null && totp.FindStep(Secret, Code.Trim()) is null ? SetUpTexts.CodeWrong : null;
        if (IsBusy || EmailProblem is not null || PasswordProblem is not null || CodeProblem is not null)
        {
            return false;
        }

        if (!wrong.SetUp.IsOpenTo(_network))
        {
            IsOpen = false;
            return false;
        }

        IsBusy = true;
        try
        {
            switch (await gate.ClaimAsync(token, TenantId.Default, Email.Trim(), Password, Secret, origin ?? "unknown", cancellationToken))
            {
                case SetupOutcome.Claimed:
                    return true;
                case SetupOutcome.Closed:
                    wrong.SetUp.Count(_network);
                    IsOpen = false;
                    return false;
                case SetupOutcome.Invalid { Key: "password" } invalid:
                    PasswordProblem = SetUpTexts.FlawOf(invalid.Flaw ?? PasswordFlaw.Length);
                    return false;
                case SetupOutcome.Invalid:
                    EmailProblem = SetUpTexts.EmailWrong;
                    return false;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        }
        finally
        {
            IsBusy = false;
        }
    }
}
