using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Memberships in memory, of the users of a directory in memory.</summary>
public sealed class InMemoryMembershipStore(InMemoryUserDirectory users, InMemoryAuditLog log) : IMembershipStore
{
    public Task<IReadOnlyList<Membership>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<Membership>>([.. All().Where(m => m.Tenant == tenant).OrderBy(m => m.Email, StringComparer.OrdinalIgnoreCase)]);

    public Task<IReadOnlyList<Membership>> ListOfAsync(UserId user, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<Membership>>([.. All().Where(m => m.User == user).OrderBy(m => m.Tenant.Value, StringComparer.Ordinal)]);

    public Task<Membership?> FindAsync(TenantId tenant, UserId user, CancellationToken cancellationToken)
        => Task.FromResult(All().FirstOrDefault(m => m.Tenant == tenant && m.User == user));

    public Task<MembershipOutcome> SetAsync(TenantId tenant, UserId user, string role, AuditDraft audit, CancellationToken cancellationToken)
        => Task.FromResult(users.WithMemberships<MembershipOutcome>((memberships, find) =>
        {
            if (find(user) is not { } account)
            {
                return new MembershipOutcome.NotFound();
            }

            var isMember = memberships.TryGetValue((tenant, user), out var before);
            if (role != Roles.Owner && IsLastOwner(memberships, tenant, user))
            {
                return new MembershipOutcome.LastOwner();
            }

            memberships[(tenant, user)] = (role, isMember ? before.Since : audit.At);
            log.Append(audit);
            return new MembershipOutcome.Changed(new Membership(tenant, user, account.Email, role, memberships[(tenant, user)].Since));
        }));

    public Task<MembershipOutcome> RemoveAsync(TenantId tenant, UserId user, AuditDraft audit, CancellationToken cancellationToken)
        => Task.FromResult(users.WithMemberships<MembershipOutcome>((memberships, find) =>
        {
            if (!memberships.TryGetValue((tenant, user), out var before))
            {
                return new MembershipOutcome.NotFound();
            }

            if (IsLastOwner(memberships, tenant, user))
            {
                return new MembershipOutcome.LastOwner();
            }

            memberships.Remove((tenant, user));
            log.Append(audit);
            return new MembershipOutcome.Changed(new Membership(tenant, user, find(user)!.Email, before.Role, before.Since));
        }));

    internal int CountOf(TenantId tenant, string role) => All().Count(m => m.Tenant == tenant && m.Role == role);

    internal List<Membership> All() => users.WithMemberships<List<Membership>>((memberships, find) =>
        [.. memberships.Select(m => new Membership(m.Key.Tenant, m.Key.User, find(m.Key.User)!.Email, m.Value.Role, m.Value.Since))]);

    private static bool IsLastOwner(
        Dictionary<(TenantId Tenant, UserId User), (string Role, DateTimeOffset Since)> memberships, TenantId tenant, UserId user)
        => memberships.GetValueOrDefault((tenant, user)).Role == Roles.Owner
            && memberships.Count(m => m.Key.Tenant == tenant && m.Value.Role == Roles.Owner) == 1;
}

/// <summary>Tenants' own roles in memory.</summary>
public sealed class InMemoryRoleStore(InMemoryMembershipStore memberships, InMemoryApiKeyStore keys, InMemoryAuditLog log) : IRoleStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId Tenant, string Name), CustomRole> _roles = [];

    public Task<IReadOnlyList<CustomRole>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<CustomRole>>(
                [.. _roles.Values.Where(r => r.Tenant == tenant).OrderBy(r => r.Name, StringComparer.Ordinal)]);
        }
    }

    public Task<CustomRole?> FindAsync(TenantId tenant, string name, CancellationToken cancellationToken) => Task.FromResult(Find(tenant, name));

    public Task SaveAsync(CustomRole role, AuditDraft audit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _roles[(role.Tenant, role.Name)] = role;
            log.Append(audit);
            return Task.CompletedTask;
        }
    }

    public async Task<DeleteRoleOutcome> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
    {
        var members = memberships.CountOf(tenant, name);
        var inForce = (await keys.ListAsync(tenant, cancellationToken)).Count(key => key.Role == name && key.RevokedAt is null);
        if (members + inForce > 0)
        {
            return new DeleteRoleOutcome.InUse(members, inForce);
        }

        lock (_lock)
        {
            if (!_roles.Remove((tenant, name)))
            {
                return new DeleteRoleOutcome.NotFound();
            }

            log.Append(audit);
            return new DeleteRoleOutcome.Deleted();
        }
    }

    internal CustomRole? Find(TenantId tenant, string name)
    {
        lock (_lock)
        {
            return _roles.GetValueOrDefault((tenant, name));
        }
    }
}

/// <summary>Rights read from the stores in memory each time they are asked for.</summary>
public sealed class InMemoryAccessRights(InMemoryUserDirectory users, InMemoryMembershipStore memberships, InMemoryRoleStore? roles = null) : IAccessRights
{
    public event Action? Changed;

    public ValueTask LoadAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask LoadAsync(UserId user, string stamp, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public bool IsInForce(UserId user, string stamp) => users.IsInForce(user, stamp);

    public IReadOnlySet<string> OfSession(TenantId tenant, UserId user, string stamp)
        => IsInForce(user, stamp) && memberships.All().Find(m => m.Tenant == tenant && m.User == user) is { } membership
            ? OfRole(tenant, membership.Role)
            : Roles.PermissionsOf("");

    public IReadOnlySet<string> OfRole(TenantId tenant, string role)
        => Roles.Exists(role) ? Roles.PermissionsOf(role) : roles?.Find(tenant, role)?.Permissions ?? Roles.PermissionsOf("");

    public IReadOnlyList<TenantId> TenantsOf(UserId user)
        => [.. memberships.All().Where(m => m.User == user).Select(m => m.Tenant).OrderBy(tenant => tenant.Value, StringComparer.Ordinal)];

    /// <summary>Says that something changed, as the stores of the product do by themselves.</summary>
    public void Announce() => Changed?.Invoke();
}
