using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Audit.Tree;

/// <inheritdoc cref="IAuditTreeStore"/>
internal sealed class SqlAuditTreeStore(IReadPool reads, IWriteQueue writes) : IAuditTreeStore
{
    private const string Size = "SELECT size FROM audit_trees WHERE tenant_id = @p0";
    private const string Begin = "INSERT INTO audit_trees (tenant_id, size) VALUES (@p0, 0) ON CONFLICT DO NOTHING";
    private const string Grow = "UPDATE audit_trees SET size = @p2 WHERE tenant_id = @p0 AND size = @p1";
    private const string Forget = "DELETE FROM audit_trees WHERE tenant_id = @p0";
    private const string Tile = "SELECT hashes FROM audit_tiles WHERE tenant_id = @p0 AND tile_level = @p1 AND tile_index = @p2";
    private const string ForgetTiles = "DELETE FROM audit_tiles WHERE tenant_id = @p0";

    private const string Put =
        "INSERT INTO audit_tiles (tenant_id, tile_level, tile_index, hashes) VALUES (@p0, @p1, @p2, @p3) "
        + "ON CONFLICT (tenant_id, tile_level, tile_index) DO UPDATE SET hashes = excluded.hashes";

    public async Task<long> ReadSizeAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(TenantScope.Of(tenant), session => session.QueryFirst(Size, row => row.GetInt64(0), tenant.Value), cancellationToken);

    public async Task<IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>>> ReadTilesAsync(
        TenantId tenant, IReadOnlyCollection<TileId> tiles, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session =>
            {
                var found = new Dictionary<TileId, ReadOnlyMemory<byte>>();
                foreach (var id in tiles)
                {
                    if (session.QueryFirst(Tile, row => row.GetBytes(0), tenant.Value, (long)id.Level, id.Index) is { } hashes)
                    {
                        found[id] = hashes;
                    }
                }

                return found;
            },
            cancellationToken);

    public Task<bool> AppendAsync(
        TenantId tenant, long fromSize, long toSize, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> tiles, CancellationToken cancellationToken)
    {
        var rows = tiles.Select(tile => (tile.Key, Hashes: tile.Value.ToArray())).ToList();
        return writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                session.Execute(Begin, tenant.Value);
                if (session.Execute(Grow, tenant.Value, fromSize, toSize) == 0)
                {
                    return false;
                }

                foreach (var (id, hashes) in rows)
                {
                    session.Execute(Put, tenant.Value, (long)id.Level, id.Index, hashes);
                }

                return true;
            },
            cancellationToken);
    }

    public Task ClearAsync(TenantId tenant, CancellationToken cancellationToken)
        => writes.ExecuteAsync(
            TenantScope.Of(tenant),
            session =>
            {
                session.Execute(ForgetTiles, tenant.Value);
                return session.Execute(Forget, tenant.Value);
            },
            cancellationToken);
}
