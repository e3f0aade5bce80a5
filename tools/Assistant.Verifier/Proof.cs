using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Assistant.Verifier;

/// <summary>The proof of one event (docs/audit.md, "The tree"): the event, its place, the hashes up to the root, and a signed checkpoint.</summary>
/// <remarks>The key that lies in the file proves nothing: whoever forges one puts their own there.</remarks>
internal sealed record Proof(string Action, long Seq, long Size)
{
    /// <summary>What is proven, once everything was found to fit.</summary>
    /// <exception cref="InputException">The file is no proof, or of another log.</exception>
    /// <exception cref="TamperException">Something in it is not as the log signed it.</exception>
    public static Proof Read(string file, string content, LogKey key)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return Judge(file, document.RootElement, key);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InputException($"{file}: this is not a proof: {error.Message}");
        }
    }

    private static Proof Judge(string file, JsonElement proof, LogKey key)
    {
        var written = proof.GetProperty("event");
        var entry = Entry.Parse(1, written.GetRawText()) ?? throw new InputException($"{file}: the event is missing.");
        if (CheckpointFile.Read(file, proof.GetProperty("checkpoint").GetString()!, key) is not [var checkpoint])
        {
            throw new InputException($"{file}: there is no checkpoint of '{key.Name}' in it.");
        }

        // The origin of a log ends with its tenant: an event of one tenant is not in the log of another.
        if (!key.Name.EndsWith('/' + entry.Tenant, StringComparison.Ordinal))
        {
            throw new TamperException(Say($"the event is of '{entry.Tenant}', the checkpoint of '{key.Name}'."));
        }

        if (!SHA256.HashData([.. entry.Previous, .. entry.Canonical]).AsSpan().SequenceEqual(entry.Hash))
        {
            throw new TamperException(Say($"event {entry.Seq} does not give its hash: it was edited."));
        }

        var (index, size) = (proof.GetProperty("index").GetInt64(), proof.GetProperty("size").GetInt64());
        var hashes = proof.GetProperty("hashes").EnumerateArray().Select(hash => Input.Base64(hash.GetString()!)).ToList();
        return index == entry.Seq - 1 && size == checkpoint.Size && LeadsTo(checkpoint.Root, entry.Hash, index, size, hashes)
            ? new Proof(written.GetProperty("action").GetString()!, entry.Seq, size)
            : throw new TamperException(Say($"the hashes do not lead from event {entry.Seq} to the root the log signed for {checkpoint.Size} events."));
    }

    // RFC 9162, 2.1.3.2.
    private static bool LeadsTo(byte[] root, byte[] item, long index, long size, List<byte[]> path)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (at, last, hash) = (index, size - 1, SHA256.HashData([0, .. item]));
        foreach (var other in path)
        {
            if (last == 0)
            {
                return false;
            }

            if (at % 2 == 1 || at == last)
            {
                hash = SHA256.HashData([1, .. other, .. hash]);
                for (; at % 2 == 0 && at != 0; at /= 2)
                {
                    last /= 2;
                }
            }
            else
            {
                hash = SHA256.HashData([1, .. hash, .. other]);
            }

            (at, last) = (at / 2, last / 2);
        }

        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
