using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Where the next page of plain rows begins: after a row of a table. Which parts tell its place is the list's own matter.</summary>
internal readonly record struct PlainCursor(int Table, Guid Id, long Seq, long Position = 0);

/// <summary>A page of plain rows that was found.</summary>
/// <param name="Last">Where the next one begins.</param>
/// <param name="Seal">Seals and empties, in a unit of the write queue, the rows that are plain still; returns how many values that were.</param>
internal sealed record PlainPage(PlainCursor Last, Func<WriteSession, int> Seal);

/// <summary>Values that an earlier version kept in plain text, in one table or several, and how they are sealed in place.</summary>
/// <remarks>A row is read either way, so it does not matter where a kill cuts this off: the next start finds what is still plain.</remarks>
internal interface IPlainRows
{
    /// <summary>By which a tenant is noted as done; never changed.</summary>
    string Name { get; }

    /// <summary>Makes keys that cannot be made in the middle of a unit.</summary>
    ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Finds a page of a tenant's plain rows. It may go over all that is sealed, so it never runs in the one writer.</summary>
    /// <param name="after"><see langword="default"/> for the first page.</param>
    /// <returns><see langword="null"/> when nothing is left.</returns>
    PlainPage? FindPage(SqlSession session, TenantId tenant, PlainCursor after);
}
