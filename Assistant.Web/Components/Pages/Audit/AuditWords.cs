using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>What the log says in words. The names of actions and subjects stay searchable as they are stored.</summary>
internal static class AuditWords
{
    private const int ShortId = 8;

    /// <summary>Every action this build writes, in the order of the filter.</summary>
    public static IReadOnlyList<string> Actions { get; } =
    [
        AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused,
        AuditActions.TurnCompleted, AuditActions.TurnFailed, AuditActions.MessageSent, AuditActions.MessageDeadLettered,
        AuditActions.MessageRevived, AuditActions.ConversationTakenOver, AuditActions.ConversationHandedBack,
        AuditActions.ConversationClosed, AuditActions.ConversationReopened, AuditActions.OperatorReplied, AuditActions.NoteAdded,
        AuditActions.HeldReplySent, AuditActions.HeldReplyDropped, AuditActions.PairingRequested, AuditActions.PairingApproved,
        AuditActions.PairingDeclined, AuditActions.StandingChanged, AuditActions.ConnectionSaved, AuditActions.ConnectionDeleted,
        AuditActions.ChatKeyReplaced, AuditActions.EngineSaved, AuditActions.EngineDeleted, AuditActions.TenantCreated, AuditActions.TenantRenamed, AuditActions.IndexingChanged,
        AuditActions.UserCreated, AuditActions.UserChanged, AuditActions.MembershipGranted, AuditActions.MembershipRemoved, AuditActions.RoleSaved, AuditActions.RoleDeleted,
        AuditActions.TenantEntered, AuditActions.SignedIn, AuditActions.SignInFailed, AuditActions.SignedOut, AuditActions.SessionEnded, AuditActions.DeviceSeen,
        AuditActions.DeviceForgotten, AuditActions.InvitationMade,
        AuditActions.InvitationRevoked, AuditActions.InvitationUsed, AuditActions.PasskeyAdded,
        AuditActions.PasskeyRefused, AuditActions.PasskeyRenamed, AuditActions.PasskeyRevoked,
        AuditActions.ExternalLoginConnected, AuditActions.ExternalLoginRefused, AuditActions.ExternalLoginRemoved, AuditActions.SteppedUp, AuditActions.StepUpFailed,
        AuditActions.StepUpRequested, AuditActions.StepUpProven, AuditActions.StepUpRefused, AuditActions.StepUpUsed, AuditActions.ApiKeyCreated,
        AuditActions.ApiKeyRevoked, AuditActions.KeyRotationBegun, AuditActions.KeyRotated, AuditActions.MasterKeyRotated,
        AuditActions.PersonKeyDestroyed, AuditActions.ErasureBegun, AuditActions.Erased, AuditActions.PersonExported, AuditActions.AttachmentDownloaded,
        AuditActions.AccountLinkOffered, AuditActions.AccountLinked, AuditActions.AccountUnlinked, AuditActions.PersonLinkOffered, AuditActions.PersonLinked, AuditActions.PersonUnlinked,
        AuditActions.MessengerPreferred, AuditActions.MessengerPreferenceDropped, AuditActions.ConversationContinued,
        AuditActions.PersonActAsked, AuditActions.PersonActDone,
        AuditActions.PersonActDeclined, AuditActions.PersonActEnded, AuditActions.PersonActRefused, AuditActions.PersonTold, AuditActions.AuditExported, AuditActions.AuditAlarm,
        AuditActions.BackupCreated, AuditActions.BackupRestored,
    ];

    /// <summary>The action in words; as stored when another build wrote it.</summary>
    public static string Action(string action) => Actions.Contains(action) ? DeskTexts.AuditAction(action) : action;

    /// <summary>Who did it: people are named by id alone, so that the log can outlive them.</summary>
    public static string Who(Actor actor) => actor switch
    {
        { Name.Length: > 0 } => actor.Name,
        { Kind: "person" } => DeskTexts.PersonById(actor.Id[^Math.Min(ShortId, actor.Id.Length)..]),
        _ => actor.Id,
    };

    /// <summary>The subject with a short id: the end of a version 7 id is its random part.</summary>
    public static string Subject(string subject)
    {
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var id = subject[(slash + 1)..];
        return slash > 0 && Guid.TryParse(id, out _) ? $"{subject[..slash]} …{id[^ShortId..]}" : subject.Replace('/', ' ');
    }

    /// <summary>Where in the console the subject is shown, or <see langword="null"/>.</summary>
    public static string? Href(string subject) => subject.Split('/', 2) switch
    {
        ["conversation", var id] when Guid.TryParse(id, out _) => $"conversations/{id}",
        ["person", var id] when Guid.TryParse(id, out _) => $"people/{id}",
        ["connection", _] => "connections",
        ["engine", _] => "engines",
        _ => null,
    };

    /// <summary>Why something was refused or given up, in words; <see langword="null"/> for any other detail.</summary>
    public static string? Reason(string key, string value) => key is "reason" or "error" ? Phrase.Parse(value).Words() : null;

    public static string Break(AuditVerdict.Broken broken) => broken.Kind switch
    {
        AuditBreak.Edited => DeskTexts.ChainEdited(broken.Seq),
        AuditBreak.Deleted => DeskTexts.ChainDeleted(broken.Seq),
        AuditBreak.Inserted => DeskTexts.ChainInserted(broken.Seq),
        AuditBreak.Reordered => DeskTexts.ChainReordered(broken.Seq),
        AuditBreak.Truncated => DeskTexts.ChainTruncated(broken.Seq),
        AuditBreak.Rewritten => DeskTexts.ChainRewritten(broken.Seq),
        _ => throw new ArgumentOutOfRangeException(nameof(broken)),
    };
}
