// One file per log, each note followed by an empty line. The file only grows, and so do the sizes in it: a checkpoint that is not larger than the
// last one is passed over. Otherwise an old database, whose positions are old too, would append its old checkpoints below the new
// ones, and the last line would no longer tell how far the log had once got.
using System.Text;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Infrastructure.Security;

namespace Assistant.Infrastructure.Audit.Witnesses;

/// <summary>Keeps checkpoints in files that only grow, and reads the last one back.</summary>
internal sealed class FileWitness(string folder) : IWitness, ICheckpointMemory
{
    // A note takes some 300 bytes.
    private const int TailBytes = 16 * 1024;

    public string Name => "file";

    public TimeSpan Every => TimeSpan.Zero;

    /// <summary>Where the log's checkpoints are.</summary>
    public string FileOf(string origin) => Path.Combine(folder, $"{origin[(origin.LastIndexOf('/') + 1)..]}.checkpoints");

    public async Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        try
        {
            PrivateFolder.Create(folder);
            await using var file = new FileStream(FileOf(checkpoint.Head.Origin), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var (last, end) = await ReadTailAsync(file, cancellationToken);
            if (last is not null && TreeHead.Parse(SignedNote.Parse(last).Text).Size >= checkpoint.Head.Size)
            {
                return;
            }

            if (end < file.Length)
            {
                file.SetLength(end); // half a note, written when the power failed
            }

            file.Position = end;
            await file.WriteAsync(Encoding.UTF8.GetBytes(checkpoint.Note + "\n"), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new WitnessException($"The file in {folder} cannot be written: {error.Message}", error);
        }
    }

    public async Task<string?> ReadLastAsync(string origin, CancellationToken cancellationToken)
    {
        if (!File.Exists(FileOf(origin)))
        {
            return null;
        }

        await using var file = new FileStream(FileOf(origin), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return (await ReadTailAsync(file, cancellationToken)).Last;
    }

    /// <summary>The last whole note, and where it ends with its empty line.</summary>
    private static async Task<(string? Last, long End)> ReadTailAsync(FileStream file, CancellationToken cancellationToken)
    {
        var start = Math.Max(0, file.Length - TailBytes);
        var bytes = new byte[file.Length - start];
        file.Position = start;
        await file.ReadExactlyAsync(bytes, cancellationToken);

        // Whole is what ends with an empty line below its signatures; the empty line above them has none before it.
        var text = Encoding.Latin1.GetString(bytes); // one character for each byte, so that places can be counted
        var end = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        while (end >= 0 && !LineBefore(text, end).StartsWith("\u00e2\u0080\u0094 ", StringComparison.Ordinal))
        {
            end = end == 0 ? -1 : text.LastIndexOf("\n\n", end - 1, StringComparison.Ordinal);
        }

        if (end < 0)
        {
            return file.Length == 0 || start == 0 && !text.Contains("\n\n", StringComparison.Ordinal) ? (null, 0) : throw new FormatException("The file holds no whole checkpoint.");
        }

        var gap = text.LastIndexOf("\n\n", end - 1, StringComparison.Ordinal);
        var before = gap < 0 ? -1 : text.LastIndexOf("\n\n", gap - 1, StringComparison.Ordinal);
        var first = before < 0 ? 0 : before + 2;
        return (Encoding.UTF8.GetString(bytes.AsSpan(first, end + 1 - first)), start + end + 2);
    }

    private static string LineBefore(string text, int end)
    {
        var begin = end == 0 ? -1 : text.LastIndexOf('\n', end - 1);
        return text[(begin + 1)..end];
    }
}
