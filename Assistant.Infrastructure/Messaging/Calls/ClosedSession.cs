using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>The session of a connection whose settings cannot be used: it says why, receives nothing, and what waits to be sent goes on waiting, words and files.</summary>
internal sealed class ClosedSession(Phrase reason) : IChannelSession, IFileSender
{
    private readonly SendOutcome _later = new SendOutcome.RetryAfter(TimeSpan.FromMinutes(1), reason, PauseScope.Connection);

    /// <inheritdoc />
    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Report(ConnectionState.Down, reason);
        throw new PhrasedException(reason);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => Task.FromResult(_later);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken) => Task.FromResult(_later);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
