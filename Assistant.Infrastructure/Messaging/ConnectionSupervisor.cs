using System.Collections.Concurrent;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
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
[ActsFor("the product, in every tenant: opens the connections people made")]
[Audits(
    AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed partial class ConnectionSupervisor(
    IConnectionStore connections,
    IChannelCatalog channels,
    ChannelSessions sessions,
    IMessageGateway gateway,
    IOptions<PublicAddressOptions> publicAddress,
    TimeProvider clock,
    ILogger<ConnectionSupervisor> logger) : BackgroundService, IConnectionSupervisor
{
    private readonly ConcurrentDictionary<ConnectionId, Watch> _watches = [];
    private readonly ConcurrentDictionary<ConnectionId, bool> _unread = [];
    private readonly SemaphoreSlim _changing = new(1);
    private readonly SemaphoreSlim _missed = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();

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
        await _changing.WaitAsync(cancellationToken);
        try
        {
            // Read first: given up or failing before the stop, it changes nothing; after it, nothing can fail or be given up.
            var found = await connections.FindAsync(connection, cancellationToken);
            _unread.TryRemove(connection, out _);
            await StopAsync(connection);
            if (found is { IsEnabled: true })
            {
                Start(found);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    public override void Dispose()
    {
        _changing.Dispose();
        _missed.Dispose();
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartAllAsync(stoppingToken);
        Started.TrySetResult();
        while (!stoppingToken.IsCancellationRequested)
        {
            await _missed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CatchUpAsync(stoppingToken);
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_watches.Keys.Select(StopAsync));
    }

    // What somebody changes meanwhile waits: else what was read before the change would be started after it.
    private async Task StartAllAsync(CancellationToken stoppingToken)
    {
        await _changing.WaitAsync(stoppingToken);
        try
        {
            foreach (var connection in (await connections.ListAsync(null, stoppingToken)).Where(c => c.IsEnabled && !_watches.ContainsKey(c.Id)))
            {
                Start(connection);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    private void Miss(ConnectionId connection)
    {
        _unread[connection] = true;
        try
        {
            _missed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It will look anyway.
        }
    }

    /// <summary>Reads again what could not be read after a change, until nothing is left.</summary>
    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 1; !_unread.IsEmpty && !stoppingToken.IsCancellationRequested; attempt++)
        {
            await Task.Delay(Backoff.After(Math.Min(attempt, 6)), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var connection in _unread.Keys)
            {
                try
                {
                    await FollowAsync(connection, stoppingToken);
                }
                catch (Exception error)
                {
                    if (stoppingToken.IsCancellationRequested)
                    {
                        return; // the sessions are to be ended, however that failed
                    }

                    LogNotRead(logger, error, connection);
                }
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

        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var session = Open(channel, connection);
        sessions.Add(connection, session);
        sessions.Report(connection, ConnectionState.Starting, Phrase.Of("connection.starting"));
        _watches[connection.Id] = new Watch(stop, KeepRunningAsync(channel, connection, session, stop.Token));
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
            LogNotOpened(logger, error, connection.Id);
            return new ClosedSession(Phrase.OfFault(error));
        }
    }

    private async Task StopAsync(ConnectionId id)
    {
        if (!_watches.TryRemove(id, out var watch))
        {
            return;
        }

        await watch.Stop.CancelAsync();
        await watch.Running;
        watch.Stop.Dispose();
    }

    private async Task KeepRunningAsync(IChannel channel, Connection connection, IChannelSession session, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var failures = 0;
        var host = new Host(connection, gateway, connections, sessions, publicAddress.Value.BaseUrl);
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
                LogSessionFailed(logger, error, connection.Id);
                sessions.Report(connection, ConnectionState.Down, new Phrase.Several([Phrase.OfFault(error), Phrase.Of("connection.again")]));
                var wait = Backoff.After(Math.Min(failures, 6));
                await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error)
            {
                LogSessionStopped(logger, error, connection.Id);
            }
        }

        await EndAsync(connection, session);
    }

    /// <summary>What was heard and would not be said again is stored while the session is disposed of: the gateway knows the connection until then.</summary>
    private async Task EndAsync(Connection connection, IChannelSession session)
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

        if (sessions.Remove(connection.Id, session))
        {
            sessions.Report(connection, ConnectionState.Off, Phrase.Of("connection.off"));
        }
    }

    private sealed record Watch(CancellationTokenSource Stop, Task Running);

    private sealed class Host(Connection connection, IMessageGateway gateway, IConnectionStore connections, ChannelSessions sessions, Uri? publicBaseUrl)
        : IChannelHost
    {
        public IMessageGateway Gateway => gateway;

        public Uri? PublicBaseUrl => publicBaseUrl;

        public Task<string?> ReadCursorAsync(CancellationToken cancellationToken) => connections.ReadCursorAsync(connection.Id, cancellationToken);

        public Task SaveCursorAsync(string cursor, CancellationToken cancellationToken)
            => connections.SaveCursorAsync(connection.Id, cursor, cancellationToken);

        public void Report(ConnectionState state, Phrase detail) => sessions.Report(connection, state, detail);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} was changed and could not be read; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} has settings that cannot be used; it stays down until they are changed")]
    private static partial void LogNotOpened(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} failed; starting it again")]
    private static partial void LogSessionFailed(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {ConnectionId} did not end in good order")]
    private static partial void LogNotEnded(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection {ConnectionId} stopped")]
    private static partial void LogSessionStopped(ILogger logger, Exception error, ConnectionId connectionId);
}
