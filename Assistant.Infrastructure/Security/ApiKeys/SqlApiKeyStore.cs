using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Security.ApiKeys;

/// <inheritdoc cref="IApiKeyStore"/>
internal sealed partial class SqlApiKeyStore(IReadPool reads, IWriteQueue writes, TimeProvider clock, ILogger<SqlApiKeyStore> logger) : IApiKeyStore
{
    private const string Select = "SELECT id, tenant_id, name, role, hint, created_at, last_used_at, revoked_at FROM api_keys ";

    private const string OfTenant = Select + "WHERE tenant_id = @p0 ORDER BY created_at DESC, id DESC";

    private const string FindByHash = Select + "WHERE hash = @p0 AND revoked_at IS NULL";

    private const string Insert =
        "INSERT INTO api_keys (id, tenant_id, name, role, hint, hash, created_at) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)";

    private const string Revoke = "UPDATE api_keys SET revoked_at = @p2 WHERE tenant_id = @p0 AND id = @p1 AND revoked_at IS NULL";

    private const string Touch = "UPDATE api_keys SET last_used_at = @p1 WHERE id = @p0";

    // A write per request would cost more than the request.
    private static readonly TimeSpan UseResolution = TimeSpan.FromMinutes(10);

    public Task AddAsync(ApiKey key, ApiKeySecret secret, AuditDraft audit, CancellationToken cancellationToken)
    {
        var hash = secret.Hash();
        return writes.ExecuteAsync(
            TenantScope.Of(key.Tenant),
            session =>
            {
                session.Execute(Insert, key.Id.Value, key.Tenant.Value, key.Name, key.Role, key.Hint, hash, key.CreatedAt);
                return session.Audit(audit);
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.Query(OfTenant, Map, tenant.Value), cancellationToken);

    public Task<bool> RevokeAsync(TenantId tenant, ApiKeyId id, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (session.Execute(Revoke, tenant.Value, id.Value, audit.At) == 0)
                {
                    return false;
                }

                HeldConversations.Weigh(session, tenant, id.Value, mayReply: false, audit.At);
                session.Audit(audit);
                return true;
            },
            cancellationToken);

    public async Task<ApiKey?> FindAsync(ApiKeySecret secret, CancellationToken cancellationToken)
    {
        var hash = secret.Hash();
        var key = await reads.ReadAsync(
            TenantScope.System,
            session => session.QueryFirst(FindByHash, Map, hash),
            cancellationToken);
        var now = clock.GetUtcNow();
        if (key is null || now - key.LastUsedAt < UseResolution)
        {
            return key;
        }

        try
        {
            await writes.ExecuteAsync(TenantScope.Of(key.Tenant), session => session.Execute(Touch, key.Id.Value, now), cancellationToken);
            return key with { LastUsedAt = now };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // On a full disk people still read: what they may do does not hang on when they last did.
            LogUseNotStored(logger, error, key.Id.Value);
            return key;
        }
    }

    private static ApiKey Map(SqlRow row) => new(
        new ApiKeyId(row.GetGuid(0)), new TenantId(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.Time(5),
        row.TimeOrNull(6), row.TimeOrNull(7));

    [LoggerMessage(Level = LogLevel.Warning, Message = "When the API key {ApiKeyId} was last used could not be stored; its owner is let in")]
    private static partial void LogUseNotStored(ILogger logger, Exception error, Guid apiKeyId);
}
