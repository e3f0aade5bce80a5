using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Security.ApiKeys;

/// <inheritdoc cref="IApiKeyStore"/>
internal sealed class SqlApiKeyStore(IDatabase database, IReadPool reads, IWriteQueue writes, TimeProvider clock) : IApiKeyStore
{
    private const string FindByHash =
        "SELECT id, tenant_id, name, role, hint, created_at, last_used_at FROM api_keys WHERE hash = @p0 AND revoked_at IS NULL";

    private const string Revoke = "UPDATE api_keys SET revoked_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND revoked_at IS NULL";

    private const string Touch = "UPDATE api_keys SET last_used_at = @p1 WHERE id = @p0";

    // A write per request would cost more than the request.
    private static readonly TimeSpan UseResolution = TimeSpan.FromMinutes(10);

    public Task AddAsync(ApiKey key, ApiKeySecret secret, AuditDraft audit, CancellationToken cancellationToken)
    {
        var hash = secret.Hash();
        return writes.ExecuteAsync(
            TenantScope.Of(key.Tenant),
            session => session.WithContext(TenantScope.Of(key.Tenant), context =>
            {
                context.Add(new ApiKeyRow
                {
                    Id = key.Id.Value,
                    TenantId = key.Tenant.Value,
                    Name = key.Name,
                    Role = key.Role,
                    Hint = key.Hint,
                    Hash = hash,
                    CreatedAt = key.CreatedAt,
                });
                return session.Audit(audit);
            }),
            cancellationToken);
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var context = database.OpenContext(TenantScope.Of(tenant));
        var rows = await context.Set<ApiKeyRow>().AsNoTracking().OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).ToListAsync(cancellationToken);
        return [.. rows.Select(row => row.ToKey())];
    }

    public Task<bool> RevokeAsync(TenantId tenant, ApiKeyId id, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Revoke, tenant.Value, id.Value, audit.At) == 0)
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);

    public async Task<ApiKey?> FindAsync(ApiKeySecret secret, CancellationToken cancellationToken)
    {
        var hash = secret.Hash();
        var key = await reads.ReadAsync(
            TenantScope.System,
            session => session.QueryFirst(
                FindByHash,
                row => new ApiKey(
                    new ApiKeyId(row.GetGuid(0)), new TenantId(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4),
                    row.Time(5), row.TimeOrNull(6), null),
                hash),
            cancellationToken);
        var now = clock.GetUtcNow();
        if (key is not null && (key.LastUsedAt is null || now - key.LastUsedAt >= UseResolution))
        {
            await writes.ExecuteAsync(TenantScope.Of(key.Tenant), session => session.Execute(Touch, key.Id.Value, now), cancellationToken);
            return key with { LastUsedAt = now };
        }

        return key;
    }
}
