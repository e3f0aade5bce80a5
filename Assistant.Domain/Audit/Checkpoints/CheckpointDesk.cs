// Signs what the tree is, but never against an earlier signature. Whoever holds the database can put back last week's copy, or write history
// anew from any point; what he cannot do is take back the checkpoints that are outside. So before each signature the newest checkpoint of
// the database and the newest of every place outside that can be read back must be the tree's own past, shown by a consistency proof.
// Otherwise nothing is signed, and that is said aloud. Signing on regardless was rejected: two signed histories under one key are
// the one thing a log of this kind must never produce.
//
// Whatever keeps a log from being signed raises the alarm, also what nobody thought of: a log that quietly grows unsigned is what somebody
// who is about to rewrite it would wish for. The tree alone is made anew when it is damaged. It says nothing the log does not say, and the
// earlier checkpoints judge the new one as they judged the old.
using System.Globalization;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Logging;

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

    /// <summary>A place outside that keeps checkpoints cannot be read: what was signed before is not known.</summary>
    Unreachable,

    /// <summary>Something else went wrong; the program's log says what.</summary>
    Failed,
}

/// <summary>How asking for a checkpoint ended.</summary>
public abstract record CheckpointOutcome
{
    private CheckpointOutcome() { }

    /// <summary>A new one was signed.</summary>
    public sealed record Made(SignedCheckpoint Checkpoint) : CheckpointOutcome;

    /// <summary>Nothing happened since the last one.</summary>
    public sealed record Unchanged(SignedCheckpoint? Last) : CheckpointOutcome;

    /// <summary>The log does not go on from what was signed before, or nobody can tell whether it does.</summary>
    /// <param name="Seq">The first event or the checkpoint's size where that shows; 0 when unknown.</param>
    /// <param name="Problem">What the machine said, for whoever runs it.</param>
    public sealed record Refused(CheckpointRefusal Why, long Seq, string? Problem = null) : CheckpointOutcome;
}

/// <summary>An event's place in a signed tree: all an outsider needs, beside the event and the key.</summary>
/// <param name="Proof">Hashes from the leaf to the root.</param>
public sealed record AuditProof(AuditEvent Event, SignedCheckpoint Checkpoint, IReadOnlyList<byte[]> Proof);

