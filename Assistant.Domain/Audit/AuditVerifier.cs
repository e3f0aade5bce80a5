using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit;

/// <summary>Reads a chain once, in constant memory, and names the first event that is not as it was appended.</summary>
/// <remarks>
/// That the chain is broken follows from the hashes alone. What it looks like is read from the links: the event that
/// truly belongs at the broken place is the one whose previous hash is the hash reached so far. If it comes later, it
/// was moved or something was put before it; if it never comes, it was removed or altered. An attacker who also repairs
/// links can make one kind look like another; he cannot make a broken chain look whole, unless he writes everything
/// after it anew, which a checkpoint kept elsewhere shows.
/// </remarks>
public static class AuditVerifier
{
    // A removed event shifts the numbers after it; this many removed in a row are still told from an edit.
    private const int MaxShift = 1000;

    /// <summary>Verifies a log as it is stored, against the head beside it as well: without that, events cut off the end would not be missed.</summary>
    public static async Task<AuditVerdict> VerifyStoredAsync(
        IAuditLog log, TenantId tenant, IEnumerable<AuditCheckpoint> checkpoints, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Read before the events: what is appended meanwhile lies beyond it and does no harm.
        var head = await log.ReadHeadAsync(tenant, cancellationToken);
        // What nobody appended may stand under a number below the first.
        return await VerifyAsync(tenant, log.ReadAsync(tenant, long.MinValue, cancellationToken), checkpoints.Append(head), now, cancellationToken);
    }

    /// <param name="events">In the order they stand, from the first on.</param>
    /// <param name="checkpoints">What the chain must pass through; those beyond its end show a truncated tail.</param>
    /// <param name="now">Time of the checkpoint an intact chain yields.</param>
    public static async Task<AuditVerdict> VerifyAsync(
        TenantId tenant, IAsyncEnumerable<AuditEvent> events, IEnumerable<AuditCheckpoint> checkpoints, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var expected = new Queue<AuditCheckpoint>(checkpoints.OrderBy(c => c.Seq));
        var seq = 0L;
        ReadOnlyMemory<byte> head = AuditChain.Genesis(tenant);
        ReadOnlyMemory<byte> beforeHead = default;

        await using var reader = events.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            if (Missed(expected, seq, head.Span))
            {
                return new AuditVerdict.Broken(seq, AuditBreak.Rewritten);
            }

            if (!await reader.MoveNextAsync())
            {
                break;
            }

            var next = reader.Current;
            if (!IsNext(tenant, next, seq + 1, head.Span))
            {
                return await ClassifyAsync(tenant, next, seq + 1, head, beforeHead, reader);
            }

            (seq, beforeHead, head) = (seq + 1, head, next.Hash);
        }

        return expected.Count > 0
            ? new AuditVerdict.Broken(seq + 1, AuditBreak.Truncated)
            : new AuditVerdict.Intact(new AuditCheckpoint(tenant, seq, Convert.ToHexStringLower(head.Span), now));
    }

    private static bool Missed(Queue<AuditCheckpoint> expected, long seq, ReadOnlySpan<byte> head)
    {
        while (expected.TryPeek(out var checkpoint) && checkpoint.Seq <= seq)
        {
            if (!checkpoint.HashHex.Equals(Convert.ToHexStringLower(head), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            expected.Dequeue();
        }

        return false;
    }

    private static bool IsNext(TenantId tenant, AuditEvent found, long seq, ReadOnlySpan<byte> head)
        => found.Seq == seq && found.PreviousHash.Span.SequenceEqual(head) && HashesTo(tenant, found, seq);

    private static bool HashesTo(TenantId tenant, AuditEvent found, long seq)
        => found.What.Tenant == tenant
            && AuditChain.Hash(found.PreviousHash.Span, AuditChain.CanonicalBytes(seq, found.What)).AsSpan().SequenceEqual(found.Hash.Span);

    private static async Task<AuditVerdict> ClassifyAsync(
        TenantId tenant, AuditEvent found, long seq, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> beforeHead,
        IAsyncEnumerator<AuditEvent> rest)
    {
        if (found.Seq < seq)
        {
            // Its number was already passed.
            return new AuditVerdict.Broken(seq, AuditBreak.Inserted);
        }

        var linksBack = found.PreviousHash.Span.SequenceEqual(head.Span);
        if (found.Seq == seq && !linksBack)
        {
            if (HashesTo(tenant, found, seq))
            {
                // Whole in itself, but it knows another predecessor: that one was altered and given a fitting hash.
                return new AuditVerdict.Broken(Math.Max(1, seq - 1), AuditBreak.Edited);
            }

            if (!beforeHead.IsEmpty && found.PreviousHash.Span.SequenceEqual(beforeHead.Span))
            {
                // It belongs where the event before it stands.
                return new AuditVerdict.Broken(seq - 1, AuditBreak.Inserted);
            }

            if (AuditChain.Hash(head.Span, AuditChain.CanonicalBytes(seq, found.What)).AsSpan().SequenceEqual(found.Hash.Span))
            {
                // Only its note of the previous hash was changed.
                return new AuditVerdict.Broken(seq, AuditBreak.Edited);
            }
        }

        var isGenuine = false;
        var belongsHere = false;
        while (await rest.MoveNextAsync())
        {
            var later = rest.Current;
            belongsHere |= later.PreviousHash.Span.SequenceEqual(head.Span);
            isGenuine |= later.Hash.Span.SequenceEqual(found.PreviousHash.Span) || later.PreviousHash.Span.SequenceEqual(found.Hash.Span);
        }

        if (belongsHere)
        {
            return new AuditVerdict.Broken(seq, isGenuine && !linksBack ? AuditBreak.Reordered : AuditBreak.Inserted);
        }

        var isShifted = found.Seq > seq || (!linksBack && Enumerable.Range(1, MaxShift).Any(by => HashesTo(tenant, found, seq + by)));
        return new AuditVerdict.Broken(seq, isShifted ? AuditBreak.Deleted : AuditBreak.Edited);
    }
}
