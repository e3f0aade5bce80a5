using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Acts;

/// <summary>What an act is called: the id of its link's token, see <see cref="Security.RandomToken"/>.</summary>
public readonly record struct PersonActId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>What a person can ask for in a messenger and has to prove.</summary>
public enum PersonActKind { ExportHtml, ExportJson, Forget }

/// <summary>A sensitive act a person asked for in a conversation, waiting to be proven behind its link.</summary>
/// <param name="Conversation">Where it was asked for, and where it is said that it was done.</param>
/// <param name="Digest">Of <see cref="PersonActDesk.DigestOf"/>: what was asked for, as it was then.</param>
public sealed record PersonAct(
    PersonActId Id, TenantId Tenant, PersonId Person, ConversationId Conversation, PersonActKind Kind, ReadOnlyMemory<byte> Digest,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt = null)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && now < ExpiresAt;
}

/// <summary>The acts people asked for. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IPersonActStore
{
    /// <summary>Keeps an act; earlier ones of the person open nothing any more, and those of the tenant that expired more than a day ago are forgotten.</summary>
    Task AddAsync(PersonAct act, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>An act of any tenant, open or not, or <see langword="null"/>: whoever has the link need not say which tenant's it is.</summary>
    Task<PersonAct?> FindAsync(PersonActId id, CancellationToken cancellationToken);

    /// <summary>Uses an act up. Of several claims one succeeds, and none after its time.</summary>
    /// <returns><see langword="false"/> when it is used, expired or unknown in the tenant; then nothing is written.</returns>
    Task<bool> ClaimAsync(TenantId tenant, PersonActId id, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>Says something to a person on the product's own behalf, outside of any turn. Safe for concurrent use.</summary>
public interface IPersonNotices
{
    /// <summary>Queues a message in the person's conversation, in one transaction with its audit event. A take-over does not hold it back: the assistant did not think of it.</summary>
    /// <returns><see langword="false"/> when the conversation is not the person's any more; then nothing is written.</returns>
    Task<bool> TellAsync(TenantId tenant, PersonId person, ConversationId conversation, string text, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The direct conversation the person wrote in last, on a connection that is enabled; <see langword="null"/> when there is none.</summary>
    Task<ConversationId?> FindLastDirectAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);
}
