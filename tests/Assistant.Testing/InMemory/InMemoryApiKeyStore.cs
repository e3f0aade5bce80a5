using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>API keys in memory.</summary>
public sealed class InMemoryApiKeyStore(InMemoryAuditLog log, TimeProvider clock) : IApiKeyStore
{
    private readonly Dictionary<string, ApiKey> _keys = [];

    public Task AddAsync(ApiKey key, ApiKeySecret secret, AuditDraft audit, CancellationToken cancellationToken)
    {
        _keys.Add(Convert.ToHexString(secret.Hash()), key);
        log.Append(audit);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ApiKey>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<ApiKey>>([.. _keys.Values.Where(k => k.Tenant == tenant).OrderByDescending(k => k.CreatedAt)]);

    public Task<bool> RevokeAsync(TenantId tenant, ApiKeyId id, AuditDraft audit, CancellationToken cancellationToken)
    {
        var (hash, key) = _keys.FirstOrDefault(k => k.Value.Id == id && k.Value.Tenant == tenant && k.Value.RevokedAt is null);
        if (key is null)
        {
            return Task.FromResult(false);
        }

        _keys[hash] = key with { RevokedAt = audit.At };
        log.Append(audit);
        return Task.FromResult(true);
    }

    public Task<ApiKey?> FindAsync(ApiKeySecret secret, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexString(secret.Hash());
        if (!_keys.TryGetValue(hash, out var key) || key.RevokedAt is not null)
        {
            return Task.FromResult<ApiKey?>(null);
        }

        var now = clock.GetUtcNow();
        if (key.LastUsedAt is null || now - key.LastUsedAt >= TimeSpan.FromMinutes(10))
        {
            key = _keys[hash] = key with { LastUsedAt = now };
        }

        return Task.FromResult<ApiKey?>(key);
    }
}