/// <summary>Makes signed checkpoints and proofs of a tenant's audit log.</summary>
public sealed partial class CheckpointDesk(
    IAuditLog log, AuditTree tree, ICheckpointStore store, ICheckpointSigner signer, IEnumerable<ICheckpointMemory> memories, AuditAlarm alarm, TimeProvider clock,
    ILogger<CheckpointDesk> logger)
    : IDisposable
{
    /// <summary>Stands for a note that is damaged, and is none itself.</summary>
    private const string Damaged = "";

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>What stands in the log about each tenant's trouble; touched by whose turn it is.</summary>
    private readonly Dictionary<TenantId, CheckpointRefusal> _told = [];

    /// <summary>Signs the log as it is now, when it has grown and goes on from every checkpoint that is known.</summary>
    /// <remarks>A fault rises after it raised the alarm.</remarks>
    public async Task<CheckpointOutcome> SignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var outcome = await SignOrAlarmAsync(tenant, cancellationToken);
            await RaiseAsync(tenant, outcome as CheckpointOutcome.Refused, cancellationToken);
            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Proof of one event in the first checkpoint that covers it, or <see langword="null"/> when there is no such event, none covers it yet, or the log
    /// was broken since.
    /// </summary>
    public async Task<AuditProof?> ProveAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        if (seq < 1 || await FindCoveringAsync(tenant, seq, cancellationToken) is not { } checkpoint)
        {
            return null;
        }

        await foreach (var written in log.ReadAsync(tenant, seq, cancellationToken))
        {
            return written.Seq == seq && await FindProofAsync(tenant, seq, checkpoint.Head.Size, cancellationToken) is { } proof
                ? new AuditProof(written, checkpoint, proof) : null;
        }

        return null;
    }

    /// <summary>The key outsiders verify with.</summary>
    public Task<CheckpointKey> ReadKeyAsync(TenantId tenant, CancellationToken cancellationToken) => signer.ReadKeyAsync(tenant, cancellationToken);

    /// <summary>Checkpoints larger than <paramref name="afterSize"/>, by size.</summary>
    public Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
        => store.ListAsync(tenant, afterSize, limit, cancellationToken);

    /// <summary>The newest signed note, after signing what happened since when that can be; <see langword="null"/> when there is none, or it is damaged.</summary>
    public async Task<string?> NewestNoteAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            await SignAsync(tenant, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogUnsigned(logger, tenant, error); // the events matter all the more
        }

        return await store.FindNewestAsync(tenant, cancellationToken) is { IsDamaged: false, Note: var note } ? note : null;
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<CheckpointOutcome> SignOrAlarmAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await OnWholeTreeAsync(tenant, () => TrySignAsync(tenant, cancellationToken), cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            try
            {
                await RaiseAsync(tenant, new CheckpointOutcome.Refused(CheckpointRefusal.Failed, 0, error.Message), cancellationToken);
            }
            catch (Exception again) when (again is not OperationCanceledException)
            {
                LogUntold(logger, tenant, again); // health has it, and the event is written when it can be
            }

            throw;
        }
    }

    private async Task<CheckpointOutcome> TrySignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        // Earlier checkpoints are read before the tree: what another process signs meanwhile is then no larger than it.
        var key = await signer.ReadKeyAsync(tenant, cancellationToken);
        var last = await store.FindNewestAsync(tenant, cancellationToken);
        List<string?> earlier = [last is { IsDamaged: true } ? Damaged : last?.Note];
        CheckpointOutcome.Refused? unreachable = null;
        foreach (var memory in memories)
        {
            try
            {
                earlier.Add(await ReadLastAsync(memory, key, cancellationToken));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                unreachable = new(CheckpointRefusal.Unreachable, 0, error.Message);
            }
        }

        var growth = await tree.GrowAsync(tenant, cancellationToken);
        if (growth is AuditGrowth.Diverged { Seq: var seq })
        {
            return new CheckpointOutcome.Refused(CheckpointRefusal.Diverged, seq);
        }

        var size = ((AuditGrowth.Grown)growth).Size;
        var head = new TreeHead(key.Name, size, await tree.RootAsync(tenant, size, cancellationToken));
        foreach (var note in earlier.OfType<string>())
        {
            if (await JudgeAsync(tenant, note, key, head, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        if (unreachable is not null)
        {
            return unreachable;
        }

        if (size == 0 || last?.Head.Size == size)
        {
            return new CheckpointOutcome.Unchanged(last);
        }

        var signed = new SignedCheckpoint(tenant, head, await signer.SignAsync(tenant, head.Text, cancellationToken), AuditText.ToMilliseconds(clock.GetUtcNow()));
        return await store.AddAsync(signed, cancellationToken) ? new CheckpointOutcome.Made(signed) : new CheckpointOutcome.Unchanged(signed);
    }

    /// <returns>The note; <see langword="null"/> when there is none.</returns>
    private static async Task<string?> ReadLastAsync(ICheckpointMemory memory, CheckpointKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await memory.ReadLastAsync(key.Name, cancellationToken);
        }
        catch (FormatException)
        {
            return Damaged;
        }
    }

    /// <summary>Does it again on a tree made anew when the stored one turns out damaged. Only for whose turn it is.</summary>
    private async Task<T> OnWholeTreeAsync<T>(TenantId tenant, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (InvalidDataException damage)
        {
            LogDamaged(logger, tenant, damage);
            await tree.RebuildAsync(tenant, cancellationToken);
            return await work();
        }
    }

    // One that is damaged proves nothing; the next one covers the event too. Numbers that lead nowhere or back are somebody else's.
    private async Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        while (await store.FindCoveringAsync(tenant, seq, cancellationToken) is { } found)
        {
            if (!found.IsDamaged)
            {
                return found;
            }

            if (found.Head.Size < seq || found.Head.Size == long.MaxValue)
            {
                break;
            }

            seq = found.Head.Size + 1;
        }

        return null;
    }

    private async Task<IReadOnlyList<byte[]>?> FindProofAsync(TenantId tenant, long seq, long size, CancellationToken cancellationToken)
    {
        try
        {
            return await ProveAsync();
        }
        catch (InvalidDataException)
        {
            await _turn.WaitAsync(cancellationToken); // whoever signs needs the tree as it is
            try
            {
                return await OnWholeTreeAsync(tenant, ProveAsync, cancellationToken);
            }
            finally
            {
                _turn.Release();
            }
        }

        // A tree that does not reach so far was made of a log that is broken before.
        async Task<IReadOnlyList<byte[]>?> ProveAsync()
            => await tree.ReadSizeAsync(tenant, cancellationToken) < size ? null : await tree.ProveInclusionAsync(tenant, seq, size, cancellationToken);
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
        alarm.Set(tenant, refused);
        if (refused is null)
        {
            _told.Remove(tenant);
        }
        else if (!_told.TryGetValue(tenant, out var told) || told != refused.Why)
        {
            await log.AppendAsync(
                new AuditDraft(
                    tenant, clock.GetUtcNow(), Actor.System, AuditActions.AuditAlarm, $"tenant/{tenant}", "local",
                    new Dictionary<string, string> { ["why"] = refused.Why.ToString().ToLowerInvariant(), ["seq"] = refused.Seq.ToString(CultureInfo.InvariantCulture) }),
                cancellationToken);
            _told[tenant] = refused.Why;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored tree over the audit of {TenantId} is damaged; it is made anew from the log")]
    private static partial void LogDamaged(ILogger logger, TenantId tenantId, Exception damage);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit of {TenantId} could not be signed for its export")]
    private static partial void LogUnsigned(ILogger logger, TenantId tenantId, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The alarm about the audit of {TenantId} could not be written; the next look tries again")]
    private static partial void LogUntold(ILogger logger, TenantId tenantId, Exception error);
}
