// A data key wrapped by a master key that a rotation has just replaced would be lost. So whoever wraps one reads the installation key,
// wraps with the master key that opens it, and stores only if that row is still the same, holding it locked: master rotation changes it
// in the transaction in which it wraps everything again.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The tenants' data keys as they are stored. Safe for concurrent use, also by several processes.</summary>
internal sealed class DataKeys(MasterKey master, InstallationKey installation, IReadPool reads, IWriteQueue writes, TimeProvider clock)
{
    private const string Newest = "SELECT number FROM data_keys WHERE tenant_id = @p0 ORDER BY number DESC LIMIT 1";
    private const string Count = "SELECT COUNT(*) FROM data_keys WHERE tenant_id = @p0";
    private const string One = "SELECT wrapped FROM data_keys WHERE tenant_id = @p0 AND number = @p1";
    private const string Insert = "INSERT INTO data_keys (tenant_id, number, wrapped, created_at) VALUES (@p0, @p1, @p2, @p3)";

    /// <summary>The number that seals, or <see langword="null"/> before the tenant's first secret.</summary>
    public async Task<int?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst<int?>(Newest, row => row.GetInt32(0), tenant.Value), cancellationToken);

    /// <summary>The number that seals, held so that none older goes until this transaction ends.</summary>
    public static int? LockNewest(WriteSession session, TenantId tenant)
        => session.QueryFirst<int?>(session.IsPostgres ? Newest + " FOR SHARE" : Newest, row => row.GetInt32(0), tenant.Value);

    /// <summary>The key itself; <see langword="null"/> when there is no such version, or the master key does not open it.</summary>
    public async Task<byte[]?> FindAsync(TenantId tenant, int number, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => Find(session, tenant, number), cancellationToken);

    /// <inheritdoc cref="FindAsync"/>
    public byte[]? Find(SqlSession session, TenantId tenant, int number) => Find(session, master, tenant, number);

    /// <inheritdoc cref="FindAsync"/>
    public static byte[]? Find(SqlSession session, MasterKey master, TenantId tenant, int number)
        => session.QueryFirst(One, row => row.GetBytes(0), tenant.Value, number) is { } wrapped
            ? master.Unwrap(wrapped, Binding(tenant.Value, number))
            : null;

    public async Task<bool> IsTenantKnownAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => SqlTenantDirectory.Exists(session, tenant), cancellationToken);

    /// <summary>Makes version 1 inside a unit, unless another process was faster.</summary>
    /// <returns>The number that seals.</returns>
    /// <exception cref="MasterKeyException">The master key is not the one this data was made with.</exception>
    public static int AddFirst(WriteSession session, TenantId tenant, MasterKey master, DateTimeOffset now)
    {
        var key = InstallationKey.RequireMaster(session, master, now); // which others wait for from here on
        if (session.QueryFirst<int?>(Newest, row => row.GetInt32(0), tenant.Value) is { } number)
        {
            return number;
        }

        var fresh = RandomNumberGenerator.GetBytes(MasterKey.Size);
        session.Execute(Insert, tenant.Value, 1, SealedBox.Wrap(key, fresh, Binding(tenant.Value, 1)), now);
        CryptographicOperations.ZeroMemory(fresh);
        return 1;
    }

    /// <summary>Makes version 1 unless another process was faster.</summary>
    /// <returns>The number that seals.</returns>
    public Task<int> AddFirstAsync(TenantId tenant, CancellationToken cancellationToken) => AddAsync(tenant, versions => versions == 0, null, cancellationToken);

    /// <summary>Makes the next version, unless one was made and the older ones have not gone yet.</summary>
    /// <returns>The number that seals.</returns>
    public Task<int> AddNextAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken)
        => AddAsync(tenant, versions => versions <= 1, audit, cancellationToken);

    /// <summary>Authenticated when a data key is wrapped.</summary>
    public static byte[] Binding(string tenant, int number)
        => Encoding.UTF8.GetBytes($"wrap\0{tenant}\0{number.ToString(CultureInfo.InvariantCulture)}");

    private async Task<int> AddAsync(TenantId tenant, Func<long, bool> isWanted, AuditDraft? audit, CancellationToken cancellationToken)
    {
        var fresh = RandomNumberGenerator.GetBytes(MasterKey.Size);
        try
        {
            while (true)
            {
                var (relied, key) = await installation.RequireMasterAsync(cancellationToken);
                if (await writes.ExecuteAsync(TenantScope.Of(tenant), session => Add(session, relied, key, fresh), cancellationToken) is { } number)
                {
                    return number;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fresh);
        }

        int? Add(WriteSession session, byte[] relied, byte[] key, byte[] secret)
        {
            var inForce = session.QueryFirst(InstallationKey.Select + session.ForUpdate, row => row.GetBytes(0));
            if (!inForce.AsSpan().SequenceEqual(relied))
            {
                return null; // the master key was rotated since
            }

            var newest = session.QueryFirst(Newest, row => row.GetInt32(0), tenant.Value);
            if (!isWanted(session.QueryFirst(Count, row => row.GetInt64(0), tenant.Value)))
            {
                return newest;
            }

            session.Execute(Insert, tenant.Value, newest + 1, SealedBox.Wrap(key, secret, Binding(tenant.Value, newest + 1)), clock.GetUtcNow());
            if (audit is not null)
            {
                session.Audit(audit);
            }

            return newest + 1;
        }
    }
}

/// <summary>A row of <c>data_keys</c>.</summary>
internal sealed record WrappedDataKey(string Tenant, int Number, byte[] Wrapped)
{
    public byte[] Binding => DataKeys.Binding(Tenant, Number);
}
