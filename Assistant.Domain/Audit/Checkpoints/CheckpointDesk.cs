// Signs what the tree is, but never against an earlier signature. Whoever holds the database can put back last week's copy, or write history
// anew from any point; what he cannot do is take back the checkpoints that are outside. So before each signature the newest checkpoint of
// the database and the newest of every place outside that can be read back must be the tree's own past, shown by a consistency proof.
// Otherwise nothing is signed, and that is said aloud. Signing on regardless was rejected: two signed histories under one key are
// the one thing a log of this kind must never produce.
using System.Globalization;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>Why no checkpoint was signed.</summary>
public enum CheckpointRefusal
{
    /// <summary>The log is not what its tree was made from, or its chain is broken.</summary>
    Diverged,

    /// <summary>The log is shorter than a checkpoint says it was: an old copy was put back, or events were cut off.</summary>
    RolledBack,

    /// <summary>The log has another history than a checkpoint.</summary>
    Forked,

    /// <summary>An earlier checkpoint is damaged or was not signed by this log's key.</summary>
    Unreadable,
}

/// <summary>How asking for a checkpoint ended.</summary>
public abstract record CheckpointOutcome
{
    private CheckpointOutcome() { }

    /// <summary>A new one was signed.</summary>
    public sealed record Made(SignedCheckpoint Checkpoint) : CheckpointOutcome;

    /// <summary>Nothing happened since the last one.</summary>
    public sealed record Unchanged(SignedCheckpoint? Last) : CheckpointOutcome;

    /// <summary>The log does not go on from what was signed before.</summary>
    /// <param name="Seq">The first event or the checkpoint's size where that shows; 0 when unknown.</param>
    public sealed record Refused(CheckpointRefusal Why, long Seq) : CheckpointOutcome;
}

/// <summary>An event's place in a signed tree: all an outsider needs, beside the event and the key.</summary>
/// <param name="Proof">Hashes from the leaf to the root.</param>
public sealed record AuditProof(AuditEvent Event, SignedCheckpoint Checkpoint, IReadOnlyList<byte[]> Proof);

/// <summary>Makes signed checkpoints and proofs of a tenant's audit log.</summary>
public sealed class CheckpointDesk(
    IAuditLog log, AuditTree tree, ICheckpointStore store, ICheckpointSigner signer, IEnumerable<ICheckpointMemory> memories, AuditAlarm alarm, TimeProvider clock)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Signs the log as it is now, when it has grown and goes on from every checkpoint that is known.</summary>
    public async Task<CheckpointOutcome> SignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var outcome = await TrySignAsync(tenant, cancellationToken);
            await RaiseAsync(tenant, outcome as CheckpointOutcome.Refused, cancellationToken);
            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Proof of one event in the first checkpoint that covers it, or <see langword="null"/> when there is no such event or none covers it yet.</summary>
    public async Task<AuditProof?> ProveAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        if (seq < 1 || await store.FindCoveringAsync(tenant, seq, cancellationToken) is not { } checkpoint)
        {
            return null;
        }

        await foreach (var written in log.ReadAsync(tenant, seq, cancellationToken))
        {
            return written.Seq != seq
                ? null
                : new AuditProof(written, checkpoint, await tree.ProveInclusionAsync(tenant, seq, checkpoint.Head.Size, cancellationToken));
        }

        return null;
    }

    /// <summary>The key outsiders verify with.</summary>
    public Task<CheckpointKey> ReadKeyAsync(TenantId tenant, CancellationToken cancellationToken) => signer.ReadKeyAsync(tenant, cancellationToken);

    /// <summary>Checkpoints larger than <paramref name="afterSize"/>, by size.</summary>
    public Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
        => store.ListAsync(tenant, afterSize, limit, cancellationToken);

    /// <summary>The newest signed note, after signing what happened since when that can be; <see langword="null"/> when there is none.</summary>
    public async Task<string?> NewestNoteAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await SignAsync(tenant, cancellationToken);
        return (await store.FindNewestAsync(tenant, cancellationToken))?.Note;
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<CheckpointOutcome> TrySignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        // Earlier checkpoints are read before the tree: what another process signs meanwhile is then no larger than it.
        var key = await signer.ReadKeyAsync(tenant, cancellationToken);
        var last = await store.FindNewestAsync(tenant, cancellationToken);
        List<string?> earlier = [last?.Note];
        foreach (var memory in memories)
        {
            earlier.Add(await ReadLastAsync(memory, key, cancellationToken));
        }

        if (await tree.GrowAsync(tenant, cancellationToken) is AuditGrowth.Diverged { Seq: var seq })
        {
            return new CheckpointOutcome.Refused(CheckpointRefusal.Diverged, seq);
        }

        var size = await tree.ReadSizeAsync(tenant, cancellationToken);
        var head = new TreeHead(key.Name, size, await tree.RootAsync(tenant, size, cancellationToken));
        foreach (var note in earlier.OfType<string>())
        {
            if (await JudgeAsync(tenant, note, key, head, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        if (size == 0 || last?.Head.Size == size)
        {
            return new CheckpointOutcome.Unchanged(last);
        }

        var signed = new SignedCheckpoint(tenant, head, await signer.SignAsync(tenant, head.Text, cancellationToken), AuditText.ToMilliseconds(clock.GetUtcNow()));
        return await store.AddAsync(signed, cancellationToken) ? new CheckpointOutcome.Made(signed) : new CheckpointOutcome.Unchanged(signed);
    }

    /// <returns>The note; <see langword="null"/> when there is none, and no note at all when it is damaged.</returns>
    private static async Task<string?> ReadLastAsync(ICheckpointMemory memory, CheckpointKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await memory.ReadLastAsync(key.Name, cancellationToken);
        }
        catch (FormatException)
        {
            return "";
        }
    }

    /// <summary>Whether the tree grew out of an earlier checkpoint: <see langword="null"/> when it did.</summary>
    private async Task<CheckpointOutcome.Refused?> JudgeAsync(
        TenantId tenant, string earlier, CheckpointKey key, TreeHead head, CancellationToken cancellationToken)
    {
        if (Read(earlier, key) is not { } old)
        {
            return new(CheckpointRefusal.Unreadable, 0);
        }

        if (old.Size > head.Size)
        {
            return new(CheckpointRefusal.RolledBack, head.Size + 1);
        }

        var proof = await tree.ProveConsistencyAsync(tenant, old.Size, head.Size, cancellationToken);
        return MerkleTree.VerifyConsistency(old.Size, head.Size, old.Root.Span, head.Root.Span, proof) ? null : new(CheckpointRefusal.Forked, old.Size);
    }

    private TreeHead? Read(string note, CheckpointKey key)
    {
        try
        {
            var read = SignedNote.Parse(note);
            return signer.Verify(read, key) && TreeHead.Parse(read.Text) is { } head && head.Origin == key.Name ? head : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Once for each trouble, not once a minute: the event would make the next checkpoint due.
    private async Task RaiseAsync(TenantId tenant, CheckpointOutcome.Refused? refused, CancellationToken cancellationToken)
    {
        if (alarm.Set(tenant, refused) && refused is not null)
        {
            await log.AppendAsync(
                new AuditDraft(
                    tenant, clock.GetUtcNow(), Actor.System, AuditActions.AuditAlarm, $"tenant/{tenant}", "local",
                    new Dictionary<string, string> { ["why"] = refused.Why.ToString().ToLowerInvariant(), ["seq"] = refused.Seq.ToString(CultureInfo.InvariantCulture) }),
                cancellationToken);
        }
    }
}
