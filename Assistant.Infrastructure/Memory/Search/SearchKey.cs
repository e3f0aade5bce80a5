using System.Buffers.Binary;
using System.Text;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>Makes the keys of a person's posting lists: above, 24 bits of a hash of whose list it is; below, 40 of the term's.</summary>
/// <remarks>
/// The person comes first so that all lists of one person lie side by side in the tree: a message writes its dozen terms, and a
/// question reads its eight, in a page or two instead of a page each, however large the index grows.
/// The term is hashed under a key of the person's own, so that the lists tell nobody without it which words they are of, nor whether two
/// people use the same ones. The person's part hides nothing and needs no key: entries name the person.
/// Two lists that collide (one pair in half a million terms of one person, or of two people who share the upper part) cost a
/// recollection beside the point and never another person's: what is found is read again under the person it was asked for.
/// </remarks>
internal sealed class SearchKey
{
    private const int TermBits = 40;

    private readonly ulong _person;
    private readonly SipHash _hash;

    /// <param name="secret">At least 16 bytes; not kept.</param>
    public SearchKey(Guid person, ReadOnlySpan<byte> secret)
    {
        _person = PartOf(person);
        _hash = new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(secret), BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]));
    }

    /// <summary>The lowest and the highest key a list of this person can have; others may share the range.</summary>
    public static (long First, long Last) RangeOf(Guid person)
    {
        var first = PartOf(person);
        return unchecked(((long)first, (long)(first | ((1UL << TermBits) - 1))));
    }

    /// <summary>The list of a term in this person's messages.</summary>
    public long Of(string term)
    {
        Span<byte> bytes = stackalloc byte[256];
        var hash = _hash.Of(Encoding.UTF8.TryGetBytes(term, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(term));
        return unchecked((long)(_person | (hash >> (64 - TermBits))));
    }

    /// <summary>The list of a term in what this person asked to have remembered: beside the one of the messages, so that both are read in a page.</summary>
    public long OfFacts(string term) => Of(term) ^ 1;

    // FNV-1a, 64 bit: draft-eastlake-fnv.
    private static ulong PartOf(Guid person)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in person.ToByteArray())
        {
            hash = unchecked((hash ^ b) * 1099511628211UL);
        }

        return hash << TermBits;
    }
}
