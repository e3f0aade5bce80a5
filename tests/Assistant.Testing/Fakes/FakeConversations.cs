using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Fakes;

/// <summary>One conversation in memory, enough for what people at the console do with it.</summary>
public sealed class FakeConversations : IConversationStore, IConversationQueries
{
    private readonly List<Message> _messages = [];

    public Conversation Only { get; private set; } = new(
        ConversationId.Create(), TenantId.Default, new ConnectionId("tg"), new ExternalChat("42"), PersonId.Create(),
        ConversationStatus.Open, Operator: null, Version: 1, LastSeq: 0, WaitingSince: null, CreatedAt: DateTimeOffset.UnixEpoch);

    /// <summary>What happens once a reply was accepted.</summary>
    public Action? OnReply { get; set; }

    public List<AuditDraft> Audited { get; } = [];

    public List<HeldReply> Held { get; } = [];

    public List<IReadOnlyList<MessageBody>> Sent { get; } = [];

    public List<OutgoingFile> Files { get; } = [];

    public Dictionary<UserId, long> Read { get; } = [];

    public Message Add(AuthorKind author, string text, bool isNote = false)
    {
        Only = Only with { LastSeq = Only.LastSeq + 1 };
        var message = new Message(
            Only.Id, Only.LastSeq, Guid.CreateVersion7(), author, author.ToString(), new MessageBody(text),
            author == AuthorKind.Person ? [new Attachment("image", "secret-file-reference", "a.png", "image/png", 12)] : [],
            isNote, DateTimeOffset.UnixEpoch.AddMinutes(Only.LastSeq));
        _messages.Add(message);
        return message;
    }

    public void Forget(Message message)
        => _messages[_messages.IndexOf(message)] = message with { Body = MessageBody.Forgotten, Attachments = [] };

    public void HoldBack(string text)
        => Held.Add(new(Guid.CreateVersion7(), Only.Id, Add(AuthorKind.Assistant, text).Seq, new MessageBody(text), DateTimeOffset.UnixEpoch));

    public Task<Conversation?> FindAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        => Task.FromResult(Is(tenant, id) ? Only : null);

    public Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => TakeOverFromAsync(tenant, id, @operator.Id, @operator, audit, cancellationToken);

    public Task<ControlOutcome> TakeOverFromAsync(
        TenantId tenant, ConversationId id, UserId from, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Is(tenant, id) && Only.Operator is { } other && other.Id != @operator.Id && other.Id != from)
        {
            return Task.FromResult<ControlOutcome>(new ControlOutcome.HeldByOther(other));
        }

