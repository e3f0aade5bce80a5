using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging.Inbox;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Messaging;

/// <inheritdoc cref="IDeadLetterQueries"/>
internal sealed class EfDeadLetterQueries(IDatabase database, IReadPool reads, BodySealer bodies) : IDeadLetterQueries
{
    public async Task<Page<DeadLetter>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken)
    {
        var (at, id) = PageCursor.Read(after) ?? new PageCursor(DateTimeOffset.MaxValue, Guid.Empty);
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var inbound =
            from i in context.Set<InboxRow>().AsNoTracking()
            join c in context.Set<StoredConversation>() on i.ConversationId equals c.Id
            join p in context.Set<StoredPerson>() on c.PersonId equals p.Id
            join m in context.Set<MessageRow>() on new { i.ConversationId, Seq = i.MessageSeq } equals new { m.ConversationId, m.Seq }
            where i.State == InboxState.Dead && (i.DoneAt < at || (i.DoneAt == at && i.Id < id))
            orderby i.DoneAt descending, i.Id descending
            select new Row(i.Id, true, i.ConversationId, i.ConnectionId, c.ChatTitle ?? p.DisplayName, m.Seq, m.PersonId, m.Body, m.Text, i.Error, i.Attempts, i.ReceivedAt, i.DoneAt);
        var outbound =
            from o in context.Set<OutboxRow>().AsNoTracking()
            join c in context.Set<StoredConversation>() on o.ConversationId equals c.Id
            join p in context.Set<StoredPerson>() on c.PersonId equals p.Id
            where o.State == OutboxState.Dead && (o.EndedAt < at || (o.EndedAt == at && o.Id < id))
            orderby o.EndedAt descending, o.Id descending
            select new Row(o.Id, false, o.ConversationId, o.ConnectionId, c.ChatTitle ?? p.DisplayName, o.MessageSeq, o.PersonId, o.Body, o.Text, o.Error, o.Attempts, o.CreatedAt, o.EndedAt);

        List<Row> rows = [.. await inbound.Take(limit + 1).ToListAsync(cancellationToken), .. await outbound.Take(limit + 1).ToListAsync(cancellationToken)];
        var page = rows.OrderByDescending(r => r.DeadAt).ThenByDescending(r => r.Id).Take(limit).ToList();
        return new Page<DeadLetter>(
            await reads.ReadAsync(TenantScope.Of(tenant), session => Open(session, tenant, page), cancellationToken),
            rows.Count > limit ? new PageCursor(page[^1].DeadAt!.Value, page[^1].Id).ToString() : null);
    }

    public async Task<int> CountAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        return await context.Set<InboxRow>().CountAsync(i => i.State == InboxState.Dead, cancellationToken)
            + await context.Set<OutboxRow>().CountAsync(o => o.State == OutboxState.Dead, cancellationToken);
    }

    private List<DeadLetter> Open(SqlSession session, TenantId tenant, List<Row> page)
    {
        using var keys = bodies.In(session, tenant);
        keys.Load(page.Select(row => row.Person).OfType<Guid>());
        return page.ConvertAll(row =>
        {
            var text = row.Content.OpenText(keys);
            return new DeadLetter(
                row.Id, row.IsInbound, new ConversationId(row.Conversation), new ConnectionId(row.Connection), row.Title, MessageSql.Preview(text ?? ""),
                Phrase.Parse(row.Error ?? ""), row.Attempts, row.CreatedAt, row.DeadAt!.Value, IsForgotten: text is null);
        });
    }

    private sealed record Row(
        Guid Id, bool IsInbound, Guid Conversation, string Connection, string Title, long Seq, Guid? Person, byte[]? Body, string Text, string? Error,
        int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? DeadAt)
    {
        public StoredContent Content => new(Person, Body, IsInbound ? MessageSql.Place(Conversation, Seq) : MessageSql.OutboxPlace(Id), Text);
    }
}
