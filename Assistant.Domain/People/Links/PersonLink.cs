using Assistant.Domain.Audit;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Links;

/// <summary>By what it was known that two persons are one human being. Never by a guess.</summary>
public enum LinkProof
{
    /// <summary>A code shown to one was typed by the other.</summary>
    Code,

    /// <summary>An operator said so and gave a reason.</summary>
    Operator,
}

/// <summary>Says that two persons, met on different messengers, are one human being.</summary>
/// <remarks>
/// It stands beside the persons and changes neither: what each said, knows and may stays theirs, under their own keys. So ending it leaves both exactly
/// as they were, and forgetting one forgets nothing of the other.
/// </remarks>
/// <param name="First">The smaller of the two ids.</param>
public sealed record PersonLink(Guid Id, TenantId Tenant, PersonId First, PersonId Second, LinkProof Proof, DateTimeOffset LinkedAt)
{
    /// <summary>A new link, in whatever order the two are named.</summary>
    public static PersonLink Between(TenantId tenant, PersonId one, PersonId other, LinkProof proof, DateTimeOffset now)
    {
        var isOrdered = one.Value.CompareTo(other.Value) < 0;
        return new(Guid.CreateVersion7(now), tenant, isOrdered ? one : other, isOrdered ? other : one, proof, now);
    }

    /// <summary>The other end.</summary>
    public PersonId OtherThan(PersonId person) => First == person ? Second : First;
}

/// <summary>A code shown to a person, waiting to be typed on another messenger. Only the hash is kept.</summary>
/// <param name="Id">Of <see cref="LinkCode.Id"/>.</param>
public sealed record OfferedLink(Guid Id, TenantId Tenant, PersonId Person, DateTimeOffset ExpiresAt);

/// <summary>How linking two persons ended.</summary>
public enum JoinOutcome
{
    /// <summary>They are linked; also when they were already.</summary>
    Linked,

    /// <summary>Wrong, used, too old, or another tenant's.</summary>
    NoSuchCode,

    /// <summary>A person is not linked with themselves.</summary>
    Same,

    /// <summary>Together they would be more than <see cref="PersonLinkDesk.MaxTogether"/>.</summary>
    TooMany,

    /// <summary>There is no such person, or not any more.</summary>
    NoSuchPerson,
}

/// <summary>Which persons are one human being: links, and the codes that prove them. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
/// <remarks>A person who is being forgotten has none from that moment on.</remarks>
public interface IPersonLinkStore
{
    /// <summary>Keeps a code; the person's earlier ones are worth nothing any more.</summary>
    Task OfferAsync(OfferedLink code, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Whom a code was shown to that <paramref name="person"/> may still use, or has used; <see langword="null"/> when there is none.</summary>
    Task<PersonId?> FindOfferAsync(TenantId tenant, Guid code, PersonId person, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Uses a code up and links whom it was shown to with <paramref name="person"/>. Whoever typed it may type it again while the link lasts.</summary>
    /// <param name="audit">The event; its time decides whether the code is too old.</param>
    Task<JoinOutcome> RedeemAsync(TenantId tenant, Guid code, PersonId person, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Links without a code. Nothing is written unless the outcome is <see cref="JoinOutcome.Linked"/> and they were not linked before.</summary>
    Task<JoinOutcome> LinkAsync(PersonLink link, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Ends one link.</summary>
    /// <returns>It, or <see langword="null"/> when the tenant has no such link; then nothing is written.</returns>
    Task<PersonLink?> UnlinkAsync(TenantId tenant, Guid link, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Every link among the persons that are one human being with this one, the oldest first; mostly none.</summary>
    Task<IReadOnlyList<PersonLink>> ListOfAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken);
}
