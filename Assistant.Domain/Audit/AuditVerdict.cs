namespace Assistant.Domain.Audit;

/// <summary>What a broken chain looks like.</summary>
public enum AuditBreak
{
    /// <summary>The content, the number or a hash of the event was changed.</summary>
    Edited,

    /// <summary>The event that belongs here is gone.</summary>
    Deleted,

    /// <summary>An event stands here that was never appended.</summary>
    Inserted,

    /// <summary>The event that belongs here stands further on.</summary>
    Reordered,

    /// <summary>The chain ends before a checkpoint says it did.</summary>
    Truncated,

    /// <summary>The chain hangs together but does not lead to a checkpoint's hash: this event or earlier ones were written anew.</summary>
    Rewritten,
}

/// <summary>The result of verifying a chain.</summary>
public abstract record AuditVerdict
{
    private AuditVerdict() { }

    /// <summary>Every event is as it was appended, up to <paramref name="Head"/>.</summary>
    public sealed record Intact(AuditCheckpoint Head) : AuditVerdict;

    /// <summary>The chain is broken.</summary>
    /// <param name="Seq">The first event that is not as it was appended.</param>
    public sealed record Broken(long Seq, AuditBreak Kind) : AuditVerdict;

    /// <summary>The file is not an export.</summary>
    /// <param name="Line">1 is the first.</param>
    public sealed record Unreadable(long Line, string Problem) : AuditVerdict;
}
