using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>Who may do what at this moment, answered without waiting. Safe for concurrent use.</summary>
/// <remarks>
/// A change made in this process is seen by the time its use case returns; one made by another process within seconds. Before the first
/// <see cref="LoadAsync(CancellationToken)"/> nobody may do anything.
/// </remarks>
public interface IAccessRights
{
    /// <summary>Raised after something changed, on any thread; a handler must not wait.</summary>
    event Action? Changed;

    /// <summary>Makes sure that rights were read once.</summary>
    ValueTask LoadAsync(CancellationToken cancellationToken);

    /// <summary>Makes sure that what was read knows of a session that begins: its user may have been made by another process a moment ago.</summary>
    ValueTask LoadAsync(UserId user, string stamp, CancellationToken cancellationToken);

    /// <summary>Whether a session that began with this stamp goes on.</summary>
    bool IsInForce(UserId user, string stamp);

    /// <summary>What a session may do in the tenant; nothing when it ended or the user is no member.</summary>
    IReadOnlySet<string> OfSession(TenantId tenant, UserId user, string stamp);

    /// <summary>What a role of the tenant may do; nothing when there is no such role.</summary>
    IReadOnlySet<string> OfRole(TenantId tenant, string role);

    /// <summary>The tenants the user belongs to, by name.</summary>
    IReadOnlyList<TenantId> TenantsOf(UserId user);
}

/// <summary>A set of permissions that is asked for anew each time: a caller who keeps it loses a right the moment it is taken away.</summary>
public sealed class PresentPermissionSet(Func<IReadOnlySet<string>> present) : IReadOnlySet<string>
{
    public int Count => present().Count;

    public bool Contains(string item) => present().Contains(item);

    public bool IsProperSubsetOf(IEnumerable<string> other) => present().IsProperSubsetOf(other);

    public bool IsProperSupersetOf(IEnumerable<string> other) => present().IsProperSupersetOf(other);

    public bool IsSubsetOf(IEnumerable<string> other) => present().IsSubsetOf(other);

    public bool IsSupersetOf(IEnumerable<string> other) => present().IsSupersetOf(other);

    public bool Overlaps(IEnumerable<string> other) => present().Overlaps(other);

    public bool SetEquals(IEnumerable<string> other) => present().SetEquals(other);

    public IEnumerator<string> GetEnumerator() => present().GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
