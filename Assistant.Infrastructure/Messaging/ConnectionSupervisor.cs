using System.Collections.Concurrent;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging;

/// <summary>What the installation is called from outside.</summary>
public sealed class PublicAddressOptions
{
    public const string Section = "Assistant:Public";

    /// <summary>Base address messengers reach this installation at, for webhooks; empty when it is not reachable.</summary>
    public Uri? BaseUrl { get; set; }
}

/// <summary>Keeps a session running for every enabled connection; a fault of one touches no other.</summary>
/// <param name="sentences">What the log says of a fault that has words; without it, its code and facts.</param>
[ActsFor("the product, in every tenant: opens the connections people made")]
[Audits(
    AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed partial class ConnectionSupervisor(
    IConnectionStore connections,
    IChannelCatalog channels,
    ChannelSessions sessions,
    IMessageGateway gateway,
    IOptions<PublicAddressOptions> publicAddress,
    IOptions<OutboxOptions> outbox,
    TimeProvider clock,
    ILogger<ConnectionSupervisor> logger,
    IEnglishSentences? sentences = null) : BackgroundService, IConnectionSupervisor
{
    /// <summary>For saying goodbye to a messenger and for storing what was heard: channels give each of them five seconds at most.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(20);

    /// <summary>For a send whose time is over to notice it.</summary>
    private static readonly TimeSpan LoanMargin = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ConnectionId, Watch> _watches = [];
    private readonly ConcurrentDictionary<ConnectionId, Gate> _gates = [];
    private readonly ConcurrentDictionary<ConnectionId, bool> _unread = [];
    private readonly WakeUp _missed = new();
    private volatile bool _isStopping;

    /// <summary>Completes when every connection found at start has its session.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasStarted => Started.Task.IsCompletedSuccessfully;

    public async Task RefreshAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        try
        {
            await FollowAsync(connection, cancellationToken);
        }
        catch
        {
            // The change is stored: without another read its session would run on as it was until somebody changes it again.
            Miss(connection);
            throw;
        }
    }

    private async Task FollowAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        var gate = GateOf(connection);
        await gate.Turn.WaitAsync(cancellationToken);
        try
        {
            // Read first: given up or failing before the stop, it changes nothing; after it, nothing can fail or be given up.
            var found = await connections.FindAsync(connection, cancellationToken);
            gate.IsRead = true;
            _unread.TryRemove(connection, out _);
            await StopAsync(connection);
            if (found is { IsEnabled: true } && !_isStopping)
            {
                Start(found);
            }
        }
        finally
        {
            gate.Turn.Release();
        }
    }

    public override void Dispose()
    {
        _missed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartAllAsync(stoppingToken);
            Started.TrySetResult();
            while (!stoppingToken.IsCancellationRequested)
            {
                await _missed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await CatchUpAsync(stoppingToken);
            }
        }
        finally
        {
            // Who comes to a gate from now on starts nothing; who was there before is waited for.
            _isStopping = true;
            await Task.WhenAll(_gates.Keys.Select(StopInTurnAsync));
        }
    }

    private Gate GateOf(ConnectionId id) => _gates.GetOrAdd(id, _ => new Gate());

    private async Task StartAllAsync(CancellationToken stoppingToken)
    {
        var stored = await connections.ListAsync(null, stoppingToken);
        await Task.WhenAll(stored.Where(connection => connection.IsEnabled).Select(connection => StartInTurnAsync(connection, stoppingToken)));
    }

    private async Task StartInTurnAsync(Connection connection, CancellationToken stoppingToken)
    {
        var gate = GateOf(connection.Id);
        await gate.Turn.WaitAsync(stoppingToken);
        try
        {
            if (!gate.IsRead)
            {
                Start(connection);
            }
        }
        finally
        {
            gate.Turn.Release();
        }
    }

    private async Task StopInTurnAsync(ConnectionId id)
    {
        var gate = GateOf(id);
        await gate.Turn.WaitAsync();
        try
        {
            await StopAsync(id);
        }
        finally
        {
            gate.Turn.Release();
        }
    }

    private void Miss(ConnectionId connection)
    {
        _unread[connection] = true;
        _missed.Wake();
    }

    /// <summary>Reads again what could not be read after a change, until nothing is left.</summary>
    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 1; !_unread.IsEmpty && !stoppingToken.IsCancellationRequested; attempt++)
        {
            await Task.Delay(Backoff.After(Math.Min(attempt, 6)), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(_unread.Keys.Select(connection => CatchUpAsync(connection, stoppingToken)));
        }
    }

    private async Task CatchUpAsync(ConnectionId connection, CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(connection, stoppingToken);
        }
        catch (Exception error)
        {
            // Stopping: the sessions are to be ended, however that failed.
            if (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(logger, error, connection);
            }
        }
    }

    private void Start(Connection connection)
    {
        if (channels.Find(connection.ChannelType) is not { } channel)
        {
            sessions.Report(connection, ConnectionState.Down, Phrase.Of("connection.channel-unknown", ("type", connection.ChannelType)));
            return;
        }

        var stop = new CancellationTokenSource();
        var session = Open(channel, connection);
        sessions.Add(connection, session);
        sessions.Report(connection, ConnectionState.Starting, Phrase.Of("connection.starting"));
        _watches[connection.Id] = new Watch(connection, session, stop, KeepRunningAsync(channel, connection, session, stop.Token));
    }

    /// <summary>What cannot be opened is down and says why: somebody's settings must not keep the others from running, nor the program from starting.</summary>
    private IChannelSession Open(IChannel channel, Connection connection)
    {
        if (connection.Fault is { } fault)
        {
            return new ClosedSession(fault);
        }

        try
        {
            return channel.Open(connection);
        }
        catch (Exception error)
        {
            LogNotOpened(logger, Unworded(error), connection.Id, Words(error));
            return new ClosedSession(Phrase.OfFault(error));
        }
    }

    private async Task StopAsync(ConnectionId id)
    {
        if (!_watches.TryRemove(id, out var watch))
        {
            return;
        }

        await RecallAsync(id);
        try
        {
            await EndAsync(watch).WaitAsync(EndPatience, clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // It ends whenever it does; its connection does not wait for it any longer.
            LogStillEnding(logger, id, EndPatience);
            TakeOff(watch.Connection, watch.Session);
        }
    }

    /// <summary>What is being sent ends first: people would get a half of it, and then all of it again.</summary>
    private async Task RecallAsync(ConnectionId id)
    {
        var patience = outbox.Value.LongestSend + LoanMargin;
        try
        {
            await sessions.RecallAsync(id).WaitAsync(patience, clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            LogStillLent(logger, id, patience);
        }
    }

    private static async Task EndAsync(Watch watch)
    {
        await watch.Stop.CancelAsync();
        await watch.Running;
        watch.Stop.Dispose();
    }

    private void TakeOff(Connection connection, IChannelSession session)
    {
        if (sessions.Remove(connection.Id, session))
        {
            sessions.Report(connection, ConnectionState.Off, Phrase.Of("connection.off"));
        }
    }

    private async Task KeepRunningAsync(IChannel channel, Connection connection, IChannelSession session, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var failures = 0;
        var host = new Host(connection, session, gateway, connections, sessions, publicAddress.Value.BaseUrl);
        while (!cancellationToken.IsCancellationRequested)
        {
            var startedAt = clock.GetTimestamp();
            try
            {
                await channel.PrepareAsync(connection, cancellationToken); // it may be from assistant.yaml, or older than what it needs
                await session.RunAsync(host, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                failures = clock.GetElapsedTime(startedAt) > TimeSpan.FromMinutes(5) ? 1 : failures + 1;
                LogSessionFailed(logger, Unworded(error), connection.Id, Words(error));
                sessions.Report(connection, ConnectionState.Down, new Phrase.Several([Phrase.OfFault(error), Phrase.Of("connection.again")]));
                var wait = Backoff.After(Math.Min(failures, 6));
                await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error)
            {
                LogSessionStopped(logger, error, connection.Id);
            }
        }

        await CloseAsync(connection, session);
    }

    /// <summary>What was heard and would not be said again is stored while the session is disposed of: the gateway knows the connection until then.</summary>
    private async Task CloseAsync(Connection connection, IChannelSession session)
    {
        sessions.Close(connection.Id, session);
        try
        {
            await session.DisposeAsync();
        }
        catch (Exception error)
        {
            LogNotEnded(logger, error, connection.Id);
        }

        TakeOff(connection, session);
    }

    // What has words says what to do: where in the program it was said helps nobody.
    private static Exception? Unworded(Exception error) => error is PhrasedException || StorageFault.Is(error) ? null : error;

    private string Words(Exception error)
        => error is not PhrasedException { Reason: var reason } ? error.Message : sentences?.Say(reason) ?? reason.ToString();

    private sealed record Watch(Connection Connection, IChannelSession Session, CancellationTokenSource Stop, Task Running);

    /// <summary>Lets one change of a connection through at a time, and holds up no other connection.</summary>
    private sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1);

        /// <summary>Whether the connection was read after a change: what the start read of it may be older.</summary>
        public bool IsRead { get; set; }
    }

    private sealed class Host(
        Connection connection, IChannelSession session, IMessageGateway gateway, IConnectionStore connections, ChannelSessions sessions, Uri? publicBaseUrl)
        : IChannelHost
    {
        public IMessageGateway Gateway => gateway;

        public Uri? PublicBaseUrl => publicBaseUrl;

        public Task<string?> ReadCursorAsync(CancellationToken cancellationToken) => connections.ReadCursorAsync(connection.Id, cancellationToken);

        public Task SaveCursorAsync(string cursor, CancellationToken cancellationToken)
            => connections.SaveCursorAsync(connection.Id, cursor, cancellationToken);

        public void Report(ConnectionState state, Phrase detail)
        {
            if (sessions.IsListed(connection.Id, session))
            {
                sessions.Report(connection, state, detail);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} was changed and could not be read; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} has settings that cannot be used; it stays down until they are changed: {Reason}")]
    private static partial void LogNotOpened(ILogger logger, Exception? error, ConnectionId connectionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} failed; starting it again: {Reason}")]
    private static partial void LogSessionFailed(ILogger logger, Exception? error, ConnectionId connectionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} still sends something after {Patience}; it is ended all the same")]
    private static partial void LogStillLent(ILogger logger, ConnectionId connectionId, TimeSpan patience);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} has not ended after {Patience}; it is waited for no longer")]
    private static partial void LogStillEnding(ILogger logger, ConnectionId connectionId, TimeSpan patience);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} did not end in good order")]
    private static partial void LogNotEnded(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {ConnectionId} stopped")]
    private static partial void LogSessionStopped(ILogger logger, Exception error, ConnectionId connectionId);
}
