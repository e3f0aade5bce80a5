using Assistant.Domain.Security;
using Assistant.Web.Components.Pages.SetUp;
using Assistant.Web.Localization;
using Assistant.Web.Security;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>The signed-in person's own account: what is typed, what is wrong with it, and what is sent.</summary>
/// <remarks>A changed credential gives the browser a new cookie, so the browser itself posts what this model says to post.</remarks>
public sealed class AccountPageModel(AccountDesk desk, ITotp totp, Caller caller)
{
    /// <summary><see langword="null"/> when the account is gone.</summary>
    public User? User { get; private set; }

    public string Password { get; set; } = "";

    public string Next { get; set; } = "";

    public string Again { get; set; } = "";

    /// <summary>Whether a new password has been begun: before, there is nothing to save.</summary>
    public bool HasPassword => Password.Length + Next.Length + Again.Length > 0;

    public string? PasswordProblem { get; private set; }

    public string? NextProblem { get; private set; }

    public string? AgainProblem { get; private set; }

    /// <summary>Proof for setting up or removing the second step.</summary>
    public string TotpPassword { get; set; } = "";

    public string Code { get; set; } = "";

    public string? TotpPasswordProblem { get; private set; }

    public string? CodeProblem { get; private set; }

    /// <summary>The seed being set up; nothing is stored before it is confirmed.</summary>
    public TotpSecret? Secret { get; private set; }

    public bool IsRemoving { get; private set; }

    /// <summary>What went wrong beyond a field.</summary>
    public string? Refusal { get; private set; }

    public Uri? Provisioning => Secret is null ? null : totp.ProvisioningUri(Secret, User!.Email);

    /// <summary>The seed for typing.</summary>
    public string? SecretText => Secret is null ? null : SeedText.InGroups(totp.ToText(Secret));

    public async Task LoadAsync(CancellationToken cancellationToken)
        => User = caller.Actor.Kind == "user" ? await desk.FindAsync(caller, caller.AsUser.Id, cancellationToken) : null;

    public void BeginTotp() => (Secret, Code, TotpPassword, CodeProblem, TotpPasswordProblem) = (TotpSecret.Create(), "", "", null, null);

    public void BeginRemoval() => (IsRemoving, TotpPassword, TotpPasswordProblem) = (true, "", null);

    public void Cancel() => (Secret, IsRemoving, TotpPassword, Code) = (null, false, "", "");

    public void CheckNext() => NextProblem = PasswordPolicy.FindFlaw(Next, User?.Email ?? "") is { } flaw ? SetUpTexts.FlawOf(flaw) : null;

    public void CheckAgain() => AgainProblem = Again == Next ? null : AccountTexts.PasswordsDiffer;

    /// <summary>What to post for a new password; <see langword="null"/> when something is wrong already.</summary>
    public AccountPost? PasswordPost()
    {
        PasswordProblem = Missing(Password);
        CheckNext();
        CheckAgain();
        return PasswordProblem is null && NextProblem is null && AgainProblem is null
            ? new("/account/password", new() { ["password"] = Password, ["next"] = Next })
            : null;
    }

    /// <summary>What to post to confirm the seed; <see langword="null"/> when the code is none of it.</summary>
    public AccountPost? TotpPost()
    {
        TotpPasswordProblem = Missing(TotpPassword);
        CodeProblem = Secret is null || totp.FindStep(Secret, Code.Trim()) is null ? SetUpTexts.CodeWrong : null;
        return TotpPasswordProblem is null && CodeProblem is null
            ? new("/account/totp", new() { ["password"] = TotpPassword, ["secret"] = totp.ToText(Secret!), ["code"] = Code.Trim() })
            : null;
    }

    public AccountPost? RemovalPost()
    {
        TotpPasswordProblem = Missing(TotpPassword);
        return TotpPasswordProblem is null ? new("/account/totp/remove", new() { ["password"] = TotpPassword }) : null;
    }

    /// <summary>Takes the answer of a post.</summary>
    /// <returns>Whether it was changed: then the page has to be asked for again.</returns>
    public bool Took(AccountPost post, string word)
    {
        var isPassword = post.Address == "/account/password";
        Refusal = null;
        switch (word)
        {
            case CredentialWords.Changed:
                return true;
            case CredentialWords.WrongPassword when isPassword:
                PasswordProblem = AccountTexts.PasswordWrong;
                return false;
            case CredentialWords.WrongPassword:
                TotpPasswordProblem = AccountTexts.PasswordWrong;
                return false;
            case CredentialWords.WeakPassword:
                NextProblem = SetUpTexts.PasswordLength;
                return false;
            case CredentialWords.GuessablePassword:
                NextProblem = SetUpTexts.FlawOf(PasswordFlaw.Guessable);
                return false;
            case CredentialWords.BreachedPassword:
                NextProblem = SetUpTexts.FlawOf(PasswordFlaw.Breached);
                return false;
            case CredentialWords.WrongCode:
                CodeProblem = SetUpTexts.CodeWrong;
                return false;
            case CredentialWords.Locked:
                Refusal = AccountTexts.Locked;
                return false;
            default:
                Refusal = Texts.SignInExpired;
                return false;
        }
    }

    private static string? Missing(string password) => password.Length == 0 ? AccountTexts.PasswordMissing : null;
}

/// <summary>Something the browser posts for the account page.</summary>
public sealed record AccountPost(string Address, Dictionary<string, string> Fields);
