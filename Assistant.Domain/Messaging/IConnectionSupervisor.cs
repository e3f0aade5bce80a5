namespace Assistant.Domain.Messaging;

/// <summary>Keeps a session running for every enabled connection of this process.</summary>
public interface IConnectionSupervisor
{
    /// <summary>Whether every connection found at the start has its session; before that, one without may still get it.</summary>
    bool HasStarted { get; }

    /// <summary>
    /// Reads the connection again and starts, restarts or stops its session to match. What is being sent over it ends first. Returns when the old session
    /// is gone, or has not ended in the time it has for that; the new one starts in the background. No connection waits for another. A connection that
    /// does not exist any more is stopped; one that cannot be read, or whose caller gives up before that, is left as it is, and read again in the
    /// background until that succeeds. Safe for concurrent use.
    /// </summary>
    Task RefreshAsync(ConnectionId connection, CancellationToken cancellationToken);
}
