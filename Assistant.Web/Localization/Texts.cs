namespace Assistant.Web.Localization;

/// <summary>Phrases of the frame, of the shared widgets and of signing in. One member per phrase.</summary>
internal static class Texts
{
    private static readonly Phrasebook Book = new("Shared");

    // Frame
    public static string Product => Book.Say();
    public static string Rooms => Book.Say();
    public static string RoomsOnPhone => Book.Say();
    public static string RoomConversations => Book.Say();
    public static string RoomPeople => Book.Say();
    public static string RoomConnections => Book.Say();
    public static string RoomEngines => Book.Say();
    public static string RoomDeadLetters => Book.Say();
    public static string RoomAudit => Book.Say();
    public static string RoomSetUp => Book.Say();
    public static string RoomWithKey(string room, char key) => Book.Say(nameof(RoomWithKey), ("room", room), ("key", key));
    public static string GroupWork => Book.Say();
    public static string GroupBuild => Book.Say();
    public static string GroupRun => Book.Say();
    public static string GroupSetUp => Book.Say();
    public static string More => Book.Say();
    public static string MoreRooms => Book.Say();
    public static string Waiting(int count) => Book.Count(nameof(Waiting), count);
    public static string SkipToContent => Book.Say();
    public static string TenantIs(string tenant) => Book.Say(nameof(TenantIs), ("tenant", tenant));
    public static string MeMenu(string name) => Book.Say(nameof(MeMenu), ("name", name));
    public static string Theme => Book.Say();
    public static string ThemeSystem => Book.Say();
    public static string ThemeLight => Book.Say();
    public static string ThemeDark => Book.Say();
    public static string Language => Book.Say();
    public static string Account => Book.Say();
    public static string SignOut => Book.Say();
    public static string Back => Book.Say();
    public static string Close => Book.Say();
    public static string Cancel => Book.Say();
    public static string Save => Book.Say();
    public static string Delete => Book.Say();
    public static string Test => Book.Say();
    public static string Optional => Book.Say();
    public static string Loading => Book.Say();
    public static string TryAgain => Book.Say();
    public static string PanelFailed => Book.Say();
    public static string PanelFailedWhat => Book.Say();
    public static string FindInLog => Book.Say();
    public static string NoPermissionTitle => Book.Say();
    public static string NoPermissionWhy => Book.Say();
    public static string NotFoundTitle => Book.Say();
    public static string NotFoundWhy => Book.Say();
    public static string GoHome => Book.Say();
    public static string ConnectionLostNow => Book.Say();
    public static string ConnectionLostRetrying => Book.Say();
    public static string ConnectionLostFailed => Book.Say();
    public static string RetryNow => Book.Say();
    public static string PageStopped => Book.Say();
    public static string LoadAgain => Book.Say();
    public static string HealthGood => Book.Say();
    public static string HealthDown(int count) => Book.Count(nameof(HealthDown), count);
    public static string HealthDegraded(int count) => Book.Count(nameof(HealthDegraded), count);

    // Keys
    public static string KeyboardShortcuts => Book.Say();
    public static string Everywhere => Book.Say();
    public static string InThisRoom => Book.Say();
    public static string KeySheet => Book.Say();
    public static string KeyPalette => Book.Say();
    public static string KeySearch => Book.Say();
    public static string KeyWalk => Book.Say();
    public static string KeyOpen => Book.Say();
    public static string KeyBack => Book.Say();
    public static string KindRoom => Book.Say();
    public static string KindAct => Book.Say();
    public static string PalettePlaceholder => Book.Say();
    public static string PaletteNothing => Book.Say();

    // Times
    public static string JustNow => Book.Say();
    public static string MillisecondsShort(int count) => Book.Say(nameof(MillisecondsShort), ("count", count));
    public static string SecondsShort(string count) => Book.Say(nameof(SecondsShort), ("count", count));
    public static string MinutesShort(int count) => Book.Say(nameof(MinutesShort), ("count", count));
    public static string HoursShort(int count) => Book.Say(nameof(HoursShort), ("count", count));
    public static string MinutesAgo(int count) => Book.Say(nameof(MinutesAgo), ("count", count));
    public static string HoursAgo(int count) => Book.Say(nameof(HoursAgo), ("count", count));
    public static string DaysShort(int count) => Book.Say(nameof(DaysShort), ("count", count));

    // Live
    public static string Live => Book.Say();
    public static string LivePaused => Book.Say();
    public static string LivePausedWaiting(long count) => Book.Count(nameof(LivePausedWaiting), count);
    public static string LivePause => Book.Say();
    public static string LiveResume => Book.Say();
    public static string LiveDropped(long count) => Book.Count(nameof(LiveDropped), count);
    public static string LiveDroppedWhy => Book.Say();

    // Forms
    public static string FieldRequired => Book.Say();
    public static string FieldUrl => Book.Say();
    public static string FieldNumber => Book.Say();
    public static string FieldWhole => Book.Say();
    public static string FieldBetween(string least, string most) => Book.Say(nameof(FieldBetween), ("least", least), ("most", most));
    public static string FieldAtLeast(string least) => Book.Say(nameof(FieldAtLeast), ("least", least));
    public static string FieldName => Book.Say();
    public static string SecretSetOn(string date) => Book.Say(nameof(SecretSetOn), ("date", date));
    public static string SecretSet => Book.Say();
    public static string Replace => Book.Say();
    public static string KeepStored => Book.Say();
    public static string Unsaved => Book.Say();
    public static string LeaveUnsaved => Book.Say();
    public static string TestResult => Book.Say();
    public static string TestRunning => Book.Say();
    public static string TestPassed(string elapsed) => Book.Say(nameof(TestPassed), ("elapsed", elapsed));
    public static string TestFailed(string elapsed) => Book.Say(nameof(TestFailed), ("elapsed", elapsed));
    public static string CheckPassed => Book.Say();
    public static string CheckFailed => Book.Say();
    public static string SavedNow => Book.Say();
    public static string OwnWords(string name) => Book.Say(nameof(OwnWords), ("name", name));

    // Sign-in
    public static string SignIn => Book.Say();
    public static string SignInTitle => Book.Say();
    public static string Email => Book.Say();
    public static string Password => Book.Say();
    public static string Code => Book.Say();
    public static string CodeHelp => Book.Say();
    public static string SignInFailed => Book.Say();
    public static string SignInLocked => Book.Say();
    public static string SignInExpired => Book.Say();
    public static string SignInCodeNeeded => Book.Say();
    public static string SignInPasskey => Book.Say();
    public static string SignInPasskeyFailed => Book.Say();
    public static string SignInProviderFailed => Book.Say();
    public static string SignInProviderUnreachable => Book.Say();
    public static string SignInConfirm => Book.Say();
    public static string SignInWith(string provider) => Book.Say(nameof(SignInWith), ("provider", provider));
    public static string SignedOutTitle => Book.Say();
    public static string SignedOutWhy => Book.Say();
    public static string SessionStay => Book.Say();
    public static string SessionSignInAgain => Book.Say();
    public static string SessionIdleSoon(string at) => Book.Say(nameof(SessionIdleSoon), ("at", at));
    public static string SessionOverSoon(string at) => Book.Say(nameof(SessionOverSoon), ("at", at));
    public static string AccessDeniedTitle => Book.Say();
}
