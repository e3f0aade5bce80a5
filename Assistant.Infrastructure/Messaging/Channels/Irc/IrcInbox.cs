using System.Globalization;
using Assistant.Domain.Messaging;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// IRC delivers a line once and waits for nothing. Between the line and the gateway there is therefore nobody who would say it again: what the
// gateway does not take is offered again from here, for as long as the session lives, through all of its lines and the time between them. The line is
// read on meanwhile, or the server would take us for dead; when a thousand lines wait, it is not. The place is kept with each message: one that was
// stored before its place was is offered again, and known by its id. While the past of channels is awaited, no message moves the place.

/// <summary>Hands what is said to the gateway, one after another, until it is stored. One line at a time adds.</summary>
internal sealed partial class IrcInbox(ConnectionId connection, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly IrcQueue _waiting = new(time);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _storing = Task.CompletedTask;
    private IChannelHost? _host;
    private IrcHealth? _health;
    private bool _isHolding;
    private DateTimeOffset? _unplaced;
    private int _left;
    private CancellationToken _patience;

    /// <summary>A line begins to be heard. What others heard is stored first.</summary>
    /// <param name="cancellationToken">Ends the waiting for room. That the line is gone does not: what it said has been heard.</param>
    /// <returns>Ends when nothing is stored any more.</returns>
    public Task Begin(IChannelHost host, IrcHealth health, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            (_host, _health, _patience) = (host, health, cancellationToken);
            if (_isHolding)
            {
                health.Holds();
            }

            return _storing.IsCompleted ? _storing = RunAsync(_stop.Token) : _storing;
        }
    }

    /// <summary>Puts a message behind the others; waits where there is no room.</summary>
    /// <param name="movesPlace">Whether all before it has been read, so that reading may go on behind it.</param>
    /// <param name="isFull">Whether its line had hardly room for more, so that the next may go on with it.</param>
    public async ValueTask AddAsync(InboundMessage message, bool movesPlace, bool isFull)
    {
        Interlocked.Increment(ref _left);
        await _waiting.AddAsync(message, movesPlace, isFull, _patience);
    }

    /// <summary>All that was put here before moves the place after all.</summary>
    public ValueTask AddPlaceAsync() => _waiting.AddAsync(null, movesPlace: true, isFull: false, _patience);

    /// <summary>Stores what has been heard, for as long as an end may take: nobody would say it again.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.End();
        _stop.CancelAfter(Farewell);
        await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        if (_left > 0)
        {
            LogLost(logger, connection, _left);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _waiting.NextAsync(cancellationToken) is { } heard)
        {
            await StoreAsync(heard, cancellationToken);
        }
    }

    private async Task StoreAsync(IrcHeard heard, CancellationToken cancellationToken)
    {
        var wait = Shortest;
        while (true)
        {
            try
            {
                await TryStoreAsync(_host!, heard, cancellationToken);
                Hold(false);
                return;
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotStored(logger, fault, connection, wait);
                Hold(true);
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < Longest ? wait * 2 : Longest;
        }
    }

    private async Task TryStoreAsync(IChannelHost host, IrcHeard heard, CancellationToken cancellationToken)
    {
        if (heard.Message is { } message)
        {
            await host.Gateway.AcceptAsync(message, cancellationToken);
        }

        if (heard.Place is { } at)
        {
            _unplaced = heard.MovesPlace || at > (_unplaced ?? DateTimeOffset.MinValue) ? at : _unplaced;
        }

        if (heard.MovesPlace && _unplaced is { } place)
        {
            await host.SaveCursorAsync(place.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), cancellationToken);
            _unplaced = null;
        }

        Interlocked.Add(ref _left, -heard.Lines);
    }

    private void Hold(bool isHolding)
    {
        lock (_lock)
        {
            _isHolding = isHolding;
            if (isHolding)
            {
                _health!.Holds();
            }
            else
            {
                _health!.HasStored();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of connection {ConnectionId} could not be stored; trying again in {Wait}")]
    private static partial void LogNotStored(ILogger logger, Exception fault, ConnectionId connectionId, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "Connection {ConnectionId} ends, and {Count} messages that were heard could not be stored: they are lost")]
    private static partial void LogLost(ILogger logger, ConnectionId connectionId, int count);
}
