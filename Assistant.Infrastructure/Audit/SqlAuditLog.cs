using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Audit;

/// <inheritdoc cref="IAuditLog"/>
internal sealed class SqlAuditLog(IDatabase database, IReadPool reads, IWriteQueue writes, AuditKeys keys, TimeProvider clock) : IAuditLog
{
    private const int ReadBatch = 1000;

    /// <summary>Number and hash of a tenant's newest event.</summary>
    internal const string Head = "SELECT seq, hash FROM audit_heads WHERE tenant_id = @p0";

    // The tree reads all that is written, a second behind: this is a hot path.
    private const string Following =
        "SELECT seq, at, actor_kind, actor_id, actor_name, action, subject, body, origin, details, previous_hash, hash "
        + "FROM audit_events WHERE tenant_id = @p0 AND seq >= @p1 ORDER BY seq LIMIT @p2";

    private static readonly AuditBody Broken = new("?", new Dictionary<string, string> { ["sealed"] = "does not open" });

    public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(draft.Tenant), session => session.Audit(draft), cancellationToken);

    public async Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        var before = PageCursor.ReadNumber(after) ?? long.MaxValue;
        if (Unstorable.Includes(filter.Action) || Unstorable.Includes(filter.Actor) || Unstorable.Includes(filter.Subject))
        {
            return new Page<AuditEvent>([], null);
        }

        var found = new List<AuditEvent>(limit + 1);
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        // Details are sealed: the database finds by what lies plain, and text is looked for in what was opened, batch by batch.
        var batch = filter.Text is null ? limit + 1 : ReadBatch;
        while (true)
        {
            var rows = await Page(context, filter, before, batch).ToListAsync(cancellationToken);
            found.AddRange((await OpenAsync(tenant, rows, cancellationToken)).Where(written => Tells(written.What, filter.Text)).Take(limit + 1 - found.Count));
            if (found.Count > limit || rows.Count < batch)
            {
                break;
            }

            before = rows[^1].Seq;
        }

        var page = found.Take(limit).ToList();
        return new Page<AuditEvent>(page, found.Count > limit ? page[^1].Seq.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // By pages of the key rather than one long cursor: a reader of years must not hold a snapshot open.
        var next = fromSeq;
        while (true)
        {
            var first = next;
            var (rows, cipher) = await reads.ReadAsync(
                TenantScope.Of(tenant),
                session =>
                {
                    var found = session.Query(Following, r => MapRow(r, tenant), tenant.Value, first, ReadBatch);
                    return (found, found.Exists(IsSealed) ? CipherOf(session, tenant) : null);
                },
                cancellationToken);
            foreach (var written in OpenAll(rows, cipher))
            {
                yield return written;
            }

            // A number that is none reads as zero but comes last: reading on from it would begin anew, for ever.
            var last = rows.Count < ReadBatch ? long.MaxValue : rows[^1].Seq;
            if (last < first || last == long.MaxValue)
            {
                yield break;
            }

            next = last + 1;
        }
    }

    public async Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var (seq, hash) = await reads.ReadAsync(
            TenantScope.Of(tenant), session => session.QueryFirst(Head, row => (row.GetInt64(0), row.GetBytes(1)), tenant.Value), cancellationToken);
        return new AuditCheckpoint(tenant, seq, Convert.ToHexStringLower(hash ?? AuditChain.Genesis(tenant)), clock.GetUtcNow());
    }

    /// <summary>The newest events below a number that the filter lets through, but for its text.</summary>
    internal static IQueryable<AuditRow> Page(AssistantDbContext context, AuditFilter filter, long below, int limit)
        => Filter(context.Set<AuditRow>().AsNoTracking(), filter).Where(a => a.Seq < below).OrderByDescending(a => a.Seq).Take(limit);

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

        if (filter.Above is { } above)
        {
            query = query.Where(a => a.Seq > above);
        }

        if (filter.From?.ToUnixTimeMilliseconds() is { } first)
        {
            query = query.Where(a => a.At >= first);
        }

        return filter.Until?.ToUnixTimeMilliseconds() is { } end ? query.Where(a => a.At < end) : query;
    }

    private static bool Tells(AuditDraft what, string? text)
    {
        return text is null || Has(what.Actor.Name) || Has(what.Action) || Has(what.Subject) || what.Details.Any(detail => Has(detail.Key) || Has(detail.Value));

        bool Has(string value) => value.Contains(text, StringComparison.Ordinal);
    }

    // After the rows: whoever wrote one had committed its key by then.
    private async Task<List<AuditEvent>> OpenAsync(TenantId tenant, List<AuditRow> rows, CancellationToken cancellationToken) => OpenAll(
        rows, rows.Exists(IsSealed) ? await reads.ReadAsync(TenantScope.Of(tenant), session => CipherOf(session, tenant), cancellationToken) : null);

    /// <returns><see langword="null"/> where the key is gone or does not open: then no body does.</returns>
    private AuditCipher? CipherOf(SqlSession session, TenantId tenant)
    {
        try
        {
            return keys.Find(session, tenant);
        }
        catch (SealBrokenException)
        {
            return null;
        }
    }

    private static bool IsSealed(AuditRow row) => row.Body is not null;

    /// <param name="cipher">Disposed by this.</param>
    private static List<AuditEvent> OpenAll(List<AuditRow> rows, AuditCipher? cipher)
    {
        using (cipher)
        {
            return rows.ConvertAll(row => Map(row, cipher));
        }
    }

    // A row that no longer says what was appended is shown all the same. It does not give its hash, which is how whoever verifies learns of it:
    // an exception would hide which one it is, and every row after it.
    private static AuditEvent Map(AuditRow row, AuditCipher? cipher)
    {
        var at = StoredTime.Read(row.At);
        var body = (at is null ? null : Open(row, cipher)) ?? Broken;
        return new AuditEvent(
            row.Seq,
            new AuditDraft(
                new TenantId(row.TenantId), at ?? DateTimeOffset.UnixEpoch, new Actor(row.ActorKind, row.ActorId, row.ActorName), row.Action, row.Subject,
                body.Origin, body.Details),
            row.PreviousHash,
            row.Hash);
    }

    private static AuditBody? Open(AuditRow row, AuditCipher? cipher)
    {
        if (row.Body is not { } body)
        {
            return AuditBody.ReadPlain(row.Origin, row.Details); // an earlier version's
        }

        try
        {
            return cipher?.Open(row.Seq, body);
        }
        catch (SealBrokenException)
        {
            return null;
        }
    }

    private static AuditRow MapRow(SqlRow r, TenantId tenant) => new()
    {
        TenantId = tenant.Value,
        Seq = r.GetInt64(0),
        At = r.GetInt64(1),
        ActorKind = r.GetString(2),
        ActorId = r.GetString(3),
        ActorName = r.GetString(4),
        Action = r.GetString(5),
        Subject = r.GetString(6),
        Body = r.IsDBNull(7) ? null : r.GetBytes(7),
        Origin = r.GetString(8),
        Details = r.GetString(9),
        PreviousHash = r.GetBytes(10),
        Hash = r.GetBytes(11),
    };
}
