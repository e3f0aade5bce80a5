using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>The tiles of audit trees in memory.</summary>
public sealed class InMemoryAuditTreeStore : IAuditTreeStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TenantId, long> _sizes = [];
    private readonly Dictionary<(TenantId, TileId), ReadOnlyMemory<byte>> _tiles = [];

    /// <summary>How many tiles were read.</summary>
    public int TilesRead { get; private set; }

    /// <summary>What somebody can do who writes the database: the size stays, the hashes go.</summary>
    public void LoseTiles(TenantId tenant)
    {
        lock (_gate)
        {
            foreach (var key in _tiles.Keys.Where(key => key.Item1 == tenant).ToList())
            {
                _tiles.Remove(key);
            }
        }
    }

    public Task<long> ReadSizeAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_sizes.GetValueOrDefault(tenant));
        }
    }

    public Task<IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>>> ReadTilesAsync(
        TenantId tenant, IReadOnlyCollection<TileId> tiles, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            TilesRead += tiles.Count;
            return Task.FromResult<IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>>>(
                tiles.Where(id => _tiles.ContainsKey((tenant, id))).ToDictionary(id => id, id => _tiles[(tenant, id)]));
        }
    }

    public Task<bool> AppendAsync(
        TenantId tenant, long fromSize, long toSize, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> tiles, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_sizes.GetValueOrDefault(tenant) != fromSize)
            {
                return Task.FromResult(false);
            }

            _sizes[tenant] = toSize;
            foreach (var (id, hashes) in tiles)
            {
                _tiles[(tenant, id)] = hashes.ToArray();
            }

            return Task.FromResult(true);
        }
    }

    public Task ClearAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _sizes.Remove(tenant);
            foreach (var key in _tiles.Keys.Where(key => key.Item1 == tenant).ToList())
            {
                _tiles.Remove(key);
            }
        }

        return Task.CompletedTask;
    }
}
