using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Conversations;

/// <inheritdoc cref="IConversationQueries"/>
internal sealed class EfConversationQueries(IDatabase database, ConversationSearch search, IReadPool reads, BodySealer bodies) : IConversationQueries
{
    private const int SearchLimit = 500;

    /// <summary>Of a name so many parts are looked for; what is typed behind them is one part.</summary>
    private const int NameParts = 8;

    public async Task<Page<ConversationRow>> ListAsync(
        TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        if (Unstorable.Includes(filter.Text))
        {
            return new([], null);
        }

        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var query = Seen(context, filter.View, user);
        if (filter.Connection is { } connection)
        {
            query = query.Where(c => c.ConnectionId == connection.Value);
        }

        if (filter.Person is { } person)
        {
            query = query.Where(c => c.PersonId == person.Value && !c.IsGroup);
        }

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var text = filter.Text.Trim();
            var found = await search.FindAsync(tenant, text, SearchLimit, cancellationToken);
            IQueryable<StoredPerson> named = context.Set<StoredPerson>();
            foreach (var part in NameLetters.Fold(text).Split((char[]?)null, NameParts, StringSplitOptions.RemoveEmptyEntries))
            {
#pragma warning disable CA1304, CA1311, CA1862 // it is the database's lower(), which takes no culture; see NameLetters
                named = named.Where(p => p.DisplayName.Replace("I", "i").Replace("İ", "i").Replace("ı", "i").ToLower().Contains(part));
#pragma warning restore CA1304, CA1311, CA1862
            }

            query = query.Where(c => found.Contains(c.Id) || named.Any(p => p.Id == c.PersonId));
        }

        if (PageCursor.Read(after) is { } cursor)
        {
            query = query.Where(c => c.LastAt < cursor.At || (c.LastAt == cursor.At && c.Id < cursor.Id));
        }

