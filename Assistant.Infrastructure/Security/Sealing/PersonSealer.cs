// A person's key is sealed under the tenant's data key like any secret, so rotation wraps it again and what is sealed under it stays as
// it is.
//
// The row is read for every call: destroying a key must reach every process at once. The price is one read by primary key.
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <inheritdoc cref="IPersonSealer"/>
internal sealed class PersonSealer(IReadPool reads, IWriteQueue writes, ISecretSealer sealer, SealedWrites sealedWrites, TimeProvider clock) : IPersonSealer
{
    public const string Select = "SELECT wrapped FROM person_keys WHERE tenant_id = @p0 AND person_id = @p1";
    public const string Insert = "INSERT INTO person_keys (tenant_id, person_id, wrapped, created_at) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT DO NOTHING";

    private const string Destroy = """
        INSERT INTO person_keys (tenant_id, person_id, wrapped, created_at, destroyed_at) VALUES (@p0, @p1, NULL, @p2, @p2)
        ON CONFLICT (tenant_id, person_id) DO UPDATE SET wrapped = NULL, destroyed_at = @p2 WHERE person_keys.destroyed_at IS NULL
        """;

    /// <summary>Where a person's key is sealed.</summary>
    public static string KeyPlace(Guid person) => $"person_keys/{person}/wrapped";

    public async Task<byte[]> SealAsync(
        TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        using var key = await FindOrMakeAsync(tenant, person, cancellationToken);
        return key.Seal(place, plaintext.Span);
    }

    public async Task<byte[]?> OpenAsync(
        TenantId tenant, PersonId person, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
    {
        using var key = await FindAsync(tenant, person, cancellationToken) is { } found
            ? await OpenAsync(tenant, person, found, cancellationToken)
            : throw new SealBrokenException(place);
        return key.Open(place, sealedBytes.Span);
    }

    public Task<bool> DestroyPersonKeyAsync(TenantId tenant, PersonId person, AuditDraft audit, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                if (!DestroyKey(session, tenant, person, clock.GetUtcNow()))
                {
                    return false;
                }

                session.Audit(audit);
                return true;
            },
            cancellationToken);

    /// <summary>Destroys the person's key inside a unit of work; a person who has none yet gets none any more.</summary>
    /// <returns><see langword="false"/> when it was destroyed before.</returns>
    internal static bool DestroyKey(WriteSession session, TenantId tenant, PersonId person, DateTimeOffset now)
        => session.Execute(Destroy, tenant.Value, person.Value, now) > 0;

    /// <summary>Whether the person has a key that opens something.</summary>
    internal static bool HasKey(SqlSession session, TenantId tenant, PersonId person)
        => session.QueryFirst(Select, Map, tenant.Value, person.Value) is { Wrapped: not null };

    private async Task<PersonKey> FindOrMakeAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await OpenAsync(
            tenant, person, await FindAsync(tenant, person, cancellationToken) ?? await MakeAsync(tenant, person, cancellationToken), cancellationToken);

    private async Task<PersonKey> OpenAsync(TenantId tenant, PersonId person, Found found, CancellationToken cancellationToken)
        => new(tenant, person, found.Wrapped is { } wrapped ? await sealer.OpenAsync(tenant, KeyPlace(person.Value), wrapped, cancellationToken) : null);

    private async Task<Found> MakeAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
    {
        var fresh = RandomNumberGenerator.GetBytes(MasterKey.Size);
        var now = clock.GetUtcNow();
        var found = await sealedWrites.ExecuteAsync(
            tenant, KeyPlace(person.Value), fresh,
            (session, wrapped) =>
            {
                session.Execute(Insert, tenant.Value, person.Value, wrapped, now); // unless somebody else was faster
                return session.QueryFirst(Select, Map, tenant.Value, person.Value)!;
            },
            cancellationToken);
        CryptographicOperations.ZeroMemory(fresh);
        return found;
    }

    private async Task<Found?> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Select, Map, tenant.Value, person.Value), cancellationToken);

    private static Found Map(SqlRow row) => new(row.IsDBNull(0) ? null : row.GetBytes(0));

    /// <param name="Wrapped"><see langword="null"/> when it was destroyed.</param>
    private sealed record Found(byte[]? Wrapped);
}