        return Change(tenant, id, Only.Operator?.Id == @operator.Id, Only with { Operator = @operator, Version = Only.Version + 1 }, audit);
    }

    public Task<ControlOutcome> HandBackAsync(TenantId tenant, ConversationId id, UserRef @operator, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, Only.Operator is null, Only with { Operator = null, Version = Only.Version + 1 }, audit);

    public Task<ControlOutcome> SetStatusAsync(TenantId tenant, ConversationId id, ConversationStatus status, AuditDraft audit, CancellationToken cancellationToken)
        => Change(tenant, id, Only.Status == status, Only with { Status = status, Version = Only.Version + 1 }, audit);

    public Task<ReplyOutcome> ReplyAsync(
        TenantId tenant, ConversationId id, UserRef @operator, OperatorReply reply, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Only.Operator?.Id != @operator.Id)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotHolder(Only.Operator));
        }

        Sent.Add(reply.Parts);
        Files.AddRange(reply.Files);
        Audited.Add(audit);
        OnReply?.Invoke();
        return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Accepted(Add(AuthorKind.Operator, reply.Body.Markdown), null));
    }

    public Task<Message?> AddNoteAsync(TenantId tenant, ConversationId id, UserRef author, string markdown, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (!Is(tenant, id))
        {
            return Task.FromResult<Message?>(null);
        }

        Audited.Add(audit);
        return Task.FromResult<Message?>(Add(AuthorKind.Operator, markdown, isNote: true));
    }

    public Task<ReplyOutcome> DecideHeldAsync(
        TenantId tenant, Guid entryId, UserRef @operator, HeldDecision decision, AuditDraft audit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Held.FirstOrDefault(h => h.EntryId == entryId) is not { } held)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotFound());
        }

        if (Only.Operator is { } holder && holder.Id != @operator.Id)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotHolder(holder));
        }

        Held.Remove(held);
        Audited.Add(audit);
        return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Accepted(_messages.Single(m => m.Seq == held.MessageSeq), null));
    }

    public Task<ReplyOutcome> ReplaceHeldAsync(
        TenantId tenant, ConversationId id, Guid entryId, UserRef @operator, OperatorReply reply, AuditDraft audit, AuditDraft dropAudit,
        CancellationToken cancellationToken)
    {
        if (Only.Operator?.Id == @operator.Id && Held.RemoveAll(held => Is(tenant, id) && held.EntryId == entryId) == 0)
        {
            return Task.FromResult<ReplyOutcome>(new ReplyOutcome.NotFound());
        }

        var said = ReplyAsync(tenant, id, @operator, reply, audit, cancellationToken);
        if (Only.Operator?.Id == @operator.Id)
        {
            Audited.Add(dropAudit);
        }

        return said;
    }

    public Task MarkReadAsync(TenantId tenant, ConversationId id, UserId user, long seq, CancellationToken cancellationToken)
    {
        Read[user] = seq;
        return Task.CompletedTask;
    }

    public async Task<Page<ConversationRow>> ListAsync(
        TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken)
        => after is null or "next"
            ? new(
                after is null && await FindAsync(tenant, user, Only.Id, cancellationToken) is { } row && (filter.Person is null || filter.Person == row.Person) ? [row] : [],
                after is null ? "next" : null)
            : throw new UnknownCursorException();

    public Task<ConversationRow?> FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken)
        => Task.FromResult(Is(tenant, id)
            ? new ConversationRow(
                Only.Id, Only.Connection, "fake", "Li Lei", Only.Status, Only.Operator, Only.WaitingSince,
                _messages.LastOrDefault()?.Body.Markdown ?? "", AuthorKind.Person, Only.CreatedAt, Only.LastSeq, 0,
                Person: Only.Chat.IsGroup ? null : Only.Person, CreatedAt: Only.CreatedAt)
            : null);

    public Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<Message>>([.. _messages.Where(m => m.Seq < (before ?? long.MaxValue)).TakeLast(limit)]);

    public Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<Message>>([.. _messages.Where(m => m.Seq > after).Take(limit)]);

    public Task<IReadOnlyList<HeldReply>> ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<HeldReply>>(Is(tenant, id) ? [.. Held] : []);

    public Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken)
        => Task.FromResult<ConversationId?>(Only.Id);

    private Task<ControlOutcome> Change(TenantId tenant, ConversationId id, bool isSo, Conversation changed, AuditDraft audit)
    {
        if (!Is(tenant, id))
        {
            return Task.FromResult<ControlOutcome>(new ControlOutcome.NotFound());
        }

        if (isSo)
        {
            return Task.FromResult<ControlOutcome>(new ControlOutcome.Unchanged(Only));
        }

        Only = changed;
        Audited.Add(audit);
        return Task.FromResult<ControlOutcome>(new ControlOutcome.Changed(Only, 0));
    }

    private bool Is(TenantId tenant, ConversationId id) => tenant == Only.Tenant && id == Only.Id;
}

/// <summary>Records what was signalled, in order.</summary>
public sealed class RecordedSignals : IConversationExecutor, IOutboxSignal, ILiveFeed
{
    public List<string> Log { get; } = [];

    /// <summary>Completes when senders are quiet; pending to hold a take-over open.</summary>
    public Task Settled { get; set; } = Task.CompletedTask;

    public void Wake(ConversationId conversation) => Log.Add("wake");

    public void Halt(ConversationId conversation, long version) => Log.Add("halted");

    public void HaltEdited(ConversationId conversation, string message, DateTimeOffset at) => Log.Add("edited");

    public void Committed(ConversationId conversation, OutboxEntry? claimed) => Log.Add("committed");

    public async Task SettleAsync(ConversationId conversation, long version, CancellationToken cancellationToken)
    {
        await Settled.WaitAsync(cancellationToken);
        Log.Add("settled");
    }

    public void Publish(LiveEvent liveEvent) => Log.Add(liveEvent.GetType().Name);

    public bool HasListeners(TenantId tenant) => true;

    public ILiveSubscription Subscribe(TenantId tenant, int capacity) => throw new NotSupportedException("Nobody listens to recorded signals.");
}
