using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Idempotency;

/// <inheritdoc cref="IIdempotencyStore"/>
internal sealed class SqlIdempotencyStore(IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites, TimeProvider time) : IIdempotencyStore
{
    private const string DeleteExpired = "DELETE FROM idempotency WHERE expires_at <= @p0";

    private const string Insert = """
        INSERT INTO idempotency (tenant_id, id, fingerprint, claimed_at, expires_at) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT DO NOTHING
        """;

    private const string Select = """
        SELECT fingerprint, claimed_at, status, content_type, sealed_body FROM idempotency WHERE tenant_id = @p0 AND id = @p1
        """;

    // The old claim time is the fence: of several that find it stale, one takes it over.
    private const string ClaimAgain = """
        UPDATE idempotency SET claimed_at = @p3 WHERE tenant_id = @p0 AND id = @p1 AND status IS NULL AND claimed_at = @p2
        """;

    private const string Answer = """
        UPDATE idempotency SET status = @p2, content_type = @p3, sealed_body = @p4, expires_at = @p5 WHERE tenant_id = @p0 AND id = @p1
        """;

    private const string Abandon = "DELETE FROM idempotency WHERE tenant_id = @p0 AND id = @p1 AND status IS NULL";

    public async Task<IdempotencyClaim> BeginAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        var (tenant, id, now) = (request.Tenant.Value, IdOf(request), time.GetUtcNow());
        var (claim, kept) = await writes.ExecuteAsync<(IdempotencyClaim? Claim, Kept? Kept)>(
            TenantScope.Of(request.Tenant),
            session =>
            {
                // Of every tenant: one that never comes back must not leave its answers behind.
                session.Within(TenantScope.System, all => all.Execute(DeleteExpired, now));
                if (session.Execute(Insert, tenant, id, request.Fingerprint, now, now + IIdempotencyStore.Lifetime) == 1)
                {
                    return (new IdempotencyClaim.Fresh(), null);
                }

                var row = session.QueryFirst(
                    Select,
                    reader => new Kept(
                        reader.GetString(0), reader.Time(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.TextOrNull(3),
                        reader.IsDBNull(4) ? null : reader.GetBytes(4)),
                    tenant, id)!;
                return row.Fingerprint != request.Fingerprint ? (new IdempotencyClaim.KeyReused(), null)
                    : row.Status is not null ? (null, row)
                    : row.ClaimedAt + IIdempotencyStore.ClaimTimeout <= now && session.Execute(ClaimAgain, tenant, id, row.ClaimedAt, now) == 1
                        ? (new IdempotencyClaim.Fresh(), null)
                    : (new IdempotencyClaim.InProgress(), null);
            },
            cancellationToken);
        return claim ?? new IdempotencyClaim.Answered(new StoredAnswer(
            kept!.Status!.Value, kept.ContentType,
            kept.SealedBody is null ? [] : await sealer.OpenAsync(request.Tenant, Place(id), kept.SealedBody, cancellationToken)));
    }

    public async Task CompleteAsync(IdempotentRequest request, StoredAnswer answer, CancellationToken cancellationToken)
    {
        var id = IdOf(request);
        var expires = time.GetUtcNow() + IIdempotencyStore.Lifetime;
        await sealedWrites.ExecuteAsync(
            request.Tenant, Place(id), answer.Body,
            (session, body) => session.Execute(Answer, request.Tenant.Value, id, answer.Status, answer.ContentType, body, expires), cancellationToken);
    }

    public async Task AbandonAsync(IdempotentRequest request, CancellationToken cancellationToken)
        => await writes.ExecuteAsync(TenantScope.Of(request.Tenant), session => session.Execute(Abandon, request.Tenant.Value, IdOf(request)), cancellationToken);

    /// <summary>Where a kept answer is sealed.</summary>
    public static string Place(string id) => $"idempotency/{id}/sealed_body";

    private static string IdOf(IdempotentRequest request)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Caller}\n{request.Route}\n{request.Key}")));

    private sealed record Kept(string Fingerprint, DateTimeOffset ClaimedAt, int? Status, string? ContentType, byte[]? SealedBody);
}
