using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Audit;

/// <inheritdoc cref="IAuditLog"/>
internal sealed class SqlAuditLog(IDatabase database, IWriteQueue writes, TimeProvider clock) : IAuditLog
{
    private const int ReadBatch = 1000;

    public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(draft.Tenant), session => session.Audit(draft), cancellationToken);

    public async Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var query = Filter(context.Set<AuditRow>().AsNoTracking(), filter);
        if (PageCursor.ReadNumber(after) is { } before)
        {
            query = query.Where(a => a.Seq < before);
        }

        var rows = await query.OrderByDescending(a => a.Seq).Take(limit + 1).ToListAsync(cancellationToken);
        var page = rows.Take(limit).Select(Map).ToList();
        return new Page<AuditEvent>(page, rows.Count > limit ? page[^1].Seq.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // By pages of the key rather than one long cursor: a reader of years must not hold a snapshot open.
        var next = fromSeq;
        while (true)
        {
            List<AuditRow> rows;
            await using (var context = database.OpenContext(TenantScope.Of(tenant)))
            {
                rows = await context.Set<AuditRow>().AsNoTracking().Where(a => a.Seq >= next).OrderBy(a => a.Seq).Take(ReadBatch).ToListAsync(cancellationToken);
            }

            foreach (var row in rows)
            {
                yield return Map(row);
            }

            if (rows.Count < ReadBatch)
            {
                yield break;
            }

            next = rows[^1].Seq + 1;
        }
    }

    public async Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var head = await context.Set<AuditHeadRow>().AsNoTracking().FirstOrDefaultAsync(cancellationToken);
        return new AuditCheckpoint(tenant, head?.Seq ?? 0, Convert.ToHexStringLower(head?.Hash ?? AuditChain.Genesis(tenant)), clock.GetUtcNow());
    }

    private static IQueryable<AuditRow> Filter(IQueryable<AuditRow> query, AuditFilter filter)
    {
        if (filter.Action is { } action)
        {
            query = query.Where(a => a.Action.StartsWith(action));
        }

        if (filter.Actor is { } actor)
        {
            query = query.Where(a => a.ActorName.Contains(actor) || a.ActorId == actor);
        }

        if (filter.Subject is { } subject)
        {
            query = query.Where(a => a.Subject.StartsWith(subject));
        }

        if (filter.Text is { } text)
        {
            query = query.Where(a => a.ActorName.Contains(text) || a.Action.Contains(text) || a.Subject.Contains(text) || a.Details.Contains(text));
        }

        if (filter.From is { } from)
        {
            query = query.Where(a => a.At >= from);
        }

        return filter.Until is { } until ? query.Where(a => a.At < until) : query;
    }

    private static AuditEvent Map(AuditRow row) => new(
        row.Seq,
        new AuditDraft(
            new TenantId(row.TenantId), row.At, new Actor(row.ActorKind, row.ActorId, row.ActorName), row.Action, row.Subject, row.Origin,
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.Details)!),
        row.PreviousHash,
        row.Hash);
}
