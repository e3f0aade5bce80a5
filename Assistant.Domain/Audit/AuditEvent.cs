using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>An event about to be written; sequence number and hash are given by the writing transaction.</summary>
/// <remarks>
/// Holds exactly what every database gives back, so that the hash of a stored event can be computed again: the time is
/// cut to the millisecond, and characters a database refuses (U+0000, half of a surrogate pair) are replaced by U+FFFD.
/// </remarks>
/// <param name="At">When it happened; kept in UTC to the millisecond.</param>
/// <param name="Action">What was done, e.g. <c>conversation.takeover</c>; see <see cref="AuditActions"/>.</param>
/// <param name="Subject">On what, e.g. <c>conversation/0198…</c>.</param>
/// <param name="Origin">Where from: a network address, a connection name, or <c>local</c>.</param>
/// <param name="Details">Flat facts about it; never a secret, never message text.</param>
public sealed record AuditDraft(
    TenantId Tenant,
    DateTimeOffset At,
    Actor Actor,
    string Action,
    string Subject,
    string Origin,
    IReadOnlyDictionary<string, string> Details)
{
    public DateTimeOffset At { get; init => field = AuditText.ToMilliseconds(value); } = AuditText.ToMilliseconds(At);

    public Actor Actor { get; init => field = AuditText.Storable(value); } = AuditText.Storable(Actor);

    public string Action { get; init => field = AuditText.Storable(value); } = AuditText.Storable(Action);

    public string Subject { get; init => field = AuditText.Storable(value); } = AuditText.Storable(Subject);

    public string Origin { get; init => field = AuditText.Storable(value); } = AuditText.Storable(Origin);

    public IReadOnlyDictionary<string, string> Details { get; init => field = AuditText.Storable(value); } = AuditText.Storable(Details);

    public static IReadOnlyDictionary<string, string> NoDetails { get; } = new Dictionary<string, string>();

    /// <summary>The same with one detail more.</summary>
    public AuditDraft With(string detail, string value)
        => this with { Details = new Dictionary<string, string>(Details, StringComparer.Ordinal) { [detail] = value } };
}

/// <summary>A written event of a tenant's chain.</summary>
/// <param name="Seq">1, 2, 3… within the tenant, without gaps.</param>
/// <param name="Hash">SHA-256, see <see cref="AuditChain"/>.</param>
public sealed record AuditEvent(long Seq, AuditDraft What, ReadOnlyMemory<byte> PreviousHash, ReadOnlyMemory<byte> Hash);

/// <summary>The actions an event may name.</summary>
public static class AuditActions
{
    public const string MessageReceived = "message.received";
    public const string MessageEdited = "message.edited";
    public const string MessageDeleted = "message.deleted";
    public const string MessageReacted = "message.reacted";
    public const string MessageRefused = "message.refused";
    public const string TurnCompleted = "turn.completed";
    public const string TurnFailed = "turn.failed";
    public const string MessageSent = "message.sent";
    public const string MessageDeadLettered = "message.deadlettered";
    public const string MessageRevived = "message.revived";
    public const string ConversationTakenOver = "conversation.takeover";
    public const string ConversationHandedBack = "conversation.handback";
    public const string ConversationClosed = "conversation.closed";
    public const string ConversationReopened = "conversation.reopened";
    public const string OperatorReplied = "conversation.reply";
    public const string NoteAdded = "conversation.note";
    public const string HeldReplySent = "held.sent";
    public const string HeldReplyDropped = "held.dropped";
    public const string PairingRequested = "pairing.requested";
    public const string PairingApproved = "pairing.approved";
    public const string PairingDeclined = "pairing.declined";
    public const string StandingChanged = "person.standing";
    public const string ConnectionSaved = "connection.saved";
    public const string ConnectionDeleted = "connection.deleted";
    public const string ChatKeyReplaced = "connection.key";
    public const string EngineSaved = "engine.saved";
    public const string EngineDeleted = "engine.deleted";
    public const string TenantCreated = "tenant.created";
    public const string TenantRenamed = "tenant.renamed";
    public const string IndexingChanged = "search.indexing";
    public const string UserCreated = "user.created";
    public const string UserChanged = "user.changed";
    public const string MembershipGranted = "membership.granted";
    public const string MembershipRemoved = "membership.removed";
    public const string TenantEntered = "user.tenant";
    public const string RoleSaved = "role.saved";
    public const string RoleDeleted = "role.deleted";
    public const string SignedIn = "user.signin";
    public const string SignInFailed = "user.signin.failed";
    public const string SignedOut = "user.signout";
    public const string SessionEnded = "session.ended";
    public const string DeviceSeen = "device.seen";
    public const string DeviceForgotten = "device.forgotten";
    public const string InvitationMade = "invitation.made";
    public const string InvitationRevoked = "invitation.revoked";
    public const string InvitationUsed = "invitation.used";
    public const string PasskeyAdded = "passkey.added";
    public const string PasskeyRefused = "passkey.refused";
    public const string PasskeyRenamed = "passkey.renamed";
    public const string PasskeyRevoked = "passkey.revoked";
    public const string ExternalLoginConnected = "login.connected";
    public const string ExternalLoginRefused = "login.refused";
    public const string ExternalLoginRemoved = "login.removed";
    public const string SteppedUp = "user.stepup";
    public const string StepUpFailed = "user.stepup.failed";
    public const string ApiKeyCreated = "apikey.created";
    public const string ApiKeyRevoked = "apikey.revoked";
    public const string StepUpRequested = "stepup.requested";
    public const string StepUpProven = "stepup.proven";
    public const string StepUpRefused = "stepup.refused";
    public const string StepUpUsed = "stepup.used";
    public const string KeyRotationBegun = "key.rotation.begun";
    public const string KeyRotated = "key.rotated";
    public const string MasterKeyRotated = "key.master.rotated";
    public const string PersonKeyDestroyed = "key.person.destroyed";
    public const string ErasureBegun = "erasure.begun";
    public const string Erased = "erasure.erased";
    public const string PersonExported = "person.exported";
    public const string AccountLinkOffered = "account.offered";
    public const string AccountLinked = "account.linked";
    public const string AccountUnlinked = "account.unlinked";
    public const string PersonLinkOffered = "person.link.offered";
    public const string PersonLinked = "person.linked";
    public const string PersonUnlinked = "person.unlinked";
    public const string MessengerPreferred = "person.messenger.preferred";
    public const string MessengerPreferenceDropped = "person.messenger.dropped";
    public const string ConversationContinued = "conversation.continued";
    public const string PersonActAsked = "act.asked";
    public const string PersonActDone = "act.done";
    public const string PersonActDeclined = "act.declined";
    public const string PersonActEnded = "act.ended";
    public const string PersonActRefused = "act.refused";
    public const string PersonTold = "person.told";
    public const string AttachmentDownloaded = "attachment.downloaded";
    public const string AuditExported = "audit.exported";
    public const string AuditAlarm = "audit.alarm";
    public const string BackupCreated = "backup.created";
    public const string BackupRestored = "backup.restored";
}
