using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Reach;

/// <summary>A chat somebody has alone with the assistant, on a connection that is switched on.</summary>
/// <param name="Person">Whose it is; with linked persons not always the one asked about.</param>
/// <param name="LastSaidAt">When the person last said something there; <see langword="null"/> when they never did.</param>
/// <param name="PreferredAt">When it was said that they want to be written to there; the latest word counts.</param>
public sealed record DirectChat(
    ConversationId Conversation, PersonId Person, ConnectionId Connection, string ChannelType, DateTimeOffset? LastSaidAt, DateTimeOffset? PreferredAt);

/// <summary>Goes on in one chat with what was begun in another.</summary>
/// <param name="From">Where it was begun, as far as it had come.</param>
/// <param name="To">Where it goes on: another conversation of the same human being.</param>
/// <param name="Left">The line in <paramref name="From"/>, for colleagues.</param>
/// <param name="Entered">The line in <paramref name="To"/>, likewise.</param>
/// <param name="Notice">What the person is told in <paramref name="To"/>; <see langword="null"/> when an operator writes there next.</param>
public sealed record Continuation(TenantId Tenant, ConversationPoint From, ConversationId To, MessageBody Left, MessageBody Entered, string? Notice);

/// <summary>How going on elsewhere ended.</summary>
public enum ContinuationOutcome
{
    Continued,

    /// <summary>It went on there from the same point already: nothing was written or said again.</summary>
    Already,

    /// <summary>One of the conversations is not there, is a group, or its person was forgotten.</summary>
    NotFound,
}

/// <summary>The chats people have alone with the assistant, and which of them follow on another. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IDirectChats
{
    /// <summary>The chats of some persons, one of each connection: the one used last. In no particular order.</summary>
    Task<IReadOnlyList<DirectChat>> ListAsync(TenantId tenant, IReadOnlyList<PersonId> persons, CancellationToken cancellationToken);

    /// <summary>Notes that a person wants to be written to in this chat.</summary>
    /// <returns><see langword="false"/> when the tenant has no such chat; then nothing is written.</returns>
    Task<bool> PreferAsync(TenantId tenant, ConversationId conversation, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Forgets what some persons prefer.</summary>
    /// <returns><see langword="false"/> when they preferred nothing; then nothing is written.</returns>
    Task<bool> DropPreferencesAsync(TenantId tenant, IReadOnlyList<PersonId> persons, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Notes the point in the conversation that goes on, writes both lines and queues the notice.</summary>
    Task<ContinuationOutcome> ContinueAsync(Continuation continuation, AuditDraft audit, CancellationToken cancellationToken);
}
