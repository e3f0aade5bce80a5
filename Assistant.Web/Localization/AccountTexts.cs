using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;

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
    public static string Passkeys => Book.Say();
    public static string PasskeysWhy => Book.Say();
    public static string PasskeyAdd => Book.Say();
    public static string PasskeyAdded => Book.Say();
    public static string PasskeyCreate => Book.Say();
    public static string PasskeyName => Book.Say();
    public static string PasskeyNameHelp => Book.Say();
    public static string PasskeyRename => Book.Say();
    public static string PasskeyRevoke => Book.Say();
    public static string PasskeyRevokeMeans => Book.Say();
    public static string PasskeyNeverUsed => Book.Say();
    public static string PasskeySynced => Book.Say();
    public static string Recovery => Book.Say();
    public static string RecoveryWhy => Book.Say();
    public static string RecoveryFew => Book.Say();
    public static string RecoveryShownOnce => Book.Say();
    public static string RecoveryPrint => Book.Say();
    public static string RecoveryMake => Book.Say();
    public static string RecoveryReplace => Book.Say();
    public static string RecoveryReplaceMeans => Book.Say();
    public static string Devices => Book.Say();
    public static string DevicesWhy => Book.Say();
    public static string DeviceForget => Book.Say();
    public static string DeviceMine => Book.Say();
    public static string DeviceNotMine => Book.Say();
    public static string DeviceForgetOf(string device) => Book.Say(nameof(DeviceForgetOf), ("device", device));
    public static string DeviceSeen(string first, string last) => Book.Say(nameof(DeviceSeen), ("first", first), ("last", last));
    public static string Messengers => Book.Say();
    public static string MessengersWhy => Book.Say();
    public static string MessengerUnlink => Book.Say();
    public static string MessengerCode => Book.Say();
    public static string MessengerSay => Book.Say();
    public static string MessengerLinked(string tenant, string at) => Book.Say(nameof(MessengerLinked), ("tenant", tenant), ("at", at));
    public static string DeviceNew(string device, string at, string address) => Book.Say(nameof(DeviceNew), ("device", device), ("at", at), ("address", address));
    public static string Sessions => Book.Say();
    public static string SessionsWhy => Book.Say();
    public static string SessionThis => Book.Say();
    public static string SessionEnd => Book.Say();
    public static string SessionSeen => Book.Say();
    public static string SessionEnded => Book.Say();
    public static string SessionsEndOthers => Book.Say();
    public static string SessionsEndAll => Book.Say();
    public static string SessionEndOf(string device) => Book.Say(nameof(SessionEndOf), ("device", device));
    public static string SessionBegan(string at, string address) => Book.Say(nameof(SessionBegan), ("at", at), ("address", address));
    public static string SessionsEnded(int count) => Book.Count(nameof(SessionsEnded), count);
    public static string PasskeyRenameOf(string name) => Book.Say(nameof(PasskeyRenameOf), ("name", name));
    public static string PasskeyRevokeOf(string name) => Book.Say(nameof(PasskeyRevokeOf), ("name", name));
    public static string PasskeyAddedOn(string at) => Book.Say(nameof(PasskeyAddedOn), ("at", at));
    public static string PasskeyUsedOn(string at) => Book.Say(nameof(PasskeyUsedOn), ("at", at));
    public static string Logins => Book.Say();
    public static string LoginsWhy => Book.Say();
    public static string LoginRemove => Book.Say();
    public static string LoginRemoveMeans => Book.Say();
    public static string LoginNeverUsed => Book.Say();
    public static string LoginConnect(string provider) => Book.Say(nameof(LoginConnect), ("provider", provider));
    public static string LoginConnectMeans(string provider) => Book.Say(nameof(LoginConnectMeans), ("provider", provider));
    public static string LoginGo(string provider) => Book.Say(nameof(LoginGo), ("provider", provider));
    public static string LoginRemoveOf(string provider) => Book.Say(nameof(LoginRemoveOf), ("provider", provider));
    public static string LoginConnectedOn(string at) => Book.Say(nameof(LoginConnectedOn), ("at", at));
    public static string LoginUsedOn(string at) => Book.Say(nameof(LoginUsedOn), ("at", at));
    public static string RecoveryLeft(int count) => Book.Count(nameof(RecoveryLeft), count);
    public static string Gone => Book.Say();
    public static string GoneWhy => Book.Say();
    public static string ProofTitle => Book.Say();
    public static string ProofCode => Book.Say();
    public static string ProofConfirm => Book.Say();
    public static string ProofWrong => Book.Say();
    public static string ProofGone => Book.Say();
    public static string ProofNotHere => Book.Say();
    public static string ProofNotHereWhy => Book.Say();
    public static string ProofGiven => Book.Say();
    public static string ProofDeclined => Book.Say();
    public static string ProofNeedsSecondStep => Book.Say();
    public static string ProofByPasskey => Book.Say();
    public static string ProofSetUp => Book.Say();
    public static string ProofAskedBy(string who) => Book.Say(nameof(ProofAskedBy), ("who", who));

    /// <summary>A device as its browser names itself.</summary>
    public static string DeviceOf(DeviceLook device) => (device.Browser, device.Platform) switch
    {
        ("", "") => Book.Say("DeviceUnknown"),
        ("", var platform) => platform,
        (var browser, "") => browser,
        var (browser, platform) => Book.Say("DeviceFull", ("browser", browser), ("platform", platform)),
    };

    /// <summary>How a session began.</summary>
    public static string MethodOf(UserSession session) => session.Method switch
    {
        SignInMethod.Password => Book.Say("MethodPassword"),
        SignInMethod.PasswordAndCode => Book.Say("MethodPasswordAndCode"),
        SignInMethod.Passkey => Book.Say("MethodPasskey"),
        SignInMethod.External => Book.Say("MethodExternal", ("provider", session.Provider ?? "")),
        _ => throw new ArgumentOutOfRangeException(nameof(session)),
    };

    /// <summary>The role in words; as stored when another build gave it.</summary>
    public static string RoleOf(string role) => role switch
    {
        Roles.Owner => Book.Say("RoleOwner"),
        Roles.Admin => Book.Say("RoleAdmin"),
        Roles.Operator => Book.Say("RoleOperator"),
        Roles.FlowAuthor => Book.Say("RoleFlowAuthor"),
        Roles.Auditor => Book.Say("RoleAuditor"),
        Roles.Viewer => Book.Say("RoleViewer"),
        "" => Book.Say("RoleNone"),
        _ => role,
    };

    /// <summary>Why a passkey was not added or changed; <paramref name="word"/> as the endpoint or the browser's script gave it.</summary>
    public static string PasskeyProblemOf(string word) => word switch
    {
        "locked" => Locked,
        "too-many" => Book.Say("PasskeyTooMany"),
        "model-denied" => Book.Say("PasskeyModelDenied"),
        "exists" => Book.Say("PasskeyExists"),
        "other-site" => Book.Say("PasskeyOtherSite"),
        "unsupported" => Book.Say("PasskeyUnsupported"),
        "cancelled" => Book.Say("PasskeyCancelled"),
        "not-signed" => Book.Say("PasskeyNotSigned"),
        "invalid-passkey" => Book.Say("PasskeyInvalid"),
        _ => Texts.SignInExpired,
    };

    /// <summary>Why a login was not connected or removed; <paramref name="word"/> as an endpoint gave it.</summary>
    public static string LoginProblemOf(string word) => word switch
    {
        "locked" => Locked,
        "taken" => Book.Say("LoginTaken"),
        "too-many" => Book.Say("LoginTooMany"),
        "expired" => Texts.SignInExpired,
        "provider-unreachable" => Texts.SignInProviderUnreachable,
        _ => Book.Say("LoginFailed"),
    };

    /// <summary>The login somebody left the page to connect is connected.</summary>
    public static string LoginConnected => Book.Say();

    /// <summary>What a change came to, or <see langword="null"/> for a word that is none of ours.</summary>
    public static string? DoneOf(string change) => change switch
    {
        "password" => Book.Say("DonePassword"),
        "totp" => Book.Say("DoneTotp"),
        "totp-removed" => Book.Say("DoneTotpRemoved"),
        "passkey-revoked" => Book.Say("DonePasskeyRevoked"),
        "login-removed" => Book.Say("DoneLoginRemoved"),
        "recovery-codes" => Book.Say("DoneRecoveryCodes"),
        _ => null,
    };
}
