using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>A connection whose token is none: it says so, and what waits to be sent goes on waiting.</summary>
internal sealed class TelegramClosedSession : IChannelSession
{
    private static readonly Phrase Reason = Phrase.Of("telegram.no-token-form");
    private static readonly SendOutcome Later = new SendOutcome.RetryAfter(TimeSpan.FromMinutes(1), Reason, PauseScope.Connection);

    /// <inheritdoc />
    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Report(ConnectionState.Down, Reason);
        throw new PhrasedException(Reason);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => Task.FromResult(Later);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
