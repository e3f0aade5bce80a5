using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People;

/// <summary>People, their identities and their standing on connections. Safe for concurrent use.</summary>
public interface IPeopleStore
{
    /// <summary>Approves, declines or blocks; approval also tells the person, in the same transaction.</summary>
    /// <param name="notice">Text for the person, or <see langword="null"/> to say nothing.</param>
    /// <returns><see langword="null"/> when there is no such open request; else the conversation to wake, if any.</returns>
    Task<PairingDecided?> DecidePairingAsync(TenantId tenant, Guid requestId, Standing standing, string? notice, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Sets a person's standing on a connection (block, unblock, allow).</summary>
    /// <returns><see langword="false"/> when the person or connection is unknown in the tenant.</returns>
    Task<bool> SetStandingAsync(TenantId tenant, PersonId person, ConnectionId connection, Standing standing, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Open pairing requests, oldest first.</summary>
    Task<IReadOnlyList<PairingRequest>> ListPairingAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>People in the order they were first met, with their identities.</summary>
    /// <param name="text">Part of a name in any case, or <see langword="null"/>.</param>
    Task<Page<PersonRow>> ListAsync(TenantId tenant, string? text, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>One person, or <see langword="null"/>.</summary>
    Task<PersonRow?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);
}

/// <summary>A sender as the house knows them.</summary>
public sealed record SenderStanding(PersonId Person, Standing Standing);

/// <summary>A code that proves to an operator who is asking: eight characters without look-alikes.</summary>
public sealed record PairingCode(string Value, DateTimeOffset ExpiresAt);

/// <summary>Someone unknown asks to talk to the assistant.</summary>
public sealed record PairingRequest(
    Guid Id, PersonId Person, ConnectionId Connection, string ChannelType, string DisplayName, string ExternalUserId, string Code,
    DateTimeOffset RequestedAt, DateTimeOffset ExpiresAt);

/// <summary>What a pairing decision set in motion.</summary>
public sealed record PairingDecided(ConversationId? Conversation);

/// <summary>A person on a screen.</summary>
public sealed record PersonRow(Person Person, IReadOnlyList<Identity> Identities, IReadOnlyList<ConnectionStanding> Standings, DateTimeOffset? LastSeenAt);

/// <summary>How a person stands on one connection.</summary>
public sealed record ConnectionStanding(ConnectionId Connection, Standing Standing);
