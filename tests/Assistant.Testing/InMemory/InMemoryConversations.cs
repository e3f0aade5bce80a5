using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Conversations, their messages and what was held back, in memory. For tests that run on one thread.</summary>
public sealed class InMemoryConversations(TimeProvider clock, InMemoryAuditLog log) : IConversationStore, IConversationQueries
{
    private readonly Dictionary<ConversationId, State> _states = [];

    /// <summary>How often a list was read: shows that a screen does not read for every event.</summary>
    public int Lists { get; private set; }

    /// <summary>Thrown by the next read, once.</summary>
    public Exception? NextFailure { get; set; }

    public ConversationId Add(
        TenantId tenant, string title, ConnectionId connection, string channelType = "telegram", PersonId? person = null, DateTimeOffset? at = null)
    {
        var id = ConversationId.Create();
        var chat = new ExternalChat(id.ToString());
        _states[id] = new State(
            new Conversation(
                id, tenant, connection, chat, person ?? PersonId.Create(), ConversationStatus.Open, null, 1, 0, null, at ?? clock.GetUtcNow()),
            title, channelType);
        return id;
    }

    public Message Say(
        ConversationId id, AuthorKind author, string name, string text, DateTimeOffset? at = null,
        DeliveryState delivery = DeliveryState.None, Guid? turn = null, IReadOnlyList<Attachment>? attachments = null, bool isNote = false)
    {
        var state = _states[id];
        var message = new Message(
            id, state.Conversation.LastSeq + 1, Guid.CreateVersion7(), author, name, new MessageBody(text), attachments ?? [], isNote,
            at ?? clock.GetUtcNow(), delivery, TurnId: turn);
        state.Messages.Add(message);
        state.Conversation = state.Conversation with { LastSeq = message.Seq };
        return message;
    }

    public Message Change(ConversationId id, long seq, Func<Message, Message> change)
    {
        var messages = _states[id].Messages;
        var index = messages.FindIndex(message => message.Seq == seq);
        return messages[index] = change(messages[index]);
    }

    public void Change(ConversationId id, Func<Conversation, Conversation> change) => _states[id].Conversation = change(_states[id].Conversation);

    public HeldReply Hold(ConversationId id, string text)
    {
        var message = Say(id, AuthorKind.Assistant, "Assistant", text, delivery: DeliveryState.Held);
        var held = new HeldReply(Guid.CreateVersion7(), id, message.Seq, message.Body, message.At);
        _states[id].Held.Add(held);
        return held;
    }

    public IReadOnlyList<Message> Messages(ConversationId id) => _states[id].Messages;

