// Sealing happens before the unit of the write queue, and between the two another process may have replaced the data key: a value under
// the old one, stored after everything else was sealed again, would be lost with it. So the unit stores nothing that is not sealed under
// the newest version, and holds that version's row until its commit; deleting older versions waits for that lock and looks again after
// it. Rejected: a grace alone, which no delay of a disk or a stopped process respects.
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The only way a store writes what it seals. Safe for concurrent use.</summary>
internal sealed class SealedWrites(IWriteQueue writes, EnvelopeSealer sealer)
{
    /// <summary>Seals and runs the unit with the sealed bytes; once more with new ones when the key was replaced in between.</summary>
    /// <param name="place">Table, row and column, of a column in <see cref="SealedColumns"/>.</param>
    public async Task<T> ExecuteAsync<T>(
        TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, Func<WriteSession, byte[], T> unit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var sealedBytes = await sealer.SealAsync(tenant, place, plaintext, cancellationToken);
            var (isWritten, result, newest) = await writes.ExecuteAsync(
                TenantScope.Of(tenant),
                session =>
                {
                    var newest = DataKeys.LockNewest(session, tenant);
                    return newest is not null && newest == SealedHeader.NumberIn(sealedBytes, SealedHeader.ByTenant)
                        ? (true, unit(session, sealedBytes), newest)
                        : (false, default(T)!, newest);
                },
                cancellationToken);
            if (isWritten)
            {
                return result;
            }

            sealer.Remember(tenant, newest);
        }
    }
}
