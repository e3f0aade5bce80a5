using Assistant.Domain.Security;

namespace Assistant.Web.Localization;

/// <summary>Phrases of the rooms set-up, connections and engines. One member per phrase.</summary>
internal static class SetUpTexts
{
    private static readonly Phrasebook Book = new("SetUp");

    // Connections
    public static string AddConnection => Book.Say();
    public static string NoConnections => Book.Say();
    public static string NoConnectionsWhy => Book.Say();
    public static string Connection => Book.Say();
    public static string State => Book.Say();
    public static string LastMessages => Book.Say();
    public static string LastIn => Book.Say();
    public static string LastOut => Book.Say();
    public static string Access => Book.Say();
    public static string OnOff => Book.Say();
    public static string SwitchNamed(string name) => Book.Say(nameof(SwitchNamed), ("name", name));
    public static string StateSwitchedOff => Book.Say();
    public static string StateNotRunning => Book.Say();
    public static string StateStarting => Book.Say();
    public static string StateUp => Book.Say();
    public static string StateDegraded => Book.Say();
    public static string StateDown => Book.Say();
    public static string AccessPairing => Book.Say();
    public static string AccessPairingMeans => Book.Say();
    public static string AccessOpen => Book.Say();
    public static string AccessOpenMeans => Book.Say();
    public static string AccessAllowlist => Book.Say();
    public static string AccessAllowlistMeans => Book.Say();
    public static string AccessBlocked => Book.Say();
    public static string AccessBlockedMeans => Book.Say();
    public static string ChooseMessenger => Book.Say();
    public static string NewConnection(string messenger) => Book.Say(nameof(NewConnection), ("messenger", messenger));
    public static string ConnectionGone => Book.Say();
    public static string ConnectionGoneWhy => Book.Say();
    public static string ProvisionedWhy => Book.Say();
    public static string WhoReads => Book.Say();
    public static string SafetyNumber => Book.Say();
    public static string SafetyNumberHelp => Book.Say();
    public static string ChatKeyCode => Book.Say();
    public static string ChatKeyHelp(string attribute) => Book.Say(nameof(ChatKeyHelp), ("attribute", attribute));
    public static string ChatKeyToCome => Book.Say();
    public static string ChatKeyLimits => Book.Say();
    public static string ReplaceChatKey => Book.Say();
    public static string ReplaceChatKeyAsk => Book.Say();
    public static string ReplaceChatKeyMeans(string attribute) => Book.Say(nameof(ReplaceChatKeyMeans), ("attribute", attribute));
    public static string ChatKeyReplaced => Book.Say();
    public static string ChannelUnknown(string type) => Book.Say(nameof(ChannelUnknown), ("type", type));
    public static string DisplayName => Book.Say();
    public static string DisplayNameHelp => Book.Say();
    public static string Name => Book.Say();
    public static string ConnectionNameHelp => Book.Say();
    public static string NameTaken => Book.Say();
    public static string ChangedMeanwhile => Book.Say();
    public static string WebhookAddress => Book.Say();
    public static string WebhookAddressHelp => Book.Say();
    public static string NotSaved => Book.Say();
    public static string DeleteConnection => Book.Say();
    public static string DeleteConnectionAsk(string name) => Book.Say(nameof(DeleteConnectionAsk), ("name", name));
    public static string DeleteConnectionMeans => Book.Say();

