using Assistant.Domain.Security;

namespace Assistant.Web.Localization;

/// <summary>Phrases of the account page. One member per phrase.</summary>
internal static class AccountTexts
{
    private static readonly Phrasebook Book = new("Account");

    public static string You => Book.Say();
    public static string Role => Book.Say();
    public static string LastSignIn => Book.Say();
    public static string Never => Book.Say();
    public static string PasswordNow => Book.Say();
    public static string PasswordNext => Book.Say();
    public static string PasswordAgain => Book.Say();
    public static string PasswordMissing => Book.Say();
    public static string PasswordWrong => Book.Say();
    public static string PasswordsDiffer => Book.Say();
    public static string SessionsEnd => Book.Say();
    public static string ChangePassword => Book.Say();
    public static string TwoStep => Book.Say();
    public static string TwoStepOn => Book.Say();
    public static string TwoStepOff => Book.Say();
    public static string TwoStepWhy => Book.Say();
    public static string TwoStepBegin => Book.Say();
    public static string TwoStepReplace => Book.Say();
    public static string TwoStepConfirm => Book.Say();
    public static string TwoStepRemove => Book.Say();
    public static string TwoStepRemoveMeans => Book.Say();
    public static string Copy => Book.Say();
    public static string Copied => Book.Say();
    public static string Looks => Book.Say();
    public static string Locked => Book.Say();
    public static string Gone => Book.Say();
    public static string GoneWhy => Book.Say();
    public static string ProofTitle => Book.Say();
    public static string ProofCode => Book.Say();
    public static string ProofConfirm => Book.Say();
    public static string ProofWrong => Book.Say();
    public static string ProofGone => Book.Say();
    public static string ProofGiven => Book.Say();
    public static string ProofDeclined => Book.Say();
    public static string ProofNeedsSecondStep => Book.Say();
    public static string ProofAskedBy(string who) => Book.Say(nameof(ProofAskedBy), ("who", who));

    /// <summary>The role in words; as stored when another build gave it.</summary>
    public static string RoleOf(string role) => role switch
    {
        Roles.Owner => Book.Say("RoleOwner"),
        Roles.Admin => Book.Say("RoleAdmin"),
        Roles.Operator => Book.Say("RoleOperator"),
        Roles.Auditor => Book.Say("RoleAuditor"),
        Roles.Viewer => Book.Say("RoleViewer"),
        _ => role,
    };

    /// <summary>What a change came to, or <see langword="null"/> for a word that is none of ours.</summary>
    public static string? DoneOf(string change) => change switch
    {
        "password" => Book.Say("DonePassword"),
        "totp" => Book.Say("DoneTotp"),
        "totp-removed" => Book.Say("DoneTotpRemoved"),
        _ => null,
    };
}
