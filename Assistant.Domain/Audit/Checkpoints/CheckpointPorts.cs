using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>Signs checkpoints with a key of the tenant's own, made on the first use and sealed. Safe for concurrent use.</summary>
public interface ICheckpointSigner
{
    /// <summary>The public half.</summary>
    Task<CheckpointKey> ReadKeyAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Signs the text of a note.</summary>
    /// <returns>The note: text and signature.</returns>
    Task<string> SignAsync(TenantId tenant, string text, CancellationToken cancellationToken);

    /// <summary>Whether the note bears a signature of this key over its text.</summary>
    bool Verify(SignedNote note, CheckpointKey key);
}

/// <summary>The checkpoints that were signed, and how far each witness has got. Safe for concurrent use.</summary>
/// <remarks>What somebody else wrote there comes back all the same, see <see cref="SignedCheckpoint.IsDamaged"/>: who asks has to be able to say so.</remarks>
public interface ICheckpointStore
{
    /// <returns><see langword="false"/>, and nothing stored, when there is one of that size already.</returns>
    Task<bool> AddAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The one of the largest size, or <see langword="null"/>.</summary>
    Task<SignedCheckpoint?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The first that covers an event, or <see langword="null"/> while none does.</summary>
    Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken);

    /// <summary>Those larger than <paramref name="afterSize"/>, by size.</summary>
    Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken);

    /// <summary>The last checkpoint the witness has, or <see langword="null"/>.</summary>
    Task<WitnessPosition?> FindPositionAsync(TenantId tenant, string witness, CancellationToken cancellationToken);

    /// <summary>Remembers what the witness has.</summary>
    Task SavePositionAsync(TenantId tenant, string witness, WitnessPosition position, CancellationToken cancellationToken);
}

/// <summary>What a witness has.</summary>
/// <param name="Size">Size of the last checkpoint delivered.</param>
public sealed record WitnessPosition(long Size, DateTimeOffset At);

/// <summary>A place outside the database that keeps checkpoints. Safe for concurrent use.</summary>
public interface IWitness
{
    /// <summary>Names its position; constant.</summary>
    string Name { get; }

    /// <summary>How often it wants to hear at most; then only the newest is delivered. Zero: every checkpoint.</summary>
    TimeSpan Every { get; }

    /// <summary>Delivers one checkpoint; delivering it again does no harm.</summary>
    /// <exception cref="WitnessException">It could not be delivered.</exception>
    Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken);
}

/// <summary>A place outside the database from which the last checkpoint can be read back: an old backup of the database cannot turn it back.</summary>
public interface ICheckpointMemory
{
    /// <summary>The last note kept there for this log, or <see langword="null"/>.</summary>
    /// <exception cref="FormatException">What is kept there is damaged.</exception>
    /// <exception cref="IOException">The place cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    Task<string?> ReadLastAsync(string origin, CancellationToken cancellationToken);
}

/// <summary>The witness could not take the checkpoint; the message says why and holds no secret.</summary>
public sealed class WitnessException(string message, Exception? inner = null) : Exception(message, inner);