        var rows = await Project(context, Newest(query, limit + 1), user).ToListAsync(cancellationToken);
        var page = rows.Take(limit).ToList();
        return new(await DescribeAsync(tenant, page, cancellationToken), rows.Count > limit ? new PageCursor(page[^1].LastAt, page[^1].Id).ToString() : null);
    }

    public async Task<ConversationRow?> FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var row = await Project(context, context.Set<StoredConversation>().Where(c => c.Id == id.Value), user).FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : (await DescribeAsync(tenant, [row], cancellationToken))[0];
    }

    public async Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<MessageRow>().AsNoTracking()
            .Where(m => m.ConversationId == id.Value && (before == null || m.Seq < before))
            .OrderByDescending(m => m.Seq).Take(limit).ToListAsync(cancellationToken);
        rows.Reverse();
        return await OpenAsync(tenant, rows, cancellationToken);
    }

    public async Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<MessageRow>().AsNoTracking()
            .Where(m => m.ConversationId == id.Value && m.Seq > after).OrderBy(m => m.Seq).Take(limit).ToListAsync(cancellationToken);
        return await OpenAsync(tenant, rows, cancellationToken);
    }

    public async Task<IReadOnlyList<HeldReply>> ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var held =
            from row in context.Set<OutboxRow>().AsNoTracking()
            join message in context.Set<MessageRow>() on new { row.ConversationId, Seq = row.MessageSeq } equals new { message.ConversationId, message.Seq }
            where row.ConversationId == id.Value && row.State == OutboxState.Held
            orderby row.MessageSeq, row.Part
            select new
            {
                row.Id,
                Message = message,
                row.CreatedAt,
                PartsSent = context.Set<OutboxRow>()
                    .Count(part => part.ConversationId == row.ConversationId && part.MessageSeq == row.MessageSeq && part.State == OutboxState.Sent),
            };
        var rows = await held.ToListAsync(cancellationToken);
        var replies = rows.DistinctBy(r => r.Message.Seq).ToList();
        var messages = await OpenAsync(tenant, replies.ConvertAll(r => r.Message), cancellationToken);
        return [.. replies.Zip(messages, (reply, message) => new HeldReply(reply.Id, id, message.Seq, message.Body, reply.CreatedAt, reply.PartsSent))];
    }

    public async Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken)
    {
        var thread = chat.ThreadId ?? "";
        await using var context = database.OpenContext(TenantScope.System);
        var id = await context.Set<StoredConversation>()
            .Where(c => c.ConnectionId == connection.Value && c.ChatId == chat.ExternalId && c.ThreadId == thread)
            .Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancellationToken);
        return id is { } found ? new ConversationId(found) : null;
    }

    internal static IQueryable<StoredConversation> Seen(AssistantDbContext context, ConversationView view, UserId user) => view switch
    {
        ConversationView.Mine => context.Set<StoredConversation>().Where(c => c.OperatorId == user.Value),
        ConversationView.Waiting => context.Set<StoredConversation>().Where(c => c.WaitingSince != null && c.Status == ConversationStatus.Open),
        ConversationView.Closed => context.Set<StoredConversation>().Where(c => c.Status == ConversationStatus.Closed),
        _ => context.Set<StoredConversation>(),
    };

    internal static IQueryable<StoredConversation> Newest(IQueryable<StoredConversation> conversations, int limit)
        => conversations.OrderByDescending(c => c.LastAt).ThenByDescending(c => c.Id).Take(limit);

    /// <summary>A row shows what the person could see last: no note, and no reply that was held back.</summary>
    private static IQueryable<ConversationRowView> Project(AssistantDbContext context, IQueryable<StoredConversation> conversations, UserId user) =>
        from c in conversations.AsNoTracking()
        join p in context.Set<StoredPerson>() on c.PersonId equals p.Id
        join n in context.Set<StoredConnection>() on c.ConnectionId equals n.Id into connections
        from n in connections.DefaultIfEmpty()
        let read = context.Set<ReadMarkRow>().Where(r => r.ConversationId == c.Id && r.UserId == user.Value).Select(r => r.Seq).FirstOrDefault()
        orderby c.LastAt descending, c.Id descending
        select new ConversationRowView
        {
            Id = c.Id, ConnectionId = c.ConnectionId, ChannelType = n == null ? "" : n.ChannelType, Title = c.ChatTitle ?? p.DisplayName, Status = c.Status,
            OperatorId = c.OperatorId, OperatorName = c.OperatorName, WaitingSince = c.WaitingSince,
            SeenSeq = context.Set<MessageRow>()
                .Where(m => m.ConversationId == c.Id && !m.IsNote && m.Delivery != DeliveryState.Held && m.Delivery != DeliveryState.Dropped)
                .OrderByDescending(m => m.Seq).Select(m => (long?)m.Seq).FirstOrDefault(), // from the end: a Max would look at every message
            LastAt = c.LastAt, LastSeq = c.LastSeq, PersonId = c.IsGroup ? null : c.PersonId, CreatedAt = c.CreatedAt,
            Unread = context.Set<MessageRow>().Count(m => m.ConversationId == c.Id && m.Seq > read && m.Author == AuthorKind.Person && m.DeletedAt == null),
        };

    private async Task<IReadOnlyList<ConversationRow>> DescribeAsync(TenantId tenant, List<ConversationRowView> rows, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                var last = LastWords.Read(session, keys, rows.Where(row => row.SeenSeq is not null).Select(row => (row.Id, row.SeenSeq!.Value)));
                return rows.ConvertAll(row => Describe(row, last.GetValueOrDefault(row.Id)));
            },
            cancellationToken);

    private static ConversationRow Describe(ConversationRowView row, Message? last) => new(
        new ConversationId(row.Id), new ConnectionId(row.ConnectionId), row.ChannelType, row.Title, row.Status,
        row.OperatorId is { } holder ? new UserRef(new UserId(holder), row.OperatorName!) : null,
        row.WaitingSince, MessageSql.Preview(last?.Body.Markdown ?? ""), last?.Author ?? AuthorKind.Person, row.LastAt, row.LastSeq, row.Unread,
        last?.Body.IsForgotten ?? false, row.PersonId is { } person ? new PersonId(person) : null, row.CreatedAt);

    private async Task<IReadOnlyList<Message>> OpenAsync(TenantId tenant, List<MessageRow> rows, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                using var keys = bodies.In(session, tenant);
                keys.Load(rows.Select(row => row.PersonId).OfType<Guid>());
                var messages = AttachmentSql.WithFiles(session, tenant, rows.ConvertAll(row => Map(row).Open(keys)));
                return ReactionSql.WithReactions(session, keys, messages);
            },
            cancellationToken);

    private static StoredMessage Map(MessageRow row) => new(
        new Message(
            new ConversationId(row.ConversationId), row.Seq, row.Id, row.Author, row.AuthorName, new MessageBody(row.Text, MessageSql.Buttons(row.Buttons)),
            MessageSql.Attachments(row.Attachments), row.IsNote, row.At, row.Delivery, row.ExternalId, row.EditedAt, row.DeletedAt, row.TurnId,
            row.PersonId is { } person ? new PersonId(person) : null),
        row.Body);

    /// <summary>Columns of a list row as the query reads them.</summary>
    internal sealed class ConversationRowView
    {
        public Guid Id { get; init; }

        public required string ConnectionId { get; init; }

        public required string ChannelType { get; init; }

        public required string Title { get; init; }

        public ConversationStatus Status { get; init; }

        public Guid? OperatorId { get; init; }

        public string? OperatorName { get; init; }

        public DateTimeOffset? WaitingSince { get; init; }

        public long? SeenSeq { get; init; }

        public DateTimeOffset LastAt { get; init; }

        public long LastSeq { get; init; }

        public int Unread { get; init; }

        public Guid? PersonId { get; init; }

        public DateTimeOffset CreatedAt { get; init; }
    }
}
