using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <inheritdoc cref="ICheckpointStore"/>
internal sealed class SqlCheckpointStore(IReadPool reads, IWriteQueue writes) : ICheckpointStore
{
    private const string Insert = "INSERT INTO audit_checkpoints (tenant_id, size, note, at) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT DO NOTHING";
    private const string Newest = "SELECT size, note, at FROM audit_checkpoints WHERE tenant_id = @p0 ORDER BY size DESC LIMIT 1";
    private const string Covering = "SELECT size, note, at FROM audit_checkpoints WHERE tenant_id = @p0 AND size >= @p1 ORDER BY size LIMIT 1";
    private const string After = "SELECT size, note, at FROM audit_checkpoints WHERE tenant_id = @p0 AND size > @p1 ORDER BY size LIMIT @p2";
    private const string Position = "SELECT size, at FROM audit_witness_positions WHERE tenant_id = @p0 AND witness = @p1";

    private const string Move =
        "INSERT INTO audit_witness_positions (tenant_id, witness, size, at) VALUES (@p0, @p1, @p2, @p3) "
        + "ON CONFLICT (tenant_id, witness) DO UPDATE SET size = excluded.size, at = excluded.at";

    public Task<bool> AddAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(checkpoint.Tenant),
            session => session.Execute(Insert, checkpoint.Tenant.Value, checkpoint.Head.Size, checkpoint.Note, checkpoint.At) > 0, cancellationToken);

    public async Task<SignedCheckpoint?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Newest, row => Map(tenant, row), tenant.Value), cancellationToken);

    public async Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Covering, row => Map(tenant, row), tenant.Value, seq), cancellationToken);

    public async Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.Query(After, row => Map(tenant, row), tenant.Value, afterSize, (long)limit), cancellationToken);

    public async Task<WitnessPosition?> FindPositionAsync(TenantId tenant, string witness, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.QueryFirst(Position, row => new WitnessPosition(row.GetInt64(0), TimeOf(row, 1)), tenant.Value, witness), cancellationToken);

    public Task SavePositionAsync(TenantId tenant, string witness, WitnessPosition position, CancellationToken cancellationToken)
        => writes.ExecuteAsync(TenantScope.Of(tenant), session => session.Execute(Move, tenant.Value, witness, position.Size, position.At), cancellationToken);

    private static SignedCheckpoint Map(TenantId tenant, SqlRow row)
        => SignedCheckpoint.Read(tenant, row.GetInt64(0), row.GetString(1), TimeOf(row, 2));

    // A time that is none was not stored by the program; it is proof of nothing, and long ago.
    private static DateTimeOffset TimeOf(SqlRow row, int column) => StoredTime.Read(row.GetInt64(column)) ?? DateTimeOffset.UnixEpoch;
}
