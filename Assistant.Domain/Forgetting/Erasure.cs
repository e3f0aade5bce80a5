using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Forgetting;

/// <summary>How far an erasure has come.</summary>
public enum ErasureState
{
    /// <summary>Out of everybody's sight, its keys destroyed; what lies in the tables is being deleted.</summary>
    Running,

    /// <summary>Everything is deleted and recorded; the certificate is being made.</summary>
    Erased,

    /// <summary>The certificate is there.</summary>
    Certified,
}

/// <summary>One act of forgetting. Holds ids and counts alone, and stays.</summary>
/// <param name="By">Who decided; a user's name, never the name of the one who was forgotten.</param>
/// <param name="Counts">What has been deleted so far, counted where it was deleted.</param>
/// <param name="KeysDestroyed">Keys that open nothing any more.</param>
/// <param name="KeptEvents">Audit events about it when it began.</param>
/// <param name="BegunSeq">The audit event of the beginning.</param>
/// <param name="ErasedSeq">The audit event of the end; 0 before it.</param>
/// <param name="Certificate">The signed note, or <see langword="null"/> before <see cref="ErasureState.Certified"/>.</param>
public sealed record Erasure(
    ErasureId Id, TenantId Tenant, ErasureScope Scope, Actor By, ErasureState State, ErasureCounts Counts, int KeysDestroyed, long KeptEvents,
    DateTimeOffset BegunAt, long BegunSeq, DateTimeOffset? ErasedAt = null, long ErasedSeq = 0, string? Certificate = null);

/// <summary>How beginning an erasure ended in the store.</summary>
public abstract record BeginErasureOutcome
{
    private BeginErasureOutcome() { }

    /// <summary>It is out of sight; the rest follows.</summary>
    /// <param name="Halted">The conversations it touches, with the versions that stop what was being thought or sent there.</param>
    public sealed record Begun(Erasure Erasure, IReadOnlyList<(ConversationId Conversation, long Version)> Halted) : BeginErasureOutcome;

    /// <summary>It is not what was agreed to any more. Nothing was changed.</summary>
    public sealed record Changed : BeginErasureOutcome;

    /// <summary>There is no such person, conversation or message, or not any more.</summary>
    public sealed record NotFound : BeginErasureOutcome;
}

/// <summary>Deletes what is to be forgotten. Every write is one transaction with its counts, so that a kill leaves both or neither. Safe for concurrent use, also by several processes.</summary>
public interface IErasureStore
{
    /// <summary>What would go, or <see langword="null"/> when there is no such thing in the tenant.</summary>
    Task<ErasurePreview?> PreviewAsync(TenantId tenant, ErasureScope scope, CancellationToken cancellationToken);

    /// <summary>
    /// In one transaction with its audit event: takes everything of the scope out of sight, out of the queues and away from its senders,
    /// destroys the person's key, and keeps the erasure. A message that arrives afterwards begins anew.
    /// </summary>
    /// <param name="digest">Of the preview that was agreed to; compared in the same transaction.</param>
    /// <param name="keptEvents">Of that preview.</param>
    /// <param name="audit">The event; its time and actor are the erasure's.</param>
    Task<BeginErasureOutcome> BeginAsync(ErasureId id, ErasureScope scope, string digest, long keptEvents, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Deletes some more, in an order in which nothing that is left can be seen.</summary>
    /// <returns><see langword="false"/> when nothing is left to delete.</returns>
    Task<bool> ContinueAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken);

    /// <summary>Records that everything is gone; does nothing the second time.</summary>
    /// <param name="audit">Drafts the event from what was counted.</param>
    Task FinishAsync(TenantId tenant, ErasureId id, Func<Erasure, AuditDraft> audit, CancellationToken cancellationToken);

    /// <summary>Keeps the certificate; the first one stays.</summary>
    Task CertifyAsync(TenantId tenant, ErasureId id, string certificate, CancellationToken cancellationToken);

    /// <summary>One erasure of the tenant, or <see langword="null"/>.</summary>
    Task<Erasure?> FindAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken);

    /// <summary>The tenant's erasures, newest first.</summary>
    Task<Page<Erasure>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>What is not certified yet, of every tenant, oldest first: what a worker goes on with.</summary>
    Task<IReadOnlyList<(TenantId Tenant, ErasureId Id)>> ListOpenAsync(CancellationToken cancellationToken);
}

/// <summary>What becomes of deleted bytes below the tables.</summary>
public interface IStorageRest
{
    /// <summary>Has the database let go of what was deleted, as far as it lies with this program.</summary>
    /// <returns>What was reached; goes into the certificate.</returns>
    Task<StorageRest> SettleAsync(CancellationToken cancellationToken);
}

/// <summary>How far deleted bytes are gone.</summary>
public enum StorageRest
{
    /// <summary>Overwritten in the database's file, its write-ahead log emptied.</summary>
    Overwritten,

    /// <summary>Freed for reuse; the server's own logs and archives keep copies for as long as they are set to.</summary>
    Vacuumed,

    /// <summary>The database was busy, or this program may not: copies lie in freed pages until the database reuses them.</summary>
    Left,
}

/// <summary>Wakes the worker of this process. Losing a wake-up is harmless: it looks by itself.</summary>
public interface IErasureSignal
{
    void Begun();
}
