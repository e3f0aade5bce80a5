using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>What a user may do in a tenant. A user exists once in the installation and has at most one membership in each tenant.</summary>
/// <param name="Role">One of <see cref="Roles"/> or of the tenant's own.</param>
public sealed record Membership(TenantId Tenant, UserId User, string Email, string Role, DateTimeOffset Since);

/// <summary>Who belongs to which tenant. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IMembershipStore
{
    /// <summary>The tenant's members, by e-mail address.</summary>
    Task<IReadOnlyList<Membership>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The tenants a user belongs to, by name.</summary>
    Task<IReadOnlyList<Membership>> ListOfAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>The user's membership in the tenant, or <see langword="null"/>.</summary>
    Task<Membership?> FindAsync(TenantId tenant, UserId user, CancellationToken cancellationToken);

    /// <summary>Makes the user a member or changes their role. The last owner of a tenant keeps the role.</summary>
    Task<MembershipOutcome> SetAsync(TenantId tenant, UserId user, string role, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Ends the membership. The last owner of a tenant stays.</summary>
    Task<MembershipOutcome> RemoveAsync(TenantId tenant, UserId user, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>How changing a membership ended.</summary>
public abstract record MembershipOutcome
{
    private MembershipOutcome() { }

    /// <param name="Membership">As it is now; as it was, when it was removed.</param>
    public sealed record Changed(Membership Membership) : MembershipOutcome;

    /// <summary>A tenant keeps at least one owner.</summary>
    public sealed record LastOwner : MembershipOutcome;

    /// <summary>There is no such user, or none in this tenant.</summary>
    public sealed record NotFound : MembershipOutcome;

    /// <summary>The caller may not do this; the key is <c>role</c> or <c>user</c>.</summary>
    public sealed record Refused(string Key, string Message) : MembershipOutcome;
}
