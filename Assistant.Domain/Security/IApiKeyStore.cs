using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>Id of an API key; ordered by creation.</summary>
public readonly record struct ApiKeyId(Guid Value)
{
    public static ApiKeyId Create() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A key a program presents to the REST API. The secret itself is not kept.</summary>
/// <param name="Hint">The secret's last four characters, to tell keys apart.</param>
/// <param name="LastUsedAt">To within ten minutes; <see langword="null"/> before the first use.</param>
public sealed record ApiKey(
    ApiKeyId Id, TenantId Tenant, string Name, string Role, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    public Actor AsActor => new("apikey", Id.Value.ToString(), Name);
}

/// <summary>API keys. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IApiKeyStore
{
    /// <summary>Stores a key under the hash of its secret.</summary>
    Task AddAsync(ApiKey key, ApiKeySecret secret, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The tenant's keys, newest first, revoked ones included.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Makes the key useless at once.</summary>
    /// <returns><see langword="false"/> when the tenant has no such key or it was revoked before.</returns>
    Task<bool> RevokeAsync(TenantId tenant, ApiKeyId id, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The key with this secret, or <see langword="null"/> when there is none or it was revoked. Remembers the use.</summary>
    Task<ApiKey?> FindAsync(ApiKeySecret secret, CancellationToken cancellationToken);
}
