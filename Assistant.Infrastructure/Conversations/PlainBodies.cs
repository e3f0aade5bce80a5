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

    public (int Count, PlainCursor Next)? SealPage(WriteSession session, TenantId tenant, PlainCursor after)
    {
        for (var at = after; at.Table < Tables.Length; at = new PlainCursor(at.Table + 1, default, default))
        {
            if (SealPage(session, tenant, Tables[at.Table], at) is { Count: > 0 } page)
            {
                return (page.Count, new PlainCursor(at.Table, page[^1].Id, page[^1].Seq));
            }
        }

        return null;
    }

    private List<Plain> SealPage(WriteSession session, TenantId tenant, Table table, PlainCursor after)
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
}
