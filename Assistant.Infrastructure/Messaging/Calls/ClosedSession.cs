using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>The session of a connection whose settings cannot be used: it receives nothing and keeps what waits.</summary>
internal sealed class ClosedSession(Phrase reason) : IChannelSession
{
    /// <inheritdoc />
    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new PhrasedException(reason);

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => Task.FromResult<SendOutcome>(new SendOutcome.RetryAfter(TimeSpan.FromMinutes(1), reason, PauseScope.Connection));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