    public Task<Conversation?> FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken) => Task.FromResult(Find(tenant, id)?.Conversation);

    public Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => TakeOverFromAsync(tenant, id, @operator.Id, @operator, audit, cancellationToken);

    public Task<ControlOutcome> TakeOverFromAsync(
        TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Find(tenant, id) is not { } state)
        {
            return Task.FromResult<ControlOutcome>(new ControlOutcome.NotFound());
        }

        if (state.Conversation.Operator is { } holder && (holder.Id == @operator.Id || holder.Id != from))
        {
            return Task.FromResult<ControlOutcome>(
                holder.Id == @operator.Id ? new ControlOutcome.Unchanged(state.Conversation) : new ControlOutcome.HeldByOther(holder));
        }

        var queued = state.Messages.Where(message => message is { Author: AuthorKind.Assistant, Delivery: DeliveryState.Stored }).ToList();
        foreach (var message in queued)
        {
            Change(id, message.Seq, stopped => stopped with { Delivery = DeliveryState.Held });
            state.Held.Add(new HeldReply(Guid.CreateVersion7(), id, message.Seq, message.Body, message.At));
        }

        return ChangedAsync(state, audit, queued.Count, state.Conversation with
        {
            Operator = @operator,
            WaitingSince = null,
            Version = state.Conversation.Version + 1,
        });
    }

    public Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken) =>
        Find(tenant, id) switch
        {
            null => Task.FromResult<ControlOutcome>(new ControlOutcome.NotFound()),
            { Conversation.Operator: null } state => Task.FromResult<ControlOutcome>(new ControlOutcome.Unchanged(state.Conversation)),
            { Conversation.Operator: { } holder } when holder.Id != @operator.Id => Task.FromResult<ControlOutcome>(new ControlOutcome.HeldByOther(holder)),
            var state => ChangedAsync(state, audit, 0, state.Conversation with { Operator = null, Version = state.Conversation.Version + 1 }),
        };

    public Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken) =>
        Find(tenant, id) switch
        {
            null => Task.FromResult<ControlOutcome>(new ControlOutcome.NotFound()),
            var state when state.Conversation.Status == status => Task.FromResult<ControlOutcome>(new ControlOutcome.Unchanged(state.Conversation)),
            var state => ChangedAsync(state, audit, 0, state.Conversation with { Status = status, Operator = null, WaitingSince = null }),
        };

    public Task<ReplyOutcome> ReplyAsync(
        TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit,
        CancellationToken cancellationToken)
    {
        if (Find(tenant, id) is not { } state)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotFound());
        }

        if (state.Conversation.Operator?.Id != @operator.Id)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotHolder(state.Conversation.Operator));
        }

        log.Append(audit);
        var message = Say(
            id, AuthorKind.Operator, @operator.Name, reply.Body.Markdown, delivery: DeliveryState.Stored, attachments: [.. reply.Files.Select(file => file.Named)]);
        return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Accepted(message, null));
    }

    public Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Find(tenant, id) is null)
        {
            return Task.FromResult<Message?>(null);
        }

        log.Append(audit);
        return Task.FromResult<Message?>(Say(id, AuthorKind.Operator, author.Name, markdown, isNote: true));
    }

    public Task<ReplyOutcome> DecideHeldAsync(
        TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken)
    {
        var state = _states.Values.FirstOrDefault(candidate =>
            candidate.Conversation.Tenant == tenant && candidate.Held.Exists(held => held.EntryId == entryId));
        if (state is null)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotFound());
        }

        if (state.Conversation.Operator is { } holder && holder.Id != @operator.Id)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotHolder(holder));
        }

        log.Append(audit);
        var held = state.Held.Single(reply => reply.EntryId == entryId);
        state.Held.Remove(held);
        var message = Change(held.Conversation, held.MessageSeq, decided => decided with
        {
            Delivery = decision is HeldDecision.Send ? DeliveryState.Stored : DeliveryState.Dropped,
        });
        return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Accepted(message, null));
    }

    public async Task<ReplyOutcome> ReplaceHeldAsync(
        TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
        CancellationToken cancellationToken)
    {
        if (Find(tenant, id) is not { } state)
        {
            return new ReplyOutcome.NotFound();
        }

        if (state.Conversation.Operator?.Id == @operator.Id && !state.Held.Exists(held => held.EntryId == entryId))
        {
            return new ReplyOutcome.NotFound();
        }

        var said = await ReplyAsync(tenant, id, @operator, reply, audit, cancellationToken);
        if (said is ReplyOutcome.Accepted)
        {
            await DecideHeldAsync(tenant, entryId, @operator, HeldDecision.Drop, dropAudit, cancellationToken);
        }

        return said;
    }

    public Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken)
    {
        if (Find(tenant, id) is { } state)
        {
            state.Read[user] = Math.Max(Math.Min(seq, state.Conversation.LastSeq), state.Read.GetValueOrDefault(user));
        }

        return Task.CompletedTask;
    }

    public Task<Page<ConversationRow>> ListAsync(
        TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        ThrowIfAsked();
        Lists++;
        var rows = _states.Values
            .Where(state => state.Conversation.Tenant == tenant && Matches(state, user, filter))
            .Select(state => Row(state, user))
            .OrderByDescending(row => row.LastAt).ThenByDescending(row => row.Id.Value)
            .ToList();
        var start = after is null ? 0 : rows.FindIndex(row => row.Id.ToString() == after) + 1;
        var items = rows.Skip(start).Take(limit).ToList();
        return Task.FromResult(new Page<ConversationRow>(items, start + items.Count < rows.Count ? items[^1].Id.ToString() : null));
    }

    public Task<ConversationRow?> FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken)
    {
        ThrowIfAsked();
        return Task.FromResult(Find(tenant, id) is { } state ? Row(state, user) : null);
    }

    public Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Message>>(
            [.. (Find(tenant, id)?.Messages ?? []).Where(message => message.Seq < (before ?? long.MaxValue)).TakeLast(limit)]);

    public Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Message>>([.. (Find(tenant, id)?.Messages ?? []).Where(message => message.Seq > after).Take(limit)]);

    public Task<IReadOnlyList<HeldReply>> ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<HeldReply>>([.. Find(tenant, id)?.Held ?? []]);

    public Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken) =>
        Task.FromResult(_states.Values
            .Where(state => state.Conversation.Connection == connection && state.Conversation.Chat == chat)
            .Select(state => (ConversationId?)state.Conversation.Id).FirstOrDefault());

    private static bool Matches(State state, UserId user, ConversationFilter filter)
    {
        var conversation = state.Conversation;
        var inView = filter.View switch
        {
            ConversationView.Mine => conversation.Operator?.Id == user,
            ConversationView.Waiting => conversation.WaitingSince is not null,
            ConversationView.Closed => conversation.Status is ConversationStatus.Closed,
            _ => conversation.Status is ConversationStatus.Open,
        };
        return inView
            && (filter.Connection is null || filter.Connection == conversation.Connection)
            && (filter.Person is null || (filter.Person == conversation.Person && !conversation.Chat.IsGroup))
            && (filter.Text is not { } text || NameLetters.Fold(state.Title).Contains(NameLetters.Fold(text), StringComparison.Ordinal)
                || state.Messages.Exists(message => message.Body.Markdown.Contains(text, StringComparison.OrdinalIgnoreCase)));
    }

    private static ConversationRow Row(State state, UserId user)
    {
        var conversation = state.Conversation;
        var last = state.Messages.LastOrDefault(message => !message.IsNote);
        var read = state.Read.GetValueOrDefault(user);
        return new ConversationRow(
            conversation.Id, conversation.Connection, state.ChannelType, state.Title, conversation.Status, conversation.Operator,
            conversation.WaitingSince, last?.Body.Markdown ?? "", last?.Author ?? AuthorKind.System, last?.At ?? conversation.CreatedAt,
            conversation.LastSeq, state.Messages.Count(message => message is { Author: AuthorKind.Person, DeletedAt: null } && message.Seq > read),
            Person: conversation.Chat.IsGroup ? null : conversation.Person, CreatedAt: conversation.CreatedAt);
    }

    private State? Find(TenantId tenant, ConversationId id) =>
        _states.TryGetValue(id, out var state) && state.Conversation.Tenant == tenant ? state : null;

    private Task<ControlOutcome> ChangedAsync(State state, AuditDraft audit, int heldBack, Conversation conversation)
    {
        log.Append(audit);
        state.Conversation = conversation;
        return Task.FromResult<ControlOutcome>(new ControlOutcome.Changed(conversation, heldBack));
    }

    private void ThrowIfAsked()
    {
        var failure = NextFailure;
        NextFailure = null;
        if (failure is not null)
        {
            throw failure;
        }
    }

    private sealed class State(Conversation conversation, string title, string channelType)
    {
        public Conversation Conversation { get; set; } = conversation;

        public string Title => title;

        public string ChannelType => channelType;

        public List<Message> Messages { get; } = [];

        public List<HeldReply> Held { get; } = [];

        public Dictionary<UserId, long> Read { get; } = [];
    }
}
