using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>Which events a view shows; every part is optional.</summary>
/// <param name="Text">Found in actor, action, subject or details. Details are sealed, so that the log is read through for it.</param>
/// <param name="Above">Only events with a higher number: what came since.</param>
public sealed record AuditFilter(
    string? Action = null, string? Actor = null, string? Subject = null, string? Text = null, DateTimeOffset? From = null, DateTimeOffset? Until = null,
    long? Above = null);

/// <summary>The hash-chained log of a tenant. Safe for concurrent use.</summary>
public interface IAuditLog
{
    /// <summary>Writes an event that accompanies no other change (a failed sign-in, an export).</summary>
    Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Every event from <paramref name="fromSeq"/> on, in order, streamed.</summary>
    IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, CancellationToken cancellationToken);

    /// <summary>The chain's head as stored beside it: what an exported checkpoint repeats.</summary>
    Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>A statement of how long the chain was and what it ended with. Keep it elsewhere: it shows a truncated tail.</summary>
/// <param name="Seq">0 for an empty chain.</param>
public sealed record AuditCheckpoint(TenantId Tenant, long Seq, string HashHex, DateTimeOffset At);
