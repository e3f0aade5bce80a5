using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    public Task<Page<ConversationRow>> ListAsync(
        TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken)
        => Locked(() => PageOf(
            _rooms.Where(r => r.Conversation.Tenant == tenant && Shows(r, user, filter)).OrderByDescending(r => r.LastAt).ThenByDescending(r => r.Conversation.Id.Value)
                .Select(r => Describe(r, user)),
            row => row.Id.ToString(), after, limit));

    Task<ConversationRow?> IConversationQueries.FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken)
        => Locked(() => FindRoom(tenant, id) is { } room ? Describe(room, user) : null);

    public Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Message>>(() => [.. (FindRoom(tenant, id)?.Messages ?? []).Where(m => before is null || m.Seq < before).TakeLast(limit).Select(WithFiles).Select(WithReactions)]);

    public Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Message>>(() => [.. (FindRoom(tenant, id)?.Messages ?? []).Where(m => m.Seq > after).Take(limit).Select(WithFiles).Select(WithReactions)]);

    public Task<IReadOnlyList<HeldReply>> ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<HeldReply>>(() => FindRoom(tenant, id) is not { } room ? [] :
        [
            .. room.Outbox.Where(r => r.State == OutboxState.Held).DistinctBy(r => r.Entry.MessageSeq).OrderBy(r => r.Entry.MessageSeq)
                .Select(r => new HeldReply(
                    r.Entry.Id, id, r.Entry.MessageSeq, room.Messages.Find(m => m.Seq == r.Entry.MessageSeq)!.Body, r.Entry.CreatedAt,
                    room.Outbox.Count(part => part.Entry.MessageSeq == r.Entry.MessageSeq && part.State == OutboxState.Sent))),
        ]);

    public Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken)
        => Locked(() => _rooms.Find(r => IsChat(r, connection, chat))?.Conversation.Id);

    public Task<Page<DeadLetter>> ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken)
        => Locked(() => PageOf(DeadLetters(tenant).OrderByDescending(d => d.DeadAt).ThenByDescending(d => d.Id), letter => letter.Id.ToString(), after, limit));

    public Task<int> CountAsync(TenantId tenant, CancellationToken cancellationToken) => Locked(() => DeadLetters(tenant).Count());

    public Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, bool onlyHere, int limit, int factLimit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var terms = MayIndex(tenant) ? SearchTerms.ForQuestion(query, 16) : [];
            var facts = _facts.Where(f => f.Tenant == tenant && f.Person == person)
                .Select(f => new Recollection(f.Text, f.StatedAt, true, AuthorKind.Person, f.SourceConversation, f.SourceSeq));
            var messages = _rooms.Where(r => r.Conversation.Tenant == tenant).SelectMany(r => r.Messages)
                .Where(m => m.Person == person && !m.Body.IsForgotten && !m.IsNote && m.DeletedAt is null && m.Author != AuthorKind.System && m.Delivery is not (DeliveryState.Held or DeliveryState.Dropped))
                .Select(m => new Recollection(m.Body.Markdown, m.At, false, m.Author, m.Conversation, m.Seq) { IsForwarded = m.Body.IsForwarded });
            var found = RecallPlaces.Share(
                query,
                facts.Concat(messages).Where(w => (w.IsFact || w.Conversation != current || w.Seq < beforeSeq) && (!onlyHere || w.Conversation == current))
                    .Select(w => (What: w, Score: terms.Count(SearchTerms.ForIndex(w.Quote).Contains))).Where(s => s.Score > 0)
                    .OrderByDescending(s => s.Score).ThenByDescending(s => s.What.IsFact).ThenByDescending(s => s.What.At)
                    .Select(s => s.What).DistinctBy(w => (w.Conversation, w.Seq)),
                limit);
            return new Recalled(found, FactsOf(tenant, person, factLimit, onlyHere ? current : null));
        });

    public Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken)
        => Locked(() => FactsOf(tenant, person, limit));

    /// <summary>As if somebody had said it in a turn.</summary>
    public Task RememberAsync(Fact fact) => Locked(() =>
    {
        _facts.Add(fact);
        return true;
    });

    private IReadOnlyList<Fact> FactsOf(TenantId tenant, PersonId person, int limit, ConversationId? here = null)
        => [.. _facts.Where(f => f.Tenant == tenant && f.Person == person && (here is null || f.SourceConversation == here)).OrderByDescending(f => f.StatedAt).Take(limit)];

    private bool Shows(Room room, UserId user, ConversationFilter filter)
    {
        var conversation = room.Conversation;
        var isInView = filter.View switch
        {
            ConversationView.Mine => conversation.Operator?.Id == user,
            ConversationView.Waiting => conversation is { WaitingSince: not null, Status: ConversationStatus.Open },
            ConversationView.Closed => conversation.Status == ConversationStatus.Closed,
            _ => true,
        };
        return isInView && (filter.Connection is null || filter.Connection == conversation.Connection)
            && (filter.Person is null || (filter.Person == conversation.Person && !conversation.Chat.IsGroup))
            && (string.IsNullOrWhiteSpace(filter.Text)
                || filter.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .All(part => Holds(PersonIn(room).DisplayName, part))
                || MayIndex(conversation.Tenant)
                    && room.Messages.Exists(m => m.DeletedAt is null && SearchTerms.HasAll(m.Body.Markdown, SearchTerms.PartsOf(filter.Text))));
    }

    private Person PersonIn(Room room) => PersonOf(room.Conversation.Person);

    private Person PersonOf(PersonId person) => _people.Find(p => p.Person.Id == person)!.Person;

    private ConversationRow Describe(Room room, UserId user)
    {
        var (conversation, last) = (room.Conversation, room.Messages.LastOrDefault(m => !m.IsNote && m.Delivery is not (DeliveryState.Held or DeliveryState.Dropped)));
        var firstLine = (last?.Body.Markdown ?? "").Split('\n')[0];
        return new ConversationRow(
            conversation.Id, conversation.Connection, _connections.GetValueOrDefault(conversation.Connection)?.ChannelType ?? "",
            conversation.Chat.Title ?? PersonIn(room).DisplayName, conversation.Status, conversation.Operator, conversation.WaitingSince, firstLine,
            last?.Author ?? AuthorKind.Person, room.LastAt, conversation.LastSeq,
            room.Messages.Count(m => m.Author == AuthorKind.Person && m.DeletedAt is null && m.Seq > room.Read.GetValueOrDefault(user)),
            last?.Body.IsForgotten ?? false, conversation.Chat.IsGroup ? null : conversation.Person, conversation.CreatedAt);
    }

    private IEnumerable<DeadLetter> DeadLetters(TenantId tenant)
    {
        foreach (var room in _rooms.Where(r => r.Conversation.Tenant == tenant))
        {
            foreach (var dead in room.Inbox.Where(w => w.IsDead))
            {
                yield return new DeadLetter(
                    dead.Entry.Id, true, room.Conversation.Id, room.Conversation.Connection, PersonIn(room).DisplayName,
                    BodyOf(room, dead).Markdown, dead.Error, dead.Entry.Attempts, dead.Entry.ReceivedAt, dead.EndedAt, BodyOf(room, dead).IsForgotten);
            }

            foreach (var dead in room.Outbox.Where(r => r.State == OutboxState.Dead))
            {
                yield return new DeadLetter(
                    dead.Entry.Id, false, room.Conversation.Id, room.Conversation.Connection, PersonIn(room).DisplayName, dead.Entry.Body.Markdown,
                    dead.Error, dead.Entry.Attempts, dead.Entry.CreatedAt, dead.EndedAt, dead.Entry.Body.IsForgotten);
            }
        }
    }

    private static MessageBody BodyOf(Room room, Waiting dead) => room.Messages.Find(m => m.Seq == dead.Entry.MessageSeq)!.Body;

    private static Page<T> PageOf<T>(IEnumerable<T> all, Func<T, string> key, string? after, int limit)
    {
        var rest = (PageCursor.ReadId(after) is null ? all : all.SkipWhile(item => key(item) != after).Skip(1)).Take(limit + 1).ToList();
        return new Page<T>([.. rest.Take(limit)], rest.Count > limit ? key(rest[limit - 1]) : null);
    }
}
