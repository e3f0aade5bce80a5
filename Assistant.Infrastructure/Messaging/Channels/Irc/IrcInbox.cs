using System.Globalization;
using System.Threading.Channels;
using Assistant.Domain.Messaging;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// IRC delivers a line once and waits for nothing. Between the line and the gateway there is therefore nobody who would say it again: what the
// gateway does not take is offered again from here, for as long as the program lives. The line is read on meanwhile, or the server would take us
// for dead; when a thousand lines wait, it is not. The place is kept with each message: one that was stored before its place was is offered again,
// and known by its id.

/// <summary>Hands what is said to the gateway, one after another, until it is stored.</summary>
internal sealed partial class IrcInbox(ConnectionId connection, IChannelHost host, IrcHealth health, bool keepsCursor, TimeProvider time, ILogger logger)
{
    private const int Capacity = 1_000;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Channel<InboundMessage> _waiting = Channel.CreateBounded<InboundMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Puts a message behind the others.</summary>
    public ValueTask AddAsync(InboundMessage message, CancellationToken cancellationToken) => _waiting.Writer.WriteAsync(message, cancellationToken);

    /// <summary>No more will come.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Stores until nothing more comes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            await StoreAsync(message, cancellationToken);
        }
    }

    private async Task StoreAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var wait = Shortest;
        while (true)
        {
            try
            {
                await host.Gateway.AcceptAsync(message, cancellationToken);
                if (keepsCursor)
                {
                    await host.SaveCursorAsync(message.SentAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), cancellationToken);
                }

                health.HasStored();
                return;
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotStored(logger, fault, connection, wait);
                health.Holds();
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < Longest ? wait * 2 : Longest;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of connection {ConnectionId} could not be stored; trying again in {Wait}")]
    private static partial void LogNotStored(ILogger logger, Exception fault, ConnectionId connectionId, TimeSpan wait);
}
