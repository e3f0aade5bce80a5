using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Tree;

/// <summary>The tiles of each tenant's audit tree: a projection of the log that can be made anew from it. Safe for concurrent use.</summary>
public interface IAuditTreeStore
{
    /// <summary>How many events the tree covers; 0 before the first.</summary>
    Task<long> ReadSizeAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The tiles asked for, as far as they exist.</summary>
    Task<IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>>> ReadTilesAsync(
        TenantId tenant, IReadOnlyCollection<TileId> tiles, CancellationToken cancellationToken);

    /// <summary>Stores grown tiles and the new size in one transaction.</summary>
    /// <param name="fromSize">What the tree covered when its tiles were read.</param>
    /// <returns><see langword="false"/>, and nothing stored, when the tree has another size by now.</returns>
    Task<bool> AppendAsync(
        TenantId tenant, long fromSize, long toSize, IReadOnlyDictionary<TileId, ReadOnlyMemory<byte>> tiles, CancellationToken cancellationToken);

    /// <summary>Forgets the tree, so that it is made anew from the log.</summary>
    Task ClearAsync(TenantId tenant, CancellationToken cancellationToken);
}
