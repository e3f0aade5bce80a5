using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>What went wrong with an engine, as far as the pipeline's decisions differ by it.</summary>
internal enum EngineFaultKind
{
    /// <summary>No connection.</summary>
    Unreachable,
    /// <summary>Connected, but too slow.</summary>
    TimedOut,
    /// <summary>Key, address, model or account is wrong: only a person can mend it.</summary>
    Misconfigured,
    /// <summary>This request was refused; another may pass.</summary>
    Refused,
    RateLimited,
    ServerFault,
    /// <summary>The answer ended in the middle.</summary>
    BrokenOff,
    /// <summary>The answer was not one.</summary>
    Malformed,
    /// <summary>Not called: its circuit is open.</summary>
    Resting,
    /// <summary>Called and well, but it has nothing to say.</summary>
    NoAnswer,
}

/// <summary>A failed call, with what an operator can do about it.</summary>
/// <param name="RetryAfter">As asked by the server.</param>
internal sealed record EngineFault(EngineFaultKind Kind, Phrase Reason, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the same call may succeed in a moment.</summary>
    public bool IsTransient => Kind is EngineFaultKind.Unreachable or EngineFaultKind.TimedOut or EngineFaultKind.RateLimited
        or EngineFaultKind.ServerFault or EngineFaultKind.BrokenOff or EngineFaultKind.Malformed;

    /// <summary>Whether it says something about the engine rather than about this one call.</summary>
    public bool CountsAgainstEngine => IsTransient || Kind == EngineFaultKind.Misconfigured;
}

/// <summary>An engine did not answer. The only exception, beside cancellation, that leaves the pipeline's inner half.</summary>
internal sealed class EngineFaultException(EngineFault fault, Exception? inner = null) : PhrasedException(fault.Reason, inner)
{
    public EngineFault Fault => fault;
}
