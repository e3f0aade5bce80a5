using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    private readonly List<Erasure> _erasures = [];

    public Task<ErasurePreview?> PreviewAsync(TenantId tenant, ErasureScope scope, CancellationToken cancellationToken) => Locked(() => Preview(tenant, scope));

    /// <summary>Everything goes at once: memory needs no batches.</summary>
    public Task<BeginErasureOutcome> BeginAsync(
        ErasureId id, ErasureScope scope, string digest, long keptEvents, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<BeginErasureOutcome>(() =>
        {
            if (Preview(audit.Tenant, scope) is not { } preview)
            {
                return new BeginErasureOutcome.NotFound();
            }

            if (preview.Digest != digest)
            {
                return new BeginErasureOutcome.Changed();
            }

            Append(audit);
            var rooms = RoomsOf(audit.Tenant, scope).ToList();
            var halted = rooms.ConvertAll(room => (room.Conversation.Id, room.Conversation.Version + 1));
            rooms.ForEach(room => room.Conversation = room.Conversation with { Version = room.Conversation.Version + 1 });
            Remove(audit.Tenant, scope, rooms);
            var erasure = new Erasure(
                id, audit.Tenant, scope, audit.Actor, ErasureState.Running, preview.Counts, 0, keptEvents, audit.At, Events(audit.Tenant).Count);
            _erasures.Add(erasure);
            return new BeginErasureOutcome.Begun(erasure, halted);
        });

    Task<bool> IErasureStore.ContinueAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task FinishAsync(TenantId tenant, ErasureId id, Func<Erasure, AuditDraft> audit, CancellationToken cancellationToken)
        => Locked(() => Change(tenant, id, ErasureState.Running, erasure =>
        {
            var draft = audit(erasure);
            Append(draft);
            return erasure with { State = ErasureState.Erased, ErasedAt = draft.At, ErasedSeq = Events(tenant).Count };
        }));

    public Task CertifyAsync(TenantId tenant, ErasureId id, string certificate, CancellationToken cancellationToken)
        => Locked(() => Change(tenant, id, ErasureState.Erased, erasure => erasure with { State = ErasureState.Certified, Certificate = certificate }));

    Task<Erasure?> IErasureStore.FindAsync(TenantId tenant, ErasureId id, CancellationToken cancellationToken)
        => Locked(() => _erasures.Find(e => e.Tenant == tenant && e.Id == id));

    Task<Page<Erasure>> IErasureStore.ListAsync(TenantId tenant, string? after, int limit, CancellationToken cancellationToken)
        => Locked(() => PageOf(_erasures.Where(e => e.Tenant == tenant).OrderByDescending(e => e.Id.Value), e => e.Id.ToString(), after, limit));

    public Task<IReadOnlyList<(TenantId Tenant, ErasureId Id)>> ListOpenAsync(CancellationToken cancellationToken)
        => Locked<IReadOnlyList<(TenantId, ErasureId)>>(
            () => [.. _erasures.Where(e => e.State != ErasureState.Certified).OrderBy(e => e.BegunAt).Select(e => (e.Tenant, e.Id))]);

    public Task<IReadOnlyList<PersonConversation>> ListConversationsAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PersonConversation>>(() =>
        [
            .. _rooms.Where(r => r.Conversation.Tenant == tenant
                && (r.Conversation.Person == person || (r.Conversation.Chat.IsGroup && (r.Messages.Exists(m => m.Person == person && m.DeletedAt is null) || r.Reactions.Keys.Any(key => key.Person == person))))).Select(r => new PersonConversation(
                r.Conversation.Id, r.Conversation.Connection, r.Conversation.Chat.Title, r.Conversation.Chat.IsGroup, r.Conversation.Status,
                r.Conversation.CreatedAt, r.LastAt, r.PreferredAt, r.Conversation.ContinuedFrom?.Conversation, r.Conversation.ContinuedAt)),
        ]);

    public Task<IReadOnlyList<PersonTurn>> ListTurnsAsync(TenantId tenant, ConversationId conversation, long after, int limit, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<PersonTurn>>(
            () => FindRoom(tenant, conversation) is { } room ? [.. room.Turns.Where(t => t.Seq > after).OrderBy(t => t.Seq).Take(limit)] : []);

    private bool Change(TenantId tenant, ErasureId id, ErasureState from, Func<Erasure, Erasure> change)
    {
        var at = _erasures.FindIndex(e => e.Tenant == tenant && e.Id == id && e.State == from);
        if (at >= 0)
        {
            _erasures[at] = change(_erasures[at]);
        }

        return at >= 0;
    }

    private IEnumerable<Room> RoomsOf(TenantId tenant, ErasureScope scope) => _rooms.Where(r => r.Conversation.Tenant == tenant
        && (scope.Kind == ErasureKind.Person ? r.Conversation.Person.Value : r.Conversation.Id.Value) == scope.Id);

    private ErasurePreview? Preview(TenantId tenant, ErasureScope scope)
    {
        var rooms = RoomsOf(tenant, scope).ToList();
        var person = scope.Kind == ErasureKind.Person ? _people.Find(p => p.Person.Tenant == tenant && p.Person.Id.Value == scope.Id) : null;
        var name = scope.Kind == ErasureKind.Person ? person?.Person.DisplayName : rooms.Select(r => r.Conversation.Chat.Title ?? PersonIn(r).DisplayName).FirstOrDefault();
        if (name is null)
        {
            return null;
        }

        var isMessage = scope.Kind == ErasureKind.Message;
        var messages = rooms.SelectMany(r => r.Messages).Where(m => !isMessage || (m.Seq == scope.Seq && m.DeletedAt is null)).ToList();
        var counts = ErasureCounts.None
            .Plus(Forgettable.Persons, person is null ? 0 : 1)
            .Plus(Forgettable.Identities, person?.Accounts.Count ?? 0)
            .Plus(Forgettable.Conversations, isMessage ? 0 : rooms.Count)
            .Plus(Forgettable.Messages, messages.Count(m => !m.IsNote) + InGroupsOfOthers(tenant, scope).Count)
            .Plus(Forgettable.Notes, messages.Count(m => m.IsNote))
            .Plus(Forgettable.Files, rooms.SelectMany(r => r.Kept.Keys).Count(key => !isMessage || key.Seq == scope.Seq))
            .Plus(Forgettable.FilePieces, rooms.SelectMany(r => r.Kept).Where(one => !isMessage || one.Key.Seq == scope.Seq)
                .Sum(one => one.Value.Content is { } content ? Math.Max(1, (content.Length + PieceSize - 1) / PieceSize) : 0))
            .Plus(Forgettable.Reactions, ReactionsOf(tenant, scope).Count)
            .Plus(Forgettable.Facts, _facts.Count(f => IsOf(f, tenant, scope)))
            .Plus(Forgettable.Sends, rooms.Sum(r => r.Outbox.Count(o => !isMessage || o.Entry.MessageSeq == scope.Seq)))
            .Plus(Forgettable.Sends, InGroupsOfOthers(tenant, scope).Sum(one => one.Room.Outbox.Count(o => o.Entry.MessageSeq == one.Message.Seq)));
        if (counts.OnlyDecisive().Total == 0)
        {
            return null;
        }

        var kept = Events(tenant).Count(e => IsAbout(e.What, scope, rooms));
        return new ErasurePreview(scope, name, counts, kept, 0, [.. rooms.Select(r => (r.Conversation.Id.Value, r.Conversation.LastSeq))]);
    }

    private void Remove(TenantId tenant, ErasureScope scope, List<Room> rooms)
    {
        _facts.RemoveAll(f => IsOf(f, tenant, scope));
        foreach (var (room, key) in ReactionsOf(tenant, scope))
        {
            room.Reactions.Remove(key);
        }

        if (scope.Kind == ErasureKind.Message)
        {
            rooms[0].Change(scope.Seq, m => m with { Body = new MessageBody(""), Attachments = [], DeletedAt = Now });
            rooms[0].Discard(scope.Seq);
            rooms[0].Inbox.RemoveAll(w => w.Entry.MessageSeq == scope.Seq);
            rooms[0].Outbox.RemoveAll(o => o.Entry.MessageSeq == scope.Seq);
            return;
        }

        foreach (var (room, message) in InGroupsOfOthers(tenant, scope))
        {
            room.Change(message.Seq, m => m with { Body = new MessageBody(""), Attachments = [], AuthorName = "", DeletedAt = Now });
            room.Outbox.RemoveAll(o => o.Entry.MessageSeq == message.Seq);
        }

        _rooms.RemoveAll(rooms.Contains);
        _requests.RemoveAll(r => rooms.Contains(r.Room));
        if (scope.Kind == ErasureKind.Person)
        {
            _accounts.RemoveAll(a => a.Tenant == tenant && a.Person.Value == scope.Id);
            _links.RemoveAll(l => l.Tenant == tenant && (l.First.Value == scope.Id || l.Second.Value == scope.Id));
            _linkCodes.RemoveAll(c => c.Code.Tenant == tenant && c.Code.Person.Value == scope.Id);
            _acts.RemoveAll(a => a.Tenant == tenant && a.Person.Value == scope.Id);
            _people.RemoveAll(p => p.Person.Tenant == tenant && p.Person.Id.Value == scope.Id);
            foreach (var key in _standings.Keys.Where(key => key.Item2.Value == scope.Id).ToList())
            {
                _standings.Remove(key);
            }
        }
    }

    private List<(Room Room, Message Message)> InGroupsOfOthers(TenantId tenant, ErasureScope scope) =>
    [
        .. from room in _rooms
           where scope.Kind == ErasureKind.Person && room.Conversation.Tenant == tenant && room.Conversation.Chat.IsGroup && room.Conversation.Person.Value != scope.Id
           from message in room.Messages
           where message.Person?.Value == scope.Id && !message.IsNote && message.DeletedAt is null
           select (room, message),
    ];

    private bool IsOf(Domain.Memory.Fact fact, TenantId tenant, ErasureScope scope) => fact.Tenant == tenant && scope.Kind switch
    {
        ErasureKind.Person => fact.Person.Value == scope.Id || RoomsOf(tenant, scope).Any(r => r.Conversation.Id == fact.SourceConversation),
        ErasureKind.Conversation => fact.SourceConversation.Value == scope.Id,
        _ => fact.SourceConversation.Value == scope.Id && fact.SourceSeq == scope.Seq,
    };

    private static bool IsAbout(AuditDraft what, ErasureScope scope, List<Room> rooms) => scope.Kind == ErasureKind.Message
        ? what.Subject == scope.Subject
        : what.Actor.Id == scope.Id.ToString() || what.Subject == scope.Subject
            || rooms.Exists(r => what.Subject.StartsWith($"conversation/{r.Conversation.Id}", StringComparison.Ordinal));
}
