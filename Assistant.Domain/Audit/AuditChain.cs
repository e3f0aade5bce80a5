using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>The hash chain of a tenant's events: pure functions, described for outsiders in docs/audit.md.</summary>
/// <remarks>
/// Idea: every event is hashed together with the hash of the event before it, so that changing, removing, adding or
/// moving one changes every hash after it. Invariant: hash(n) = SHA-256(hash(n-1) ‖ canonical(n)), and hash(0), the
/// genesis, names the format and the tenant, so that a chain cannot be passed off as another tenant's.
/// <para>
/// Canonical bytes are length-prefixed fields in a fixed order. Rejected: hashing JSON (escaping, number and key order
/// differ between writers, which canonical JSON solves only with a specification longer than this one) and joining with
/// a separator (two different events could give the same bytes). A keyed hash was rejected because then only the
/// installation itself could verify; the exported checkpoint is what an insider cannot rewrite.
/// </para>
/// </remarks>
public static class AuditChain
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>First byte of the canonical form. A new form gets a new number; old events keep theirs.</summary>
    public const byte FormatVersion = 1;

    private const string GenesisLabel = "assistant audit chain v1\n";

    /// <summary>What the first event of a tenant names as its previous hash.</summary>
    public static byte[] Genesis(TenantId tenant) => SHA256.HashData(Encoding.UTF8.GetBytes(GenesisLabel + tenant.Value));

    /// <summary>The bytes of an event that are hashed.</summary>
    /// <param name="seq">Its number in the chain of <see cref="AuditDraft.Tenant"/>.</param>
    public static byte[] CanonicalBytes(long seq, AuditDraft draft)
    {
        var buffer = new byte[MaxCanonicalSize(draft)];
        return buffer[..WriteCanonical(seq, draft, buffer)];
    }

    /// <summary>The hash of an event.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> canonicalBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previousHash);
        hash.AppendData(canonicalBytes);
        return hash.GetHashAndReset();
    }

    /// <summary>An upper bound of <see cref="WriteCanonical"/>, cheap to compute.</summary>
    internal static int MaxCanonicalSize(AuditDraft draft)
    {
        var chars = draft.Tenant.Value.Length + draft.Actor.Kind.Length + draft.Actor.Id.Length + draft.Actor.Name.Length
            + draft.Action.Length + draft.Subject.Length + draft.Origin.Length;
        var fields = 7;
        foreach (var (key, value) in draft.Details)
        {
            chars += key.Length + value.Length;
            fields += 2;
        }

        // One UTF-16 code unit takes at most three bytes of UTF-8.
        return (3 * chars) + (sizeof(uint) * (fields + 1)) + 1 + sizeof(long) + sizeof(long);
    }

    /// <returns>How many bytes were written.</returns>
    internal static int WriteCanonical(long seq, AuditDraft draft, Span<byte> destination)
    {
        destination[0] = FormatVersion;
        var at = 1;
        Write(draft.Tenant.Value, destination, ref at);
        Write(seq, destination, ref at);
        Write(draft.At.ToUnixTimeMilliseconds(), destination, ref at);
        Write(draft.Actor.Kind, destination, ref at);
        Write(draft.Actor.Id, destination, ref at);
        Write(draft.Actor.Name, destination, ref at);
        Write(draft.Action, destination, ref at);
        Write(draft.Subject, destination, ref at);
        Write(draft.Origin, destination, ref at);
        WriteDetails(draft.Details, destination, ref at);
        return at;
    }

    private static void WriteDetails(IReadOnlyDictionary<string, string> details, Span<byte> destination, ref int at)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[at..], (uint)details.Count);
        at += sizeof(uint);
        if (details.Count == 0)
        {
            return;
        }

        var sorted = ArrayPool<KeyValuePair<string, string>>.Shared.Rent(details.Count);
        var count = 0;
        foreach (var detail in details)
        {
            // Insertion sort: a handful of details, mostly written in order.
            var i = count++;
            for (; i > 0 && CompareCodePoints(sorted[i - 1].Key, detail.Key) > 0; i--)
            {
                sorted[i] = sorted[i - 1];
            }

            sorted[i] = detail;
        }

        foreach (var (key, value) in sorted.AsSpan(0, count))
        {
            Write(key, destination, ref at);
            Write(value, destination, ref at);
        }

        ArrayPool<KeyValuePair<string, string>>.Shared.Return(sorted, clearArray: true);
    }

    private static void Write(long value, Span<byte> destination, ref int at)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination[at..], value);
        at += sizeof(long);
    }

    private static void Write(string text, Span<byte> destination, ref int at)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[(at + sizeof(uint))..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[at..], (uint)length);
        at += sizeof(uint) + length;
    }

    // The order of the UTF-8 bytes, which is the order of the code points. UTF-16 differs from it in one respect: surrogates
    // (code points above U+FFFF) compare below U+E000..U+FFFF, so both ranges are moved before they are compared.
    private static int CompareCodePoints(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        return Rank(left[same]) - Rank(right[same]);

        static int Rank(char c) => c switch
        {
            < '\uD800' => c,
            <= '\uDFFF' => c + 0x2000,
            _ => c - 0x800,
        };
    }
}
