using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Assistant.Verifier;

/// <summary>One line of an export.</summary>
internal sealed record Entry(int Line, long Seq, string Tenant, byte[] Previous, byte[] Hash, byte[] Canonical)
{
    /// <exception cref="InputException">The line is no event.</exception>
    public static Entry? Parse(int line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var json = document.RootElement;
            if (json.TryGetProperty("checkpoint", out _) || json.TryGetProperty("proof", out _))
            {
                return null; // what the exporter says of itself proves nothing
            }

            var (seq, tenant) = (json.GetProperty("seq").GetInt64(), Text(json, "tenant"));
            return new Entry(
                line, seq, tenant, Convert.FromHexString(Text(json, "previousHash")), Convert.FromHexString(Text(json, "hash")), CanonicalBytes(seq, tenant, json));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InputException($"Line {line} of the export is no event: {error.Message}");
        }
    }

    // docs/audit.md, "The hash".
    private static byte[] CanonicalBytes(long seq, string tenant, JsonElement json)
    {
        var bytes = new List<byte> { 1 };
        var actor = json.GetProperty("actor");
        Put(bytes, tenant);
        Put(bytes, seq);
        Put(bytes, DateTimeOffset.Parse(Text(json, "at"), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        foreach (var text in (string[])[Text(actor, "kind"), Text(actor, "id"), Text(actor, "name"), Text(json, "action"), Text(json, "subject"), Text(json, "origin")])
        {
            Put(bytes, text);
        }

        var details = json.GetProperty("details").EnumerateObject().Select(d => (Key: Encoding.UTF8.GetBytes(d.Name), Value: d.Value.GetString()!)).ToList();
        details.Sort((one, other) => one.Key.AsSpan().SequenceCompareTo(other.Key));
        Put(bytes, details.Count);
        foreach (var (key, value) in details)
        {
            Put(bytes, key.Length);
            bytes.AddRange(key);
            Put(bytes, value);
        }

        return [.. bytes];
    }

    private static void Put(List<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Put(bytes, utf8.Length);
        bytes.AddRange(utf8);
    }

    private static void Put(List<byte> bytes, int number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, number);
        bytes.AddRange(four);
    }

    private static void Put(List<byte> bytes, long number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, number);
        bytes.AddRange(eight);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");
}

/// <summary>The root over a growing list of leaves, kept as the roots of its complete subtrees (RFC 9162, 2.1.1).</summary>
internal sealed class Tree
{
    private readonly Stack<(int Height, byte[] Hash)> _peaks = new();

    public void Append(byte[] item)
    {
        var (height, hash) = (0, SHA256.HashData([0, .. item]));
        while (_peaks.TryPeek(out var left) && left.Height == height)
        {
            _peaks.Pop();
            (height, hash) = (height + 1, SHA256.HashData([1, .. left.Hash, .. hash]));
        }

        _peaks.Push((height, hash));
    }

    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var (_, hash) in _peaks) // from the right
        {
            root = root is null ? hash : SHA256.HashData([1, .. hash, .. root]);
        }

        return root ?? SHA256.HashData([]);
    }
}
