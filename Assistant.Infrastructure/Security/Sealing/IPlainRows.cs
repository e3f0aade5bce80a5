using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Where the next page of plain rows begins: after a key of a table. Which parts a key has is the list's own matter.</summary>
internal readonly record struct PlainCursor(int Table, Guid Id, long Seq);

/// <summary>Values that an earlier version kept in plain text, in one table or several, and how they are sealed in place.</summary>
/// <remarks>A row is read either way, so it does not matter where a kill cuts this off: the next start finds what is still plain.</remarks>
internal interface IPlainRows
{
    /// <summary>By which a tenant is noted as done; never changed.</summary>
    string Name { get; }

    /// <summary>Makes keys that cannot be made in the middle of a unit.</summary>
    ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Reads, seals and empties a page of a tenant's rows.</summary>
    /// <param name="after"><see langword="default"/> for the first page.</param>
    /// <returns>How many values that were and where it goes on; <see langword="null"/> when nothing is left.</returns>
    (int Count, PlainCursor Next)? SealPage(WriteSession session, TenantId tenant, PlainCursor after);
}
