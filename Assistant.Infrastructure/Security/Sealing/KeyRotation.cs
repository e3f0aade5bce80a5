// One pass reads pages of values under older versions, seals them again outside the write queue, and exchanges each for exactly the
// value that was read, in units that first make sure that the version is still the newest. A kill leaves every value under one version
// or the other, both of which open; the next run finds what is left by the values themselves.
using System.Data.Common;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <inheritdoc cref="IKeyRotation"/>
internal sealed class KeyRotation(
    DataKeys keys, EnvelopeSealer sealer, KeyInventory inventory, MasterRotation master, IReadPool reads, IWriteQueue writes) : IKeyRotation
{
    private const int Attempts = 5;

    private const string Older = "SELECT number FROM data_keys WHERE tenant_id = @p0 AND number < @p1";
    private const string DeleteOlder = "DELETE FROM data_keys WHERE tenant_id = @p0 AND number < @p1";

    public Task<KeyStatus> ReadStatusAsync(CancellationToken cancellationToken) => inventory.ReadAsync(cancellationToken);

    public async Task<int> BeginAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken)
    {
        var number = await keys.AddNextAsync(tenant, audit, cancellationToken);
        sealer.Remember(tenant, number);
        return number;
    }

    public async Task<ResealPass> ResealAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await keys.FindNewestAsync(tenant, cancellationToken) is not { } newest)
        {
            return new ResealPass(0, []);
        }

        sealer.Remember(tenant, newest);
        var resealed = 0;
        var broken = new List<string>();
        foreach (var column in SealedColumns.All)
        {
            resealed += await ResealAsync(column, tenant, newest, broken, cancellationToken);
        }

        return new ResealPass(resealed, broken);
    }

    public Task<bool> RetireAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken) => WriteAsync(
        tenant,
        session =>
        {
            // Held as a writer holds it: a version that is added now is waited for by nobody, and this one stays the newest or the check fails.
            if (DataKeys.LockNewest(session, tenant) is not { } newest)
            {
                return true;
            }

            // Waits for every transaction that may still store a value under one of these.
            if (session.Query(Older + session.ForUpdate, row => row.GetInt32(0), tenant.Value, newest).Count == 0)
            {
                return true;
            }

            var header = SealedHeader.Of(SealedHeader.ByTenant, newest);
            if (SealedColumns.All.Any(column => session.QueryFirst(column.CountOlder, row => row.GetInt64(0), tenant.Value, header) > 0))
            {
                return false;
            }

            session.Execute(DeleteOlder, tenant.Value, newest);
            session.Audit(audit);
            return true;
        },
        cancellationToken);

    public async Task<MasterRotateOutcome> RotateMasterAsync(AuditDraft audit, CancellationToken cancellationToken)
    {
        try
        {
            return new MasterRotateOutcome.Rotated(await master.RunAsync(audit, cancellationToken));
        }
        catch (MasterKeyException error)
        {
            return new MasterRotateOutcome.Refused(error.Message);
        }
    }

    private async Task<int> ResealAsync(SealedColumn column, TenantId tenant, int newest, List<string> broken, CancellationToken cancellationToken)
    {
        var header = SealedHeader.Of(SealedHeader.ByTenant, newest);
        var resealed = 0;
        var after = column.HasIdKey ? (SqlValue)Guid.Empty : "";
        while (true)
        {
            var (from, key) = (after, column.HasIdKey);
            var page = await reads.ReadAsync(
                TenantScope.Of(tenant),
                session => session.Query(
                    column.SelectOlder, row => key ? new Value(row.GetGuid(0).ToString(), row.GetGuid(0), row.GetBytes(1)) : new Value(row.GetString(0), row.GetString(0), row.GetBytes(1)),
                    tenant.Value, header, from),
                cancellationToken);
            if (page.Count == 0)
            {
                return resealed;
            }

            after = page[^1].Key;
            var exchanges = new List<Exchange>(page.Count);
            foreach (var value in page)
            {
                if (await SealAgainAsync(tenant, column.Place(value.Name), value.Sealed, broken, cancellationToken) is { } again)
                {
                    exchanges.Add(new Exchange(value, again));
                }
            }

            resealed += await WriteAsync(
                tenant,
                session => DataKeys.LockNewest(session, tenant) == newest
                    ? exchanges.Sum(e => session.Execute(column.Replace, tenant.Value, e.Old.Key, e.Old.Sealed, e.New))
                    : 0, // another rotation has begun: the next pass does it
                cancellationToken);
        }
    }

    private async Task<byte[]?> SealAgainAsync(TenantId tenant, string place, byte[] value, List<string> broken, CancellationToken cancellationToken)
    {
        try
        {
            return await sealer.SealAsync(tenant, place, await sealer.OpenAsync(tenant, place, value, cancellationToken), cancellationToken);
        }
        catch (SealBrokenException)
        {
            broken.Add(place);
            return null;
        }
    }

    // Two processes that lock in different orders: PostgreSQL ends one of them, which simply tries again.
    private async Task<T> WriteAsync<T>(TenantId tenant, Func<WriteSession, T> unit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await writes.ExecuteAsync(TenantScope.Of(tenant), unit, cancellationToken);
            }
            catch (DbException error) when (error.IsTransient && attempt < Attempts)
            {
            }
        }
    }

    private sealed record Value(string Name, SqlValue Key, byte[] Sealed);

    private sealed record Exchange(Value Old, byte[] New);
}
