using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Conversations;

/// <summary>Which conversations a list shows.</summary>
public enum ConversationView { All, Mine, Waiting, Closed }

/// <summary>Filter of the conversation list; every part is optional.</summary>
/// <param name="Text">What white space parts is each found in the person's name, or each in one message, Chinese substrings included.</param>
/// <param name="Person">Only what they talk in alone with the assistant; no groups.</param>
public sealed record ConversationFilter(
    ConversationView View = ConversationView.All, string? Text = null, ConnectionId? Connection = null, PersonId? Person = null);

/// <summary>A page of a list.</summary>
/// <param name="Next">Cursor of the next page; <see langword="null"/> at the end. A list given another one throws <see cref="UnknownCursorException"/>.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A row of the conversation list.</summary>
/// <param name="Unread">Messages of the person the user has not read.</param>
/// <param name="IsForgotten">The last words were a forgotten person's: <paramref name="LastText"/> is empty.</param>
/// <param name="Person">Whose it is; <see langword="null"/> for a group, which is nobody's alone.</param>
public sealed record ConversationRow(
    ConversationId Id,
    ConnectionId Connection,
    string ChannelType,
    string Title,
    ConversationStatus Status,
    UserRef? Operator,
    DateTimeOffset? WaitingSince,
    string LastText,
    AuthorKind LastAuthor,
    DateTimeOffset LastAt,
    long LastSeq,
    int Unread,
    bool IsForgotten = false,
    PersonId? Person = null,
    DateTimeOffset CreatedAt = default);

/// <summary>Reads for screens and the API. Never returns another tenant's rows.</summary>
public interface IConversationQueries
{
    /// <summary>Newest activity first.</summary>
    /// <param name="after">Cursor of the page before, or <see langword="null"/>.</param>
    Task<Page<ConversationRow>> ListAsync(TenantId tenant, UserId user, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The row of one conversation, or <see langword="null"/>.</summary>
    Task<ConversationRow?> FindAsync(TenantId tenant, UserId user, ConversationId id, CancellationToken cancellationToken);

    /// <summary>Messages with <c>Seq</c> below <paramref name="before"/> (newest when <see langword="null"/>), oldest first.</summary>
    Task<IReadOnlyList<Message>> ReadThreadAsync(TenantId tenant, ConversationId id, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Messages with <c>Seq</c> above <paramref name="after"/>, oldest first: what a reconnecting device missed.</summary>
    Task<IReadOnlyList<Message>> ReadSinceAsync(TenantId tenant, ConversationId id, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Replies held back in a conversation, oldest first, one per message.</summary>
    Task<IReadOnlyList<HeldReply>> ListHeldAsync(TenantId tenant, ConversationId id, CancellationToken cancellationToken);

    /// <summary>The conversation of a chat on a connection, or <see langword="null"/>.</summary>
    Task<ConversationId?> FindByChatAsync(ConnectionId connection, ExternalChat chat, CancellationToken cancellationToken);
}
