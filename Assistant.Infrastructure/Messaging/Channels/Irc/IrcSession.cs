using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>One connection to an IRC network.</summary>
/// <remarks>The cursor is the time of the last message stored, for servers that keep a history.</remarks>
internal sealed class IrcSession : IChannelSession
{
    /// <summary>The messenger's name in what is said about it.</summary>
    public const string Name = "IRC";

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Connection _connection;
    private readonly IrcSettings _settings;
    private readonly MessengerLines _lines;
    private readonly IrcOptions _options;
    private readonly TimeProvider _time;
    private readonly IrcSender _sender;
    private readonly IrcInbox _inbox;
    private volatile IrcState? _state;

    public IrcSession(Connection connection, IrcSettings settings, MessengerLines lines, IrcOptions options, TimeProvider time, ILogger logger)
    {
        (_connection, _settings, _lines, _options, _time) = (connection, settings, lines, options, time);
        _sender = new IrcSender(settings, options, time);
        _inbox = new IrcInbox(connection.Id, time, logger);
    }

    /// <summary>Whether messages can be sent.</summary>
    public bool IsConnected => _state is { IsUp: true };

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(Name);
        await using var wire = new IrcWire(await _lines.OpenAsync(Name, _settings.Address, cancellationToken));
        var registration = new IrcRegistration(wire, _settings);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Silence + _options.SilencePatience);
        try
        {
            await registration.RunAsync(patience.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is IOException or OperationCanceledException)
        {
            throw new PhrasedException(Phrase.Of("irc.lost"), fault);
        }

        await ListenAsync(wire, registration, host, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(_state, message, cancellationToken);

    public ValueTask DisposeAsync() => _inbox.DisposeAsync();

    private async Task ListenAsync(IrcWire wire, IrcRegistration registration, IChannelHost host, CancellationToken cancellationToken)
    {
        var hasHistory = registration.Enabled.IsSupersetOf(["draft/chathistory", "batch", "server-time", "message-tags"]);
        var history = new IrcHistory(hasHistory, hasHistory ? await host.ReadCursorAsync(cancellationToken) : null, _settings.Channels.Select(channel => channel.Name));
        var state = new IrcState(wire, registration.Nick);
        var health = new IrcHealth(_settings, host);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stored = _inbox.Begin(host, health, cancellationToken);
        var line = new IrcConversation(_connection.Id, _settings, state, _sender, _inbox, health, history, _time);
        var watching = WatchAsync(line, state, ending.Token);
        var reading = Task.CompletedTask;
        try
        {
            _state = state;
            reading = line.ReadAsync(ending.Token);

            // What nobody stores any more is not to be read either.
            await await Task.WhenAny(reading, stored);
            throw new PhrasedException(EndOf(line));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            throw new PhrasedException(EndOf(line), fault);
        }
        finally
        {
            _state = null;
            state.IsUp = false;
            health.End();
            _sender.Lost();
            await ending.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                await QuitAsync(wire);
            }
        }
    }

    private static Phrase EndOf(IrcConversation line) => line.Farewell ?? (line.IsSilent ? Phrase.Of("irc.silent") : Phrase.Of("irc.lost"));

    /// <summary>Asks a silent server whether it is there, and gives it up; tries again what was not to be had.</summary>
    private async Task WatchAsync(IrcConversation line, IrcState state, CancellationToken cancellationToken)
    {
        var step = _options.ReclaimInterval < _options.Silence ? _options.ReclaimInterval : _options.Silence;
        step = step < _options.SilencePatience ? step : _options.SilencePatience;
        var lastTry = _time.GetTimestamp();
        var asked = false;
        while (true)
        {
            await Task.Delay(step / 3, _time, cancellationToken);
            var silence = _time.GetElapsedTime(line.LastHeard);
            if (silence > _options.Silence + _options.SilencePatience)
            {
                line.IsSilent = true;
                state.Wire.Abort();
                return;
            }

            if (silence < _options.Silence)
            {
                asked = false;
            }
            else if (!asked)
            {
                asked = true;
                await state.Wire.WriteAsync(IrcMessage.Of("PING", "there?"), cancellationToken);
            }

            if (_time.GetElapsedTime(lastTry) >= _options.ReclaimInterval)
            {
                lastTry = _time.GetTimestamp();
                await line.ReclaimAsync(cancellationToken);
            }
        }
    }

    private static async Task QuitAsync(IrcWire wire)
    {
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            await wire.WriteAsync(IrcMessage.Of("QUIT", "Goodbye"), patience.Token);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The line was gone first; there is nobody to say it to.
        }
    }
}
