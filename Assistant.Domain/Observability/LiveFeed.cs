using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Observability;

/// <summary>Something a screen may show at once. Never the truth: a screen that missed one reads the store.</summary>
public abstract record LiveEvent(TenantId Tenant)
{
    /// <summary>A message was added or changed (text, delivery).</summary>
    public sealed record MessageChanged(TenantId Tenant, Message Message) : LiveEvent(Tenant);

    /// <summary>Reactions to a message changed.</summary>
    /// <param name="Reactions">All that stand now.</param>
    public sealed record ReactionsChanged(TenantId Tenant, ConversationId Conversation, long Seq, IReadOnlyList<Reaction> Reactions) : LiveEvent(Tenant);

    /// <summary>Control, status or waiting of a conversation changed, or it is new.</summary>
    public sealed record ConversationChanged(TenantId Tenant, ConversationId Conversation) : LiveEvent(Tenant);

    /// <summary>More text of a reply being generated; gone when the message comes or the reply is <see cref="ReplyAbandoned"/>.</summary>
    /// <param name="Text">The whole text so far, so that a missed event does no harm.</param>
    public sealed record ReplyProgress(TenantId Tenant, ConversationId Conversation, Guid TurnId, string Text) : LiveEvent(Tenant);

    /// <summary>A reply being generated will not come.</summary>
    public sealed record ReplyAbandoned(TenantId Tenant, ConversationId Conversation, Guid TurnId) : LiveEvent(Tenant);

    /// <summary>Somebody is writing, or stopped.</summary>
    public sealed record Typing(TenantId Tenant, ConversationId Conversation, AuthorKind Author, string Name, bool IsTyping) : LiveEvent(Tenant);

    /// <summary>A user has read a conversation, maybe on another page of theirs.</summary>
    /// <remarks>It is about the marks of that user, not <see cref="About"/> the conversation: nobody else's screen shows it.</remarks>
    /// <param name="Seq">Up to and with this message.</param>
    public sealed record ReadUpTo(TenantId Tenant, ConversationId Conversation, UserId User, long Seq) : LiveEvent(Tenant);

    /// <summary>A connection's health changed.</summary>
    public sealed record ConnectionChanged(TenantId Tenant, ConnectionId Connection) : LiveEvent(Tenant);

    /// <summary>Pairing requests changed.</summary>
    public sealed record PairingChanged(TenantId Tenant) : LiveEvent(Tenant);

    /// <summary>An audit event was written.</summary>
    public sealed record Audited(TenantId Tenant, AuditEvent Event) : LiveEvent(Tenant);

    /// <summary>Dead letters changed.</summary>
    public sealed record DeadLettersChanged(TenantId Tenant) : LiveEvent(Tenant);

    /// <summary>The conversation the event is about, or <see langword="null"/>.</summary>
    public ConversationId? About => this switch
    {
        MessageChanged e => e.Message.Conversation,
        ReactionsChanged e => e.Conversation,
        ConversationChanged e => e.Conversation,
        ReplyProgress e => e.Conversation,
        ReplyAbandoned e => e.Conversation,
        Typing e => e.Conversation,
        _ => null,
    };
}

/// <summary>In-process fan-out of live events. Publishing never blocks; a slow subscriber loses events and is told how many.</summary>
public interface ILiveFeed
{
    void Publish(LiveEvent liveEvent);

    /// <summary>Whether anybody listens to the tenant: lets a producer skip costly events.</summary>
    bool HasListeners(TenantId tenant);

    /// <summary>Subscribes until disposed.</summary>
    /// <param name="capacity">Events kept for a slow reader; the oldest are dropped beyond it.</param>
    ILiveSubscription Subscribe(TenantId tenant, int capacity);
}

/// <summary>One listener's events.</summary>
public interface ILiveSubscription : IDisposable
{
    /// <summary>Events lost so far because the reader was slow: read the store again when it grew.</summary>
    long Dropped { get; }

    IAsyncEnumerable<LiveEvent> ReadAllAsync(CancellationToken cancellationToken);
}
