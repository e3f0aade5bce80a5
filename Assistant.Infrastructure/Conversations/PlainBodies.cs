using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Memory;
using Assistant.Infrastructure.Messaging.Inbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>What people said, are to be told and are known by, as an earlier version stored it.</summary>
internal sealed class PlainBodies(BodySealer bodies) : IPlainRows
{
    private const int PageSize = 200;

    public string Name => "sealed";

    public ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken) => bodies.PrepareAsync(tenant, cancellationToken);

    /// <summary>How the pages of each table are found.</summary>
    internal static IEnumerable<string> Selects => Tables.Select(table => table.Select);

    public PlainPage? FindPage(SqlSession session, TenantId tenant, PlainCursor after)
    {
        for (var at = after; at.Table < Tables.Length; at = new PlainCursor(at.Table + 1, default, default))
        {
            var table = Tables[at.Table];
            if (session.Query(table.Select, table.Map, [tenant.Value, .. table.From(at), PageSize]) is { Count: > 0 } page)
            {
                var last = page[^1];
                return new PlainPage(new PlainCursor(at.Table, last.Id, last.Seq, last.Position), unit => SealPage(unit, tenant, table, page));
            }
        }

        return null;
    }

    private int SealPage(WriteSession session, TenantId tenant, Table table, List<Plain> page)
    {
        using var keys = bodies.In(session, tenant);
        var count = 0;
        foreach (var plain in page)
        {
            // Of somebody forgotten nothing is left to seal: what remains is a value that says so.
            var key = keys.FindOrMake(new PersonId(plain.Person));
            var body = key.IsDestroyed ? [] : key.Seal(plain.Place, plain.Content);
            count += session.Execute(table.Update, table.HasSeq ? [plain.Id, body, plain.Person, plain.Seq] : table.HasPerson ? [plain.Id, body, plain.Person] : [plain.Id, body]);
        }

        return count;
    }

    // In the order of an index that begins with the tenant, or of the primary key where there is none: a page never sorts what is left.
    // What was edited or taken back since it was found is not plain any more.
    private static readonly Table[] Tables =
    [
        new(
            "SELECT m.conversation_id, m.seq, m.position, COALESCE(m.person_id, c.person_id), m.text, m.buttons, m.attachments FROM messages m "
            + "JOIN conversations c ON c.id = m.conversation_id WHERE m.tenant_id = @p0 AND (m.position, m.conversation_id, m.seq) > (@p1, @p2, @p3) AND m.body IS NULL "
            + "AND (m.text <> '' OR m.buttons IS NOT NULL OR m.attachments IS NOT NULL) ORDER BY m.position, m.conversation_id, m.seq LIMIT @p4",
            at => [at.Position, at.Id, at.Seq],
            r => new Plain(
                r.GetGuid(0), r.GetInt64(1), r.GetInt64(2), r.GetGuid(3), MessageSql.Place(r.GetGuid(0), r.GetInt64(1)),
                StoredContent.Encode(new MessageBody(r.GetString(4), MessageSql.Buttons(r.TextOrNull(5))), MessageSql.Attachments(r.TextOrNull(6)))),
            "UPDATE messages SET body = @p1, person_id = @p2, text = '', buttons = NULL, attachments = NULL WHERE conversation_id = @p0 AND seq = @p3 "
            + "AND body IS NULL AND (text <> '' OR buttons IS NOT NULL OR attachments IS NOT NULL)",
            HasSeq: true),
        new(
            "SELECT o.id, c.person_id, o.text, o.buttons FROM outbox o JOIN conversations c ON c.id = o.conversation_id WHERE o.tenant_id = @p0 "
            + "AND o.id > @p1 AND o.body IS NULL AND (o.text <> '' OR o.buttons IS NOT NULL) ORDER BY o.id LIMIT @p2",
            at => [at.Id],
            r => new Plain(
                r.GetGuid(0), 0, 0, r.GetGuid(1), MessageSql.OutboxPlace(r.GetGuid(0)),
                StoredContent.Encode(new MessageBody(r.GetString(2), MessageSql.Buttons(r.TextOrNull(3))), [])),
            "UPDATE outbox SET body = @p1, person_id = @p2, text = '', buttons = NULL WHERE id = @p0 AND body IS NULL AND (text <> '' OR buttons IS NOT NULL)"),
        new(
            "SELECT i.id, c.person_id, i.data FROM inbox i JOIN conversations c ON c.id = i.conversation_id WHERE i.tenant_id = @p0 AND i.id > @p1 "
            + "AND i.data IS NOT NULL ORDER BY i.id LIMIT @p2",
            at => [at.Id],
            r => new Plain(r.GetGuid(0), 0, 0, r.GetGuid(1), InboxRow.PlaceOf(r.GetGuid(0)), StoredContent.Encode(new MessageBody(r.GetString(2)), [])),
            "UPDATE inbox SET pressed = @p1, data = NULL WHERE id = @p0 AND data IS NOT NULL",
            HasPerson: false),
        new(
            "SELECT f.id, f.position, f.person_id, f.text FROM facts f WHERE f.tenant_id = @p0 AND (f.position, f.id) > (@p1, @p2) "
            + "AND f.body IS NULL AND f.text <> '' ORDER BY f.position, f.id LIMIT @p3",
            at => [at.Position, at.Id],
            r => new Plain(r.GetGuid(0), 0, r.GetInt64(1), r.GetGuid(2), FactRow.PlaceOf(r.GetGuid(0)), StoredContent.Encode(new MessageBody(r.GetString(3)), [])),
            "UPDATE facts SET body = @p1, text = '' WHERE id = @p0 AND body IS NULL AND text <> ''",
            HasPerson: false),
    ];

    /// <summary>How a table's plain values are found and exchanged.</summary>
    /// <param name="From">The values that tell where a page begins, between the tenant and the size of the page.</param>
    /// <param name="HasSeq">Its key has a second part.</param>
    /// <param name="HasPerson">It says itself whose key seals it.</param>
    private sealed record Table(
        string Select, Func<PlainCursor, SqlValue[]> From, Func<SqlRow, Plain> Map, string Update, bool HasSeq = false, bool HasPerson = true);

    private sealed record Plain(Guid Id, long Seq, long Position, Guid Person, string Place, byte[] Content);
}
