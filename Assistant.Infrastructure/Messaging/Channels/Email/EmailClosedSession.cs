using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A connection that cannot be opened as it is set: it says why, and what waits to be sent goes on waiting.</summary>
internal sealed class EmailClosedSession(Phrase reason) : IChannelSession
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Report(ConnectionState.Down, reason);
        throw new PhrasedException(reason);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => Task.FromResult<SendOutcome>(new SendOutcome.RetryAfter(Pause, reason, PauseScope.Connection));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
