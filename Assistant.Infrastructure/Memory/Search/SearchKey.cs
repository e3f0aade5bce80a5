using System.Text;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>The key of a posting list: FNV-1a, 64 bit, over whose list it is and the term.</summary>
/// <remarks>
/// Two lists that collide, which takes billions of terms, cost a recollection beside the point and never another person's: what is
/// found is read again under the person it was asked for.
/// Source: Fowler, Noll, Vo, draft-eastlake-fnv.
/// </remarks>
internal static class SearchKey
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The list of one person's messages and facts.</summary>
    public static long OfPerson(Guid person, string term) => Hash(person.ToByteArray(), term);

    private static long Hash(ReadOnlySpan<byte> owner, string term)
    {
        var hash = Add(Offset, owner);
        hash = Add(hash, [0]);
        Span<byte> bytes = stackalloc byte[256];
        return unchecked((long)Add(hash, Encoding.UTF8.TryGetBytes(term, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(term)));
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * Prime);
        }

        return hash;
    }
}
