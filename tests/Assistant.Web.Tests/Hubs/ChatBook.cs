using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Tests.Hubs;

/// <summary>Gateway, conversations and sessions of web chats, in memory and for many threads, publishing as the house does.</summary>
internal sealed class ChatBook(ILiveFeed feed, TimeProvider time) : IConversationQueries, IMessageGateway, IChannelSessions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConversationId, Conversation> _conversations = [];
    private readonly Dictionary<ConversationId, List<Message>> _messages = [];
    private readonly Dictionary<ConnectionId, Connection> _running = [];
    private readonly HashSet<(ConnectionId, string)> _seen = [];

    public List<InboundMessage> Accepted { get; } = [];

    /// <summary>Thrown by the gateway, once, after it stored the message: the answer is lost.</summary>
    public Exception? NextLostAnswer { get; set; }

    /// <summary>Thrown, once, instead of an answer to who reads a conversation.</summary>
    public Exception? NextFailedRead { get; set; }

    /// <summary>Instead of an answer of its own, the gateway asks for pairing.</summary>
    public bool AsksForPairing { get; set; }

    /// <summary>What a look-up of a visitor's conversation waits for, given what the caller gives up by.</summary>
    public Func<CancellationToken, Task>? BeforeFinding { get; set; }

    public IConversationStore Store => new Reads(this);

    public void Run(Connection connection) => _running[connection.Id] = connection;

    public void Stop(ConnectionId connection) => _running.Remove(connection);

    public IReadOnlyList<Message> Messages(ConversationId id)
    {
        lock (_gate)
        {
            return [.. _messages[id]];
        }
    }

    public Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        if (FindConnection(message.Connection) is not { } connection)
        {
            throw new ConnectionGoneException(message.Connection);
        }

        ConversationId id;
        lock (_gate)
        {
            if (!_seen.Add((message.Connection, message.DedupeKey)))
            {
                return Task.FromResult<GatewayOutcome>(new GatewayOutcome.Duplicate());
            }

            Accepted.Add(message);
            id = OpenLocked(connection, message.Chat);
        }

        if (AsksForPairing)
        {
            Add(id, AuthorKind.System, "", "Your code is ABCD2345.", DeliveryState.Sent);
            return Task.FromResult<GatewayOutcome>(new GatewayOutcome.PairingRequired());
        }

        if (message.Content is InboundContent.Said said)
        {
            Add(id, AuthorKind.Person, message.Sender.DisplayName, said.Text, externalId: message.ExternalMessageId);
        }

        if (NextLostAnswer is { } failure)
        {
            NextLostAnswer = null;
            throw failure;
        }

        return Task.FromResult<GatewayOutcome>(new GatewayOutcome.Stored(id));
    }

    public ConversationId Open(Connection connection, ExternalChat chat)
    {
        lock (_gate)
        {
            return OpenLocked(connection, chat);
        }
    }

    public Message Add(
        ConversationId id, AuthorKind author, string name, string text, DeliveryState delivery = DeliveryState.None, bool isNote = false,
        Guid? turn = null, string? externalId = null, IReadOnlyList<MessageButton>? buttons = null)
    {
        Message message;
        lock (_gate)
        {
            var messages = _messages[id];
            message = new Message(
                id, messages.Count + 1, Guid.CreateVersion7(), author, name, new MessageBody(text, buttons ?? []), [], isNote, time.GetUtcNow(), delivery,
                externalId, TurnId: turn);
            messages.Add(message);
        }

        Publish(message);
        return message;
    }

    /// <summary>The assistant's answer, stored and sent.</summary>
    public Message Answer(ConversationId id, string text, Guid? turn = null, IReadOnlyList<MessageButton>? buttons = null)
    {
        var stored = Add(id, AuthorKind.Assistant, "Assistant", text, DeliveryState.Stored, turn: turn, buttons: buttons);
        return Change(stored, sent => sent with { Delivery = DeliveryState.Sent });
    }

    public Message Change(Message message, Func<Message, Message> change)
    {
        Message changed;
        lock (_gate)
        {
            var messages = _messages[message.Conversation];
            changed = messages[(int)message.Seq - 1] = change(messages[(int)message.Seq - 1]);
        }

        Publish(changed);
        return changed;
    }

    public void Change(ConversationId id, Func<Conversation, Conversation> change)
    {
        TenantId tenant;
        lock (_gate)
        {
            tenant = (_conversations[id] = change(_conversations[id])).Tenant;
        }

        feed.Publish(new LiveEvent.ConversationChanged(tenant, id));
    }

    /// <summary>Takes a conversation out, as an erasure does.</summary>
    /// <param name="isElsewhere">By another process, of which nothing is heard here.</param>
    public void Forget(ConversationId id, bool isElsewhere = false)
    {
        TenantId tenant;
        lock (_gate)
        {
            tenant = _conversations[id].Tenant;
            _conversations.Remove(id);
        }

        if (isElsewhere)
        {
            return;
        }

        feed.Publish(new LiveEvent.ConversationChanged(tenant, id));
    }

    public IChannelSession? Find(ConnectionId id) => _running.ContainsKey(id) ? new Session() : null;

    public Connection? FindConnection(ConnectionId id) => _running.GetValueOrDefault(id);

    void IChannelSessions.NoteInbound(ConnectionId id) { }

    void IChannelSessions.NoteOutbound(ConnectionId id) { }

    public Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Message>>([.. Of(tenant, id).Where(m => m.Seq < (before ?? long.MaxValue)).TakeLast(limit)]);

    public Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Message>>([.. Of(tenant, id).Where(m => m.Seq > after).Take(limit)]);

    public async Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken)
    {
        await (BeforeFinding?.Invoke(cancellationToken) ?? Task.CompletedTask);
        lock (_gate)
        {
            return _conversations.Values.Where(c => c.Connection == connection && c.Chat == chat).Select(c => (ConversationId?)c.Id).FirstOrDefault();
        }
    }

    Task<Page<ConversationRow>> IConversationQueries.ListAsync(
        TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken) => throw Unused();

    Task<ConversationRow?> IConversationQueries.FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken) => throw Unused();

    Task<IReadOnlyList<HeldReply>> IConversationQueries.ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken) => throw Unused();

    private static NotSupportedException Unused() => new("A visitor's device has no use for this.");

    private ConversationId OpenLocked(Connection connection, ExternalChat chat)
    {
        if (_conversations.Values.FirstOrDefault(c => c.Connection == connection.Id && c.Chat == chat) is { } known)
        {
            return known.Id;
        }

        var id = ConversationId.Create();
        _messages[id] = [];
        _conversations[id] = new Conversation(
            id, connection.Tenant, connection.Id, chat, Domain.People.PersonId.Create(), ConversationStatus.Open, null, 1, 0, null, time.GetUtcNow());
        return id;
    }

    private List<Message> Of(TenantId tenant, ConversationId id)
    {
        lock (_gate)
        {
            return _conversations.TryGetValue(id, out var conversation) && conversation.Tenant == tenant ? [.. _messages[id]] : [];
        }
    }

    private void Publish(Message message)
    {
        TenantId tenant;
        lock (_gate)
        {
            tenant = _conversations[message.Conversation].Tenant;
        }

        feed.Publish(new LiveEvent.MessageChanged(tenant, message));
    }

    private sealed class Session : IChannelSession
    {
        public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw Unused();

        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw Unused();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Reads(ChatBook book) : IConversationStore
    {
        public Task<Conversation?> FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        {
            lock (book._gate)
            {
                if (book.NextFailedRead is { } failure)
                {
                    book.NextFailedRead = null;
                    throw failure;
                }

                return Task.FromResult(book._conversations.TryGetValue(id, out var found) && found.Tenant == tenant ? found : null);
            }
        }

        public Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ControlOutcome> TakeOverFromAsync(
            TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ReplyOutcome> ReplyAsync(
            TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit,
            CancellationToken cancellationToken) => throw Unused();

        public Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ReplyOutcome> DecideHeldAsync(
            TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken) => throw Unused();

        public Task<ReplyOutcome> ReplaceHeldAsync(
            TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
            CancellationToken cancellationToken) => throw Unused();

        public Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken) => throw Unused();
    }
}
