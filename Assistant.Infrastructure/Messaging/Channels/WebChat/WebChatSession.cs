using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

/// <summary>One web chat connection. The store is the delivery: devices read messages by sequence number, now or when they return.</summary>
/// <remarks>That somebody is writing they hear as the console does, from the live feed.</remarks>
internal sealed class WebChatSession(Connection connection) : IChannelSession
{
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        var path = $"chat/{connection.Id}";
        host.Report(ConnectionState.Up, Phrase.Of("webchat.open", ("address", host.AddressOf(path)?.AbsoluteUri ?? $"/{path}")));

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(stopped.SetResult))
        {
            await stopped.Task;
        }
    }

    /// <inheritdoc />
    /// <remarks>
    /// The message exists already: it is what the outbox row was made from. Marking that row as sent is what shows it on the devices,
    /// so a message held back by a take-over is never seen. Repeating this changes nothing.
    /// </remarks>
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<SendOutcome>(new SendOutcome.Delivered(message.Id.ToString("N")));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
