using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

// The frames of the long connection are messages of Protocol Buffers, of one kind: SeqID (1), LogID (2), service (3), method (4), headers (5, of key 1 and
// value 2), payload_encoding (6), payload_type (7), payload (8), LogIDNew (9). That little is read and written here; it is that of Feishu's own SDKs.

/// <summary>One frame of a long connection.</summary>
internal sealed record FeishuFrame(ulong SeqId, ulong LogId, int Service, int Method, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Payload)
{
    /// <summary>Texts that mean nothing here, and go back as they came.</summary>
    public IReadOnlyList<KeyValuePair<int, byte[]>> Others { get; init; } = [];

    /// <summary>The <see cref="Method"/> of pings and pongs.</summary>
    public const int Control = 0;

    /// <summary>The <see cref="Method"/> of events.</summary>
    public const int Data = 1;

    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Counted = 2;
    private const int Fixed32 = 5;
    private const int MaxHeaders = 100;

    public string? Header(string key) => Headers.FirstOrDefault(header => header.Key == key).Value;

    public int Number(string key) => int.TryParse(Header(key), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>The frame; <see langword="null"/> when these bytes are none. Total.</summary>
    public static FeishuFrame? Read(ReadOnlySpan<byte> bytes)
    {
        var frame = new FeishuFrame(0, 0, 0, 0, [], []);
        var (headers, others) = (new List<KeyValuePair<string, string>>(), new List<KeyValuePair<int, byte[]>>());
        while (!bytes.IsEmpty)
        {
            if (!TryReadField(ref bytes, out var field, out var number, out var counted))
            {
                return null;
            }

            switch (field)
            {
                case 1:
                    frame = frame with { SeqId = number };
                    break;
                case 2:
                    frame = frame with { LogId = number };
                    break;
                case 3:
                    frame = frame with { Service = unchecked((int)number) };
                    break;
                case 4:
                    frame = frame with { Method = unchecked((int)number) };
                    break;
                case 5 when headers.Count < MaxHeaders && TryReadHeader(counted, out var header):
                    headers.Add(header);
                    break;
                case 5:
                    return null;
                case 8:
                    frame = frame with { Payload = counted.ToArray() };
                    break;
                case 6 or 7 or 9 when others.Count < MaxHeaders:
                    others.Add(new((int)field, counted.ToArray()));
                    break;
                default:
                    break;
            }
        }

        return frame with { Headers = headers, Others = others };
    }

    public byte[] Write()
    {
        var bytes = new MemoryStream();
        WriteNumber(bytes, 1, SeqId);
        WriteNumber(bytes, 2, LogId);
        WriteNumber(bytes, 3, unchecked((ulong)Service));
        WriteNumber(bytes, 4, unchecked((ulong)Method));
        foreach (var (key, value) in Headers)
        {
            var header = new MemoryStream();
            WriteCounted(header, 1, Encoding.UTF8.GetBytes(key));
            WriteCounted(header, 2, Encoding.UTF8.GetBytes(value));
            WriteCounted(bytes, 5, header.ToArray());
        }

        foreach (var (field, value) in Others)
        {
            WriteCounted(bytes, field, value);
        }

        WriteCounted(bytes, 8, Payload);
        return bytes.ToArray();
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out KeyValuePair<string, string> header)
    {
        var (key, value) = ("", "");
        while (!bytes.IsEmpty)
        {
            if (!TryReadField(ref bytes, out var field, out _, out var counted))
            {
                header = default;
                return false;
            }

            key = field == 1 ? Encoding.UTF8.GetString(counted) : key;
            value = field == 2 ? Encoding.UTF8.GetString(counted) : value;
        }

        header = new(key, value);
        return true;
    }

    private static bool TryReadField(ref ReadOnlySpan<byte> bytes, out ulong field, out ulong number, out ReadOnlySpan<byte> counted)
    {
        field = number = 0;
        counted = default;
        if (!TryReadVarint(ref bytes, out var tag))
        {
            return false;
        }

        field = tag >> 3;
        switch ((int)(tag & 7))
        {
            case Varint:
                return TryReadVarint(ref bytes, out number);
            case Fixed64 when bytes.Length >= sizeof(ulong):
                number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                bytes = bytes[sizeof(ulong)..];
                return true;
            case Fixed32 when bytes.Length >= sizeof(uint):
                number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                bytes = bytes[sizeof(uint)..];
                return true;
            case Counted when TryReadVarint(ref bytes, out var length) && length <= (ulong)bytes.Length:
                counted = bytes[..(int)length];
                bytes = bytes[(int)length..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void WriteNumber(MemoryStream bytes, int field, ulong value)
    {
        WriteVarint(bytes, (ulong)((field << 3) | Varint));
        WriteVarint(bytes, value);
    }

    private static void WriteCounted(MemoryStream bytes, int field, byte[] value)
    {
        WriteVarint(bytes, (ulong)((field << 3) | Counted));
        WriteVarint(bytes, (ulong)value.Length);
        bytes.Write(value);
    }

    private static void WriteVarint(MemoryStream bytes, ulong value)
    {
        while (value >= 0x80)
        {
            bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.WriteByte((byte)value);
    }
}
