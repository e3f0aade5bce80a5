using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Testing.Fakes;

namespace Assistant.Testing.InMemory.House;

/// <summary>The ports of a message's path in memory: one lock around each call stands for its transaction.</summary>
/// <remarks>Held to the same suites as the databases.</remarks>
public sealed partial class InMemoryHouse(TimeProvider clock)
    : ITenantDirectory, IConnectionStore, IInbox, ITurnStore, IOutbox, IConversationStore, IConversationQueries, IDeadLetterQueries, IPeopleStore, IAuditLog, IRecall,
        IPersonSealer, IErasureStore, IPersonRecords, IIndexingStore, IPersonAccountStore, IPersonLinkStore, IPersonActStore, IPersonNotices, IDirectChats, IAttachmentStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TenantId, Tenant> _tenants = [];
    private readonly Dictionary<TenantId, List<AuditEvent>> _audit = [];
    private readonly Dictionary<ConnectionId, Connection> _connections = [];
    private readonly Dictionary<ConnectionId, string> _cursors = [];
    private readonly List<Room> _rooms = [];
    private readonly List<Acquaintance> _people = [];
    private readonly List<Asked> _requests = [];
    private readonly Dictionary<(ConnectionId, PersonId), Standing> _standings = [];
    private readonly List<Fact> _facts = [];
    private readonly HashSet<(ConnectionId, string)> _dedupe = [];

    private DateTimeOffset Now => clock.GetUtcNow();

    Task<IReadOnlyList<Tenant>> ITenantDirectory.ListAsync(CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Tenant>>(() => [.. _tenants.Values.OrderBy(t => t.Id.Value, StringComparer.Ordinal)]);

    public Task<bool> EnsureAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (!_tenants.TryAdd(id, new Tenant(id, displayName, Now)))
            {
                return false;
            }

            Append(audit);
            return true;
        });

    public Task<bool> RenameAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (!_tenants.TryGetValue(id, out var tenant) || tenant.DisplayName == displayName)
            {
                return false;
            }

            _tenants[id] = tenant with { DisplayName = displayName };
            Append(audit);
            return true;
        });

    Task<IReadOnlyList<Connection>> IConnectionStore.ListAsync(TenantId? tenant, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<Connection>>(
            () => [.. _connections.Values.Where(c => tenant is null || c.Tenant == tenant).OrderBy(c => c.Id.Value, StringComparer.Ordinal)]);

    Task<Connection?> IConnectionStore.FindAsync(ConnectionId id, CancellationToken cancellationToken) => Locked(() => _connections.GetValueOrDefault(id));

    public Task<Connection?> SaveAsync(Connection connection, Connection? read, AuditDraft audit, CancellationToken cancellationToken)
        => Locked<Connection?>(() =>
        {
            if (Readings.Replace(connection, read, _connections.GetValueOrDefault(connection.Id)) is not { } saved)
            {
                return null;
            }

            _connections[connection.Id] = saved with { Settings = new SettingValues(saved.Settings.All) };
            Append(audit);
            return saved;
        });

    public Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, AuditDraft audit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            if (_connections.GetValueOrDefault(id)?.Tenant != tenant)
            {
                return false;
            }

            _cursors.Remove(id);
            Append(audit);
            return _connections.Remove(id);
        });

    public Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken) => Locked(() => _cursors.GetValueOrDefault(id));

    public Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken) => Locked(() => _cursors[id] = cursor);

    /// <summary>Runs as one transaction; a fault is the task's.</summary>
    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                return Task.FromResult(work());
            }
            catch (Exception error)
            {
                return Task.FromException<T>(error);
            }
        }
    }

    private Room? FindRoom(TenantId tenant, ConversationId id) => _rooms.Find(r => r.Conversation.Id == id && r.Conversation.Tenant == tenant);

    private Room RoomOf(ConversationId id) => _rooms.Find(r => r.Conversation.Id == id) ?? throw new InvalidOperationException($"There is no conversation {id}.");

    /// <summary>A conversation with all that belongs to it.</summary>
    private sealed partial class Room(Conversation conversation)
    {
        public Conversation Conversation { get; set; } = conversation;

        public DateTimeOffset LastAt { get; set; } = conversation.CreatedAt;

        public List<Message> Messages { get; } = [];

        public List<Waiting> Inbox { get; } = [];

        public List<PersonTurn> Turns { get; } = [];

        public List<Row> Outbox { get; } = [];

        public Dictionary<UserId, long> Read { get; } = [];

        /// <summary>Whether the assistant says nothing here: an operator holds it, or closed it.</summary>
        public bool IsWithPeople => Conversation is { Operator: not null } or { Status: ConversationStatus.Closed };

        public Row? FirstUnsent => Outbox.Find(r => r.State is OutboxState.Pending or OutboxState.Sending);

        public Message Add(Message message)
        {
            Messages.Add(message);
            Conversation = Conversation with { LastSeq = message.Seq };
            LastAt = message.At;
            return message;
        }

        /// <summary>Brings a message in line with its parts: it is as well as its worst one.</summary>
        public void Weigh(long seq)
        {
            var parts = Outbox.Where(r => r.Entry.MessageSeq == seq).ToLookup(r => r.State);
            var waiting = parts[OutboxState.Pending].Concat(parts[OutboxState.Sending]).ToList();
            var delivery = parts.Contains(OutboxState.Held) ? DeliveryState.Held
                : parts.Contains(OutboxState.Dead) ? DeliveryState.Failed
                : waiting.Exists(r => r.Entry.MayRepeat) ? DeliveryState.Uncertain
                : waiting.Count > 0 ? DeliveryState.Stored
                : parts[OutboxState.Dropped].Any(r => r.Entry.IsLastPart) && !parts.Contains(OutboxState.Sent) ? DeliveryState.Dropped
                : DeliveryState.Sent;
            Change(seq, m => m with { Delivery = delivery });
        }

        public void Change(long seq, Func<Message, Message> change)
        {
            var at = Messages.FindIndex(m => m.Seq == seq);
            Messages[at] = change(Messages[at]);
        }

        public OutboxEntry? Queue(Message message, IReadOnlyList<MessageBody> parts, bool byAssistant, bool mayClaim = true, string? replyTo = null)
        {
            var isFree = mayClaim && FirstUnsent is null;
            var rows = Rows(message, parts, byAssistant, replyTo);
            Outbox.AddRange(rows);
            return isFree && rows.Count > 0 ? rows[0].Claim(Conversation.Version) : null;
        }

        public void Hold(Message message, IReadOnlyList<MessageBody> parts, string? replyTo)
        {
            var rows = Rows(message, parts, byAssistant: true, replyTo);
            rows.ForEach(row => row.State = OutboxState.Held);
            Outbox.AddRange(rows);
        }

        private List<Row> Rows(Message message, IReadOnlyList<MessageBody> parts, bool byAssistant, string? replyTo)
            => [.. parts.Select((body, part) => new Row(new OutboxEntry(
                Guid.CreateVersion7(message.At), Conversation.Tenant, Conversation.Id, Conversation.Connection, Conversation.Chat, message.Seq, part,
                part == parts.Count - 1, body, part == 0 ? replyTo : null, byAssistant, 0, false, Conversation.Version, message.At)))];
    }

    private sealed class Row(OutboxEntry entry)
    {
        public OutboxEntry Entry { get; set; } = entry;

        public OutboxState State { get; set; } = OutboxState.Pending;

        public DateTimeOffset DueAt { get; set; } = entry.CreatedAt;

        public string? ExternalId { get; set; }

        public Phrase Error { get; set; } = new Phrase.Verbatim("");

        public DateTimeOffset EndedAt { get; set; }

        public OutboxEntry Claim(long version)
        {
            State = OutboxState.Sending;
            return Entry = Entry with { Attempts = Entry.Attempts + 1, Version = version };
        }
    }

    private sealed class Waiting(InboxEntry entry)
    {
        public InboxEntry Entry { get; set; } = entry;

        public bool IsOpen { get; set; } = true;

        public bool IsDead { get; set; }

        public DateTimeOffset DueAt { get; set; } = entry.ReceivedAt;

        public Phrase Error { get; set; } = new Phrase.Verbatim("");

        public DateTimeOffset EndedAt { get; set; }
    }
}
