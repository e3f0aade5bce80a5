// Earlier versions kept what was said in plain text, in columns that are empty now. This goes over them page by page, each page one unit
// of the write queue that reads, seals and empties. A kill leaves rows either way, both of which are read; the next start begins at the
// first page, finds what is still plain, and notes the tenant as done when nothing is.
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Memory;
using Assistant.Infrastructure.Messaging.Inbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Conversations;

/// <summary>Seals what an earlier version stored in plain text, once per tenant, while the program serves.</summary>
[ActsFor("the product, in every tenant: seals what an earlier version kept in plain text")]
[NotAudited("says the same as before")]
internal sealed partial class PlainBodies(
    IReadPool reads, IWriteQueue writes, BodySealer bodies, ITenantDirectory tenants, TimeProvider clock, ILogger<PlainBodies> logger) : BackgroundService
{
    private const int PageSize = 200;

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(30);

    private const string Done = "SELECT 1 FROM projections WHERE name = 'sealed' AND tenant_id = @p0";

    private const string MarkDone = "INSERT INTO projections (name, tenant_id, position) VALUES ('sealed', @p0, 0) ON CONFLICT DO NOTHING";

    /// <summary>Seals everything of a tenant that still lies plain.</summary>
    /// <returns>How many values that were.</returns>
    public async Task<int> SealAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Done, _ => true, tenant.Value), cancellationToken))
        {
            return 0;
        }

        await bodies.PrepareAsync(tenant, cancellationToken);
        var found = 0;
        foreach (var table in Tables)
        {
            for (var after = new Plain(Guid.Empty, 0, Guid.Empty, "", []); ;)
            {
                var from = after;
                var page = await writes.ExecuteAsync(TenantScope.Of(tenant), session => SealPage(session, tenant, table, from), cancellationToken);
                if (page.Count == 0)
                {
                    break;
                }

                (found, after) = (found + page.Count, page[^1]);
            }
        }

        await writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(MarkDone, tenant.Value), cancellationToken);
        return found;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var isDone = false; !isDone && !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                foreach (var tenant in await tenants.ListAsync(stoppingToken))
                {
                    if (await SealAsync(tenant.Id, stoppingToken) is > 0 and var count)
                    {
                        LogSealed(logger, count, tenant.Id.Value);
                    }
                }

                isDone = true; // tenants made from now on have nothing plain
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailure(logger, error);
                await Task.Delay(PauseAfterError, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private List<Plain> SealPage(WriteSession session, TenantId tenant, Table table, Plain after)
    {
        var page = session.Query(table.Select, table.Map, table.HasSeq ? [tenant.Value, after.Id, PageSize, after.Seq] : [tenant.Value, after.Id, PageSize]);
        using var keys = bodies.In(session, tenant);
        foreach (var plain in page)
        {
            // Of somebody forgotten nothing is left to seal: what remains is a value that says so.
            var key = keys.FindOrMake(new PersonId(plain.Person));
            var body = key.IsDestroyed ? [] : key.Seal(plain.Place, plain.Content);
            session.Execute(table.Update, table.HasSeq ? [plain.Id, body, plain.Person, plain.Seq] : table.HasPerson ? [plain.Id, body, plain.Person] : [plain.Id, body]);
        }

        return page;
    }

    private static readonly Table[] Tables =
    [
        new(
            "SELECT m.conversation_id, m.seq, COALESCE(m.person_id, c.person_id), m.text, m.buttons, m.attachments FROM messages m "
            + "JOIN conversations c ON c.id = m.conversation_id WHERE m.tenant_id = @p0 AND (m.conversation_id, m.seq) > (@p1, @p3) "
            + "AND m.body IS NULL AND (m.text <> '' OR m.buttons IS NOT NULL OR m.attachments IS NOT NULL) ORDER BY m.conversation_id, m.seq LIMIT @p2",
            r => new Plain(
                r.GetGuid(0), r.GetInt64(1), r.GetGuid(2), MessageSql.Place(r.GetGuid(0), r.GetInt64(1)),
                StoredContent.Encode(new MessageBody(r.GetString(3), MessageSql.Buttons(r.TextOrNull(4))), MessageSql.Attachments(r.TextOrNull(5)))),
            "UPDATE messages SET body = @p1, person_id = @p2, text = '', buttons = NULL, attachments = NULL WHERE conversation_id = @p0 AND seq = @p3",
            HasSeq: true),
        new(
            "SELECT o.id, c.person_id, o.text, o.buttons FROM outbox o JOIN conversations c ON c.id = o.conversation_id WHERE o.tenant_id = @p0 "
            + "AND o.id > @p1 AND o.body IS NULL AND (o.text <> '' OR o.buttons IS NOT NULL) ORDER BY o.id LIMIT @p2",
            r => new Plain(
                r.GetGuid(0), 0, r.GetGuid(1), MessageSql.OutboxPlace(r.GetGuid(0)),
                StoredContent.Encode(new MessageBody(r.GetString(2), MessageSql.Buttons(r.TextOrNull(3))), [])),
            "UPDATE outbox SET body = @p1, person_id = @p2, text = '', buttons = NULL WHERE id = @p0"),
        new(
            "SELECT i.id, c.person_id, i.data FROM inbox i JOIN conversations c ON c.id = i.conversation_id WHERE i.tenant_id = @p0 AND i.id > @p1 "
            + "AND i.data IS NOT NULL ORDER BY i.id LIMIT @p2",
            r => new Plain(r.GetGuid(0), 0, r.GetGuid(1), InboxRow.PlaceOf(r.GetGuid(0)), StoredContent.Encode(new MessageBody(r.GetString(2)), [])),
            "UPDATE inbox SET pressed = @p1, data = NULL WHERE id = @p0",
            HasPerson: false),
        new(
            "SELECT f.id, f.person_id, f.text FROM facts f WHERE f.tenant_id = @p0 AND f.id > @p1 AND f.body IS NULL AND f.text <> '' ORDER BY f.id LIMIT @p2",
            r => new Plain(r.GetGuid(0), 0, r.GetGuid(1), FactRow.PlaceOf(r.GetGuid(0)), StoredContent.Encode(new MessageBody(r.GetString(2)), [])),
            "UPDATE facts SET body = @p1, text = '' WHERE id = @p0",
            HasPerson: false),
    ];

    /// <summary>How a table's plain values are found and exchanged.</summary>
    /// <param name="HasSeq">Its key has a second part.</param>
    /// <param name="HasPerson">It says itself whose key seals it.</param>
    private sealed record Table(string Select, Func<SqlRow, Plain> Map, string Update, bool HasSeq = false, bool HasPerson = true);

    private sealed record Plain(Guid Id, long Seq, Guid Person, string Place, byte[] Content);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealed {Count} values of the tenant {TenantId} that an earlier version had stored in plain text")]
    private static partial void LogSealed(ILogger logger, int count, string tenantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Values an earlier version stored in plain text could not be sealed; trying again")]
    private static partial void LogFailure(ILogger logger, Exception error);
}
