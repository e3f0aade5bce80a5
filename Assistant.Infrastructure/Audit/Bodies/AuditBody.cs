// Plain bytes:  1 | origin | number of details, 4 bytes big-endian | for each: key, value. A text is the length of its UTF-8 form in bytes
// (4 bytes, big-endian), then that form, as in the chain's canonical form; nothing else reads these bytes than what wrote them.
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;

namespace Assistant.Infrastructure.Audit.Bodies;

/// <summary>What of an event is sealed: where from, and its details.</summary>
internal readonly record struct AuditBody(string Origin, IReadOnlyDictionary<string, string> Details)
{
    private const byte Format = 1;

    public static AuditBody Of(AuditDraft draft) => new(draft.Origin, draft.Details);

    /// <summary>An upper bound of <see cref="Write"/>, cheap to compute.</summary>
    public int MaxSize
    {
        get
        {
            var chars = Origin.Length;
            foreach (var (key, value) in Details)
            {
                chars += key.Length + value.Length;
            }

            // One UTF-16 code unit takes at most three bytes of UTF-8.
            return 1 + (3 * chars) + (sizeof(int) * (2 + (2 * Details.Count)));
        }
    }

    /// <returns>How many bytes were written.</returns>
    public int Write(Span<byte> destination)
    {
        destination[0] = Format;
        var at = 1;
        Write(Origin, destination, ref at);
        BinaryPrimitives.WriteInt32BigEndian(destination[at..], Details.Count);
        at += sizeof(int);
        foreach (var (key, value) in Details)
        {
            Write(key, destination, ref at);
            Write(value, destination, ref at);
        }

        return at;
    }

    /// <summary>Reads what <see cref="Write(Span{byte})"/> wrote; details come in the order of their keys.</summary>
    /// <exception cref="FormatException">A later version wrote it.</exception>
    public static AuditBody Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [Format, ..])
        {
            throw new FormatException("This version does not know the form of an audit event's body.");
        }

        var at = 1;
        var origin = ReadText(bytes, ref at);
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        at += sizeof(int);
        if (count == 0)
        {
            return new AuditBody(origin, AuditDraft.NoDetails);
        }

        var details = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++)
        {
            var key = ReadText(bytes, ref at);
            details[i] = new(key, ReadText(bytes, ref at));
        }

        Array.Sort(details, (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return new AuditBody(origin, new Dictionary<string, string>(details));
    }

    /// <summary>What an earlier version stored open, or <see langword="null"/> when these details are not what it stored.</summary>
    public static AuditBody? ReadPlain(string origin, string details)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string?>>(details) is { } read && !read.ContainsValue(null)
                ? new AuditBody(origin, read!) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Write(string text, Span<byte> destination, ref int at)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[(at + sizeof(int))..]);
        BinaryPrimitives.WriteInt32BigEndian(destination[at..], length);
        at += sizeof(int) + length;
    }

    private static string ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        var text = Encoding.UTF8.GetString(bytes.Slice(at + sizeof(int), length));
        at += sizeof(int) + length;
        return text;
    }
}
