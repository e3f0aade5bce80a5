using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Tenancy;

/// <inheritdoc cref="ITenantDirectory"/>
internal sealed class EfTenantDirectory(IDatabase database, IWriteQueue writes, TimeProvider clock) : ITenantDirectory
{
    private const string Insert = "INSERT INTO tenants (id, display_name, created_at) VALUES (@p0, @p1, @p2) ON CONFLICT DO NOTHING";

    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.System);
        var rows = await context.Set<TenantRow>().AsNoTracking().OrderBy(t => t.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new Tenant(new TenantId(row.Id), row.DisplayName, row.CreatedAt))];
    }

    public async Task<bool> EnsureAsync(TenantId id, string displayName, CancellationToken cancellationToken)
    {
        await using (var context = database.OpenContext(TenantScope.System))
        {
            if (await context.Set<TenantRow>().AnyAsync(t => t.Id == id.Value, cancellationToken))
            {
                return false;
            }
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

                session.Audit(new AuditDraft(id, now, Actor.System, AuditActions.TenantCreated, $"tenant/{id.Value}", "local", AuditDraft.NoDetails));
                return true;
            },
            cancellationToken);
    }
}
