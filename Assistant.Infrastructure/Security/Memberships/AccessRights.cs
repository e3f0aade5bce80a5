// Who may do what, as one picture in memory.
//
// The idea: rights are asked for at every act, change a few times a day, and are small (a line per membership). So all of them are read
// at once and swapped as a whole; asking costs two look-ups and never waits, and a circuit that opened yesterday asks the same picture.
// The invariant: a store refreshes the picture after its commit and before it answers, and refreshes take turns; so whoever sees a change
// reported sees a picture that has it. Another process's change is picked up by AccessWatch.
// Rejected: rights in the session cookie (they outlive their withdrawal), and a query per act (a page has dozens).
using System.Collections.Frozen;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Memberships;

/// <inheritdoc cref="IAccessRights"/>
internal sealed class AccessRights(IReadPool reads) : IAccessRights, IDisposable
{
    private const string SelectStamps = "SELECT id, security_stamp FROM users";
    private const string SelectMemberships = "SELECT tenant_id, user_id, role FROM memberships ORDER BY tenant_id";
    private const string SelectRoles = "SELECT tenant_id, name, permissions FROM roles";

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Picture? _picture;

    public event Action? Changed;

    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (_picture is null)
        {
            await RefreshAsync(cancellationToken);
        }
    }

    public async ValueTask LoadAsync(UserId user, string stamp, CancellationToken cancellationToken)
    {
        if (!IsInForce(user, stamp))
        {
            await RefreshAsync(cancellationToken);
        }
    }

    public bool IsInForce(UserId user, string stamp) => _picture?.Stamps.GetValueOrDefault(user.Value) == stamp;

    public IReadOnlySet<string> OfSession(TenantId tenant, UserId user, string stamp)
        => IsInForce(user, stamp) && _picture?.Roles.GetValueOrDefault((tenant.Value, user.Value)) is { } role
            ? OfRole(tenant, role)
            : FrozenSet<string>.Empty;

    public IReadOnlySet<string> OfRole(TenantId tenant, string role)
        => Roles.Exists(role) ? Roles.PermissionsOf(role) : _picture?.Custom.GetValueOrDefault((tenant.Value, role)) ?? FrozenSet<string>.Empty;

    public IReadOnlyList<TenantId> TenantsOf(UserId user) => _picture?.Tenants.GetValueOrDefault(user.Value) ?? [];

    /// <summary>Reads everything anew. Cheap enough for every change of a right, too dear for every request.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        bool isNews;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var next = await reads.ReadAsync(TenantScope.System, Read, cancellationToken);
            isNews = _picture is { } before && before.Fingerprint != next.Fingerprint;
            _picture = next;
        }
        finally
        {
            _turn.Release();
        }

        if (isNews)
        {
            Changed?.Invoke();
        }
    }

    public void Dispose() => _turn.Dispose();

    internal static FrozenSet<string> Split(string permissions) => permissions.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static Picture Read(SqlSession session)
    {
        var stamps = session.Query(SelectStamps, row => (User: row.GetGuid(0), Stamp: row.GetString(1)));
        var memberships = session.Query(SelectMemberships, row => (Tenant: row.GetString(0), User: row.GetGuid(1), Role: row.GetString(2)));
        var custom = session.Query(SelectRoles, row => (Tenant: row.GetString(0), Name: row.GetString(1), Permissions: row.GetString(2)));
        var fingerprint = new HashCode();
        stamps.OrderBy(row => row.User).ToList().ForEach(row => fingerprint.Add(row));
        memberships.OrderBy(row => row.Tenant, StringComparer.Ordinal).ThenBy(row => row.User).ToList().ForEach(row => fingerprint.Add(row));
        custom.OrderBy(row => row.Tenant, StringComparer.Ordinal).ThenBy(row => row.Name, StringComparer.Ordinal).ToList().ForEach(row => fingerprint.Add(row));
        return new Picture(
            stamps.ToFrozenDictionary(row => row.User, row => row.Stamp),
            memberships.ToFrozenDictionary(row => (row.Tenant, row.User), row => row.Role),
            memberships.GroupBy(row => row.User).ToFrozenDictionary(of => of.Key, IReadOnlyList<TenantId> (of) => [.. of.Select(row => new TenantId(row.Tenant))]),
            custom.ToFrozenDictionary(row => (row.Tenant, row.Name), IReadOnlySet<string> (row) => Split(row.Permissions)),
            fingerprint.ToHashCode());
    }

    private sealed record Picture(
        FrozenDictionary<Guid, string> Stamps, FrozenDictionary<(string Tenant, Guid User), string> Roles,
        FrozenDictionary<Guid, IReadOnlyList<TenantId>> Tenants, FrozenDictionary<(string Tenant, string Name), IReadOnlySet<string>> Custom, int Fingerprint);
}
