using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Verifier;

/// <summary>What was found.</summary>
/// <param name="Seq">The first event that is not as it was, or 0.</param>
internal sealed record Finding(long Seq, string Text);

/// <summary>Compares an export with the checkpoints of witnesses.</summary>
/// <remarks>
/// The chain shows careless changes and names the place. Who holds the database can repair the chain; the roots the log signed, kept where they
/// could not be reached, show that. Between two checkpoints the place is known only as a range.
/// </remarks>
internal static class Verification
{
    /// <returns>Nothing when all is as it was; the last checkpoint and how many events lie beyond it.</returns>
    public static (Finding? Problem, long Events, long Covered) Run(IEnumerable<Entry> export, IReadOnlyCollection<Checkpoint> checkpoints)
    {
        if (FindFork(checkpoints) is { } fork)
        {
            return (fork, 0, 0);
        }

        var expected = new Queue<Checkpoint>(checkpoints.OrderBy(c => c.Size));
        var (tree, seq, good) = (new Tree(), 0L, 0L);
        byte[]? head = null;
        string? tenant = null;
        foreach (var entry in export)
        {
            tenant ??= entry.Tenant;
            head ??= SHA256.HashData(Encoding.UTF8.GetBytes("assistant audit chain v1\n" + tenant));
            if (Judge(entry, tenant, seq + 1, head) is { } problem)
            {
                return (new Finding(seq + 1, $"Line {entry.Line}: {problem}"), seq, good);
            }

            (seq, head) = (entry.Seq, entry.Hash);
            tree.Append(entry.Hash);
            for (; expected.TryPeek(out var next) && next.Size == seq; expected.Dequeue(), good = seq)
            {
                if (!next.Root.AsSpan().SequenceEqual(tree.Root()))
                {
                    return (Rewritten(good, next), seq, good);
                }
            }
        }

        var missing = expected.LastOrDefault();
        return missing is null
            ? (null, seq, good)
            : (new Finding(seq + 1, Say($"The export ends with event {seq}, but the log had {missing.Size} when it signed the checkpoint of {missing.From}: events {seq + 1} to {missing.Size} were cut off, or an old copy was put back.")), seq, good);
    }

    private static Finding? FindFork(IReadOnlyCollection<Checkpoint> checkpoints) => checkpoints
        .GroupBy(c => c.Size).Where(size => size.Select(c => Convert.ToHexString(c.Root)).Distinct().Count() > 1)
        .OrderBy(size => size.Key)
        .Select(size => new Finding(size.Key, Say($"The log signed two different histories of {size.Key} events: {string.Join("; ", size.Select(c => c.From))}. It was forked.")))
        .FirstOrDefault();

    private static string? Judge(Entry entry, string tenant, long seq, byte[] head)
    {
        var own = SHA256.HashData([.. entry.Previous, .. entry.Canonical]).AsSpan().SequenceEqual(entry.Hash);
        return entry.Tenant != tenant ? Say($"event {seq} belongs to another tenant, '{entry.Tenant}'.")
            : entry.Seq < seq ? Say($"event {entry.Seq} stands where event {seq} belongs: it was inserted or moved.")
            : entry.Seq > seq ? Say($"event {entry.Seq} stands where event {seq} belongs: events were deleted or moved.")
            : !own ? Say($"event {seq} does not give its hash: it was edited, or stands where it was not written.")
            : !entry.Previous.AsSpan().SequenceEqual(head) ? Say($"event {seq} was not written after the event before it: one of the two was edited, inserted or moved.")
            : null;
    }

    private static Finding Rewritten(long good, Checkpoint next) => new(
        good + 1,
        Say($"The chain hangs together, but events {good + 1} to {next.Size} are not those the log signed ({next.From}): at least one of them was changed, added, removed or moved and everything after it written anew."));

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
