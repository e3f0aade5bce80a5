using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Invitations;

/// <summary>What an invitation is called: the id of its token, see <see cref="RandomToken"/>.</summary>
public readonly record struct InvitationId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>An offer to become a member, good once for whoever has its link.</summary>
/// <param name="Note">For whom, in the inviter's words; may be empty.</param>
/// <param name="Role">Empty, only with a <paramref name="Person"/>, for an account that is a member nowhere.</param>
/// <param name="Person">Whose account it becomes; <see langword="null"/> when it is for nobody who writes on a messenger.</param>
/// <param name="By">Who invites. What they may not give any more, the invitation does not give either.</param>
public sealed record Invitation(
    InvitationId Id, TenantId Tenant, string Role, string Note, Actor By, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? UsedAt = null, DateTimeOffset? RevokedAt = null, PersonId? Person = null)
{
    public const int MaxNoteLength = 120;

    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(72);

    public static readonly TimeSpan MinLifetime = TimeSpan.FromHours(1);

    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    /// <summary>So many hours; more or less than an invitation can last stays so, however much it is.</summary>
    public static TimeSpan Lifetime(int hours) => TimeSpan.FromHours(Math.Clamp(hours, 0, (int)MaxLifetime.TotalHours + 1));

    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && RevokedAt is null && now < ExpiresAt;
}

/// <summary>The invitations of this installation. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IInvitationStore
{
    Task AddAsync(Invitation invitation, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The tenant's invitations that can still be used, the newest first.</summary>
    Task<IReadOnlyList<Invitation>> ListOpenAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>An invitation of any tenant, open or not, or <see langword="null"/>: whoever has the link need not say which tenant's it is.</summary>
    Task<Invitation?> FindAsync(InvitationId id, CancellationToken cancellationToken);

    /// <returns><see langword="false"/> when the tenant has no such open invitation; then nothing is written.</returns>
    Task<bool> RevokeAsync(TenantId tenant, InvitationId id, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Uses an invitation up. Of several claims one succeeds, and none after its time.</summary>
    /// <returns><see langword="false"/> when it is used, revoked, expired or unknown; then nothing is written.</returns>
    Task<bool> ClaimAsync(InvitationId id, AuditDraft audit, CancellationToken cancellationToken);
}