    // Engines
    public static string AddEngine => Book.Say();
    public static string Engine => Book.Say();
    public static string AskedWhen => Book.Say();
    public static string AskedFirst => Book.Say();
    public static string AskedAfter(string engine) => Book.Say(nameof(AskedAfter), ("engine", engine));
    public static string ChangeOrder => Book.Say();
    public static string AskEarlier(string engine) => Book.Say(nameof(AskEarlier), ("engine", engine));
    public static string EnginesOrderMeans => Book.Say();
    public static string EngineUnused => Book.Say();
    public static string EngineRestsUntil(string time) => Book.Say(nameof(EngineRestsUntil), ("time", time));
    public static string EngineRests => Book.Say();
    public static string EngineFailedLately => Book.Say();
    public static string EngineUp => Book.Say();
    public static string EngineAnswered => Book.Say();
    public static string EngineAnswers => Book.Say();
    public static string Quoted(string text) => Book.Say(nameof(Quoted), ("text", text));
    public static string ChooseEngine => Book.Say();
    public static string NewEngine(string type) => Book.Say(nameof(NewEngine), ("type", type));
    public static string EngineGone => Book.Say();
    public static string EngineGoneWhy => Book.Say();
    public static string EngineUnknown(string type) => Book.Say(nameof(EngineUnknown), ("type", type));
    public static string EngineNameHelp => Book.Say();
    public static string IsAskedFirst => Book.Say();
    public static string MakeDefault => Book.Say();
    public static string MakeDefaultMeans => Book.Say();
    public static string ProvisionedDefaultWhy => Book.Say();
    public static string DefaultStays => Book.Say();
    public static string DeleteEngine => Book.Say();
    public static string DeleteEngineAsk(string name) => Book.Say(nameof(DeleteEngineAsk), ("name", name));
    public static string DeleteEngineMeans => Book.Say();

    // Set-up
    public static string SetUpIntro => Book.Say();
    public static string StepAccount => Book.Say();
    public static string StepEngine => Book.Say();
    public static string StepMessenger => Book.Say();
    public static string StepAccess => Book.Say();
    public static string StepDone => Book.Say();
    public static string StepsName => Book.Say();
    public static string StepIsDone => Book.Say();
    public static string StepIsOpen => Book.Say();
    public static string StepIsHere => Book.Say();
    public static string StepIsForAnother => Book.Say();
    public static string StepIsForAnotherWhy => Book.Say();
    public static string Skip => Book.Say();
    public static string Continue => Book.Say();
    public static string AccountAsk => Book.Say();
    public static string AccountWhy => Book.Say();
    public static string PasswordHelp => Book.Say();
    public static string PasswordLength => Book.Say();
    public static string EmailWrong => Book.Say();
    public static string TwoStep => Book.Say();
    public static string TwoStepWhy => Book.Say();
    public static string ScanCode => Book.Say();
    public static string ScanByHand => Book.Say();
    public static string CodeWrong => Book.Say();
    public static string CreateAccount => Book.Say();
    public static string LinkSpentTitle => Book.Say();
    public static string LinkSpentWhy => Book.Say();
    public static string EngineAsk => Book.Say();
    public static string EngineWhy => Book.Say();
    public static string EngineUse => Book.Say();
    public static string MessengerAsk => Book.Say();
    public static string MessengerWhy => Book.Say();
    public static string MessengerWhyAlone => Book.Say();
    public static string ConnectIt(string messenger) => Book.Say(nameof(ConnectIt), ("messenger", messenger));
    public static string MessengerConnected(string name) => Book.Say(nameof(MessengerConnected), ("name", name));
    public static string AccessAsk => Book.Say();
    public static string AccessWhy => Book.Say();
    public static string AccessUse => Book.Say();
    public static string AccessNotAll => Book.Say();
    public static string DoneAsk => Book.Say();
    public static string DoneWhy => Book.Say();
    public static string DoneWhyMessenger => Book.Say();
    public static string DoneWhyNowhere => Book.Say();
    public static string OpenWebChat => Book.Say();
    public static string OpenConversations => Book.Say();
    public static string OverviewWhy => Book.Say();
    public static string EngineOwn(string name) => Book.Say(nameof(EngineOwn), ("name", name));
    public static string EngineOnlyBuiltIn => Book.Say();
    public static string MessengerSome(int count) => Book.Count(nameof(MessengerSome), count);
    public static string MessengerNone => Book.Say();
    public static string AccountDone(string name) => Book.Say(nameof(AccountDone), ("name", name));
    public static string AccessSummary(string policies) => Book.Say(nameof(AccessSummary), ("policies", policies));
    public static string ChooseAgain => Book.Say();
    public static string Finish => Book.Say();

    /// <summary>What is wrong with a password, and what to do.</summary>
    public static string FlawOf(PasswordFlaw flaw) => flaw switch
    {
        PasswordFlaw.Guessable => Book.Say("PasswordGuessable"),
        PasswordFlaw.Breached => Book.Say("PasswordBreached"),
        _ => PasswordLength,
    };
}
