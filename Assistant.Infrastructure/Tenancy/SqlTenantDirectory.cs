using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Tenancy;

/// <inheritdoc cref="ITenantDirectory"/>
internal sealed class SqlTenantDirectory(IReadPool reads, IWriteQueue writes, TimeProvider clock) : ITenantDirectory
{
    private const string All = "SELECT id, display_name, created_at FROM tenants ORDER BY id";

    private const string One = "SELECT 1 FROM tenants WHERE id = @p0";

    private const string Insert = "INSERT INTO tenants (id, display_name, created_at) VALUES (@p0, @p1, @p2) ON CONFLICT DO NOTHING";

    private const string Rename = "UPDATE tenants SET display_name = @p1 WHERE id = @p0 AND display_name <> @p1";

    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.System,
            session => session.Query(All, row => new Tenant(new TenantId(row.GetString(0)), row.GetString(1), row.Time(2))),
            cancellationToken);

    /// <summary>Whether there is such a tenant, as the session sees it.</summary>
    public static bool Exists(SqlSession session, TenantId id) => session.QueryFirst(One, _ => true, id.Value);

    public async Task<bool> EnsureAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (await reads.ReadAsync(TenantScope.System, session => Exists(session, id), cancellationToken))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        return await writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                if (session.Execute(Insert, id.Value, displayName, now) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);
    }

    public Task<bool> RenameAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(id),
            session =>
            {
                if (session.Execute(Rename, id.Value, displayName) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);
}
