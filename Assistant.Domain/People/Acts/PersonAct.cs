using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Acts;

/// <summary>What an act is called: the id of its link's token, see <see cref="Security.RandomToken"/>.</summary>
public readonly record struct PersonActId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>What became of an act.</summary>
public enum PersonActStep
{
    Asked,
    /// <summary>Proven and done.</summary>
    Done,
    /// <summary>By the account it was meant for.</summary>
    Declined,
    /// <summary>Its time ran out.</summary>
    Expired,
    /// <summary>The person asked anew.</summary>
    Replaced,
}

/// <summary>What a person can ask for in a messenger and has to prove.</summary>
public enum PersonActKind { ExportHtml, ExportJson, Forget }

/// <summary>A sensitive act a person asked for in a conversation, waiting to be proven behind its link.</summary>
/// <param name="Conversation">Where it was asked for, and where it is said that it was done.</param>
/// <param name="Digest">Of <see cref="PersonActDesk.DigestOf"/>: what was asked for, as it was then.</param>
/// <param name="UsedAt">When it was used up: done, declined, or found to have ended unused.</param>
public sealed record PersonAct(
    PersonActId Id, TenantId Tenant, PersonId Person, ConversationId Conversation, PersonActKind Kind, ReadOnlyMemory<byte> Digest,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt = null)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && now < ExpiresAt;
}

/// <summary>The acts people asked for. Safe for concurrent use.</summary>
/// <remarks>
/// Every write is one transaction with its audit event, with the line colleagues read in the conversation, and, once an act is over, with the
/// message to the person, all as <see cref="PersonActWords"/> says it. Where the conversation or the person is being forgotten, neither is written.
/// </remarks>
public interface IPersonActStore
{
    /// <summary>Keeps an act; an earlier open one of the person is used up, and those of the tenant used up that expired more than a day ago are forgotten.</summary>
    /// <param name="replaced">Recorded as well when there was an earlier one.</param>
    Task AddAsync(PersonAct act, AuditDraft audit, AuditDraft replaced, CancellationToken cancellationToken);

    /// <summary>An act of any tenant, open or not, or <see langword="null"/>: whoever has the link need not say which tenant's it is.</summary>
    Task<PersonAct?> FindAsync(PersonActId id, CancellationToken cancellationToken);

    /// <summary>Uses an act up. Of several calls one succeeds: done or declined within its time, expired only afterwards.</summary>
    /// <returns><see langword="false"/> when it is used up, too late or too early for the step, or unknown in the tenant; then nothing is written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is none that ends one act.</exception>
    Task<bool> EndAsync(TenantId tenant, PersonActId id, PersonActStep step, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Acts of any tenant whose time ran out before they were used up, the oldest first.</summary>
    Task<IReadOnlyList<PersonAct>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}

/// <summary>Says something to a person on the product's own behalf, outside of any turn. Safe for concurrent use.</summary>
public interface IPersonNotices
{
    /// <summary>Queues a message in the person's conversation, in one transaction with its audit event. A take-over does not hold it back: the assistant did not think of it.</summary>
    /// <returns><see langword="false"/> when the conversation is not the person's any more; then nothing is written.</returns>
    Task<bool> TellAsync(TenantId tenant, PersonId person, ConversationId conversation, string text, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The direct conversation the person prefers, else the one used last, on a connection that is enabled; <see langword="null"/> when there is none.</summary>
    Task<ConversationId?> FindLastDirectAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);
}
