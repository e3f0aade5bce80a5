using Assistant.Domain.Forgetting;

namespace Assistant.Web.Localization;

/// <summary>Phrases about forgetting, certificates and the export of a person.</summary>
internal static class ForgettingTexts
{
    private static readonly Phrasebook Book = new("Forgetting");

    public static string Forget => Book.Say();
    public static string Done => Book.Say();
    public static string DoneWhat => Book.Say();
    public static string Going => Book.Say();
    public static string GoingWhat => Book.Say();
    public static string GoingShort => Book.Say();
    public static string Certificate => Book.Say();
    public static string Download => Book.Say();
    public static string AllErasures => Book.Say();
    public static string AllErasuresWhat => Book.Say();
    public static string NoErasures => Book.Say();
    public static string NoErasuresWhy => Book.Say();
    public static string Items => Book.Say();
    public static string NothingThere => Book.Say();
    public static string NothingThereWhy => Book.Say();
    public static string AlreadyGone => Book.Say();
    public static string Changed => Book.Say();
    public static string WouldGo => Book.Say();
    public static string WouldStay => Book.Say();
    public static string ForgetNow => Book.Say();
    public static string Rights => Book.Say();
    public static string ExportHtml => Book.Say();
    public static string ExportJson => Book.Say();
    public static string ForgetPerson => Book.Say();
    public static string ForgetConversation => Book.Say();
    public static string ForgetMessage => Book.Say();
    public static string Act => Book.Say();
    public static string ActWhat => Book.Say();
    public static string ActProve => Book.Say();
    public static string ActDecline => Book.Say();
    public static string ActDeclined => Book.Say();
    public static string ActDeclinedWhy => Book.Say();
    public static string ActClosed => Book.Say();
    public static string ActClosedWhy => Book.Say();

    public static string ChangedFrom(string kind, long then, long now) => Book.Say(nameof(ChangedFrom), ("kind", kind), ("then", then), ("now", now));
    public static string KeptEvents(long count) => Book.Count(nameof(KeptEvents), count);
    public static string NamedEvents(long count) => Book.Count(nameof(NamedEvents), count);
    public static string TypeName(string name) => Book.Say(nameof(TypeName), ("name", name));

    public static string Question(ErasureKind kind, string name) => Book.Say($"Question{kind}", ("name", name));

    /// <summary>What an erasure does not reach.</summary>
    public static string StaysElsewhere(ErasureKind kind) => Book.Say($"Stays{kind}");

    public static string Kind(Forgettable kind) => Book.Say($"Kind{kind}");
}
