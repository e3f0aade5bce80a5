using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Assistant.Verifier;

/// <summary>A certificate of forgetting (docs/audit.md, "Certificates of forgetting"): a signed note of lines of a word and a value.</summary>
internal sealed class Certificate
{
    private const string Title = "assistant forgetting certificate v1";
    private const string Dash = "— ";

    private readonly string _file;
    private readonly List<(string Word, string Value)> _lines;

    private Certificate(string file, List<(string, string)> lines) => (_file, _lines) = (file, lines);

    public string Subject => One("subject");

    /// <summary>Kinds and how many of each were erased.</summary>
    public IReadOnlyDictionary<string, long> Counts => _lines.Where(line => line.Word == "count").Select(line => line.Value.Split(' '))
        .ToDictionary(parts => parts[0], parts => long.Parse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The certificate, once its signature was verified.</summary>
    /// <exception cref="InputException">It is no certificate, or of another log.</exception>
    /// <exception cref="TamperException">It does not bear the log's signature.</exception>
    public static Certificate Read(string file, string content, LogKey key)
    {
        var note = content.ReplaceLineEndings("\n");
        var gap = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        var lines = gap < 0 ? [] : note[..gap].Split('\n');
        if (lines.Length < 2 || lines[0] != Title || lines[1..].Any(line => !line.Contains(' ', StringComparison.Ordinal)))
        {
            throw new InputException($"{file}: this is not a certificate of forgetting.");
        }

        var certificate = new Certificate(file, [.. lines[1..].Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1]))]);
        if (certificate.One("log") != key.Name)
        {
            throw new InputException($"{file}: this certificate is of the log '{certificate.One("log")}', the key of '{key.Name}'.");
        }

        var signatures = note[(gap + 2)..].Split('\n').Where(line => line.StartsWith(Dash, StringComparison.Ordinal)).Select(line => line[Dash.Length..]);
        return signatures.Any(line => CheckpointFile.IsBy(key, Encoding.UTF8.GetBytes(note[..(gap + 1)]), line))
            ? certificate
            : throw new TamperException($"{file}: the certificate does not bear the log's signature. It was changed, or is forged.");
    }

    /// <summary>Whether both events are in the export as the certificate names them, and say the same.</summary>
    /// <exception cref="TamperException">They are not, or do not.</exception>
    public void Compare(IEnumerable<(Entry Entry, string Line)> export)
    {
        var (begun, erased) = (Event("begun-event"), Event("erased-event"));
        var found = 0;
        foreach (var (entry, line) in export)
        {
            if (entry.Seq == begun.Seq)
            {
                Judge(entry, line, begun.Hash, "erasure.begun");
                found++;
            }
            else if (entry.Seq == erased.Seq)
            {
                CompareCounts(Judge(entry, line, erased.Hash, "erasure.erased"));
                found++;
            }
        }

        if (found != 2)
        {
            throw new TamperException($"{_file}: the export has not both events of the certificate.");
        }
    }

    private JsonElement Judge(Entry entry, string line, byte[] hash, string action)
    {
        var json = JsonDocument.Parse(line).RootElement.Clone();
        var isOwn = entry.Hash.AsSpan().SequenceEqual(hash)
            && SHA256.HashData([.. entry.Previous, .. entry.Canonical]).AsSpan().SequenceEqual(hash)
            && json.GetProperty("action").GetString() == action && json.GetProperty("subject").GetString() == Subject;
        return isOwn ? json : throw new TamperException($"Line {entry.Line}: event {entry.Seq} is not the one the certificate names.");
    }

    private void CompareCounts(JsonElement erased)
    {
        var details = erased.GetProperty("details");
        foreach (var (kind, count) in Counts)
        {
            if (!details.TryGetProperty(kind, out var said) || said.GetString() != count.ToString(CultureInfo.InvariantCulture))
            {
                throw new TamperException($"{_file}: the log counts {kind} otherwise than the certificate.");
            }
        }
    }

    private (long Seq, byte[] Hash) Event(string word)
    {
        var parts = One(word).Split(' ');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && parts[1].Length == 64
            ? (seq, Convert.FromHexString(parts[1]))
            : throw new InputException($"{_file}: '{word}' names no event.");
    }

    private string One(string word)
        => _lines.Where(line => line.Word == word).Select(line => line.Value).SingleOrDefault() ?? throw new InputException($"{_file}: the line '{word}' is missing.");
}
