using System.Text;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>The key of a posting list: above, 24 bits of a hash of whose list it is; below, 40 of the term's. FNV-1a, 64 bit.</summary>
/// <remarks>
/// The person comes first so that all lists of one person lie side by side in the tree: a message writes its dozen terms, and a
/// question reads its eight, in a page or two instead of a page each, however large the index grows.
/// Two lists that collide (one pair in half a million terms of one person, or of two people who share the upper part) cost a
/// recollection beside the point and never another person's: what is found is read again under the person it was asked for.
/// Source: Fowler, Noll, Vo, draft-eastlake-fnv.
/// </remarks>
internal static class SearchKey
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const int TermBits = 40;

    /// <summary>The list of one person's messages and facts.</summary>
    public static long OfPerson(Guid person, string term) =>
        unchecked((long)((Hash(person.ToByteArray()) << TermBits) | (Hash(term) >> (64 - TermBits))));

    private static ulong Hash(string term)
    {
        Span<byte> bytes = stackalloc byte[256];
        return Hash(Encoding.UTF8.TryGetBytes(term, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(term));
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Offset;
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * Prime);
        }

        return hash;
    }
}
