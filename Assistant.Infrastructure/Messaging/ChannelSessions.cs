using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Outbox;

namespace Assistant.Infrastructure.Messaging;

/// <summary>The channels registered at start, by type.</summary>
internal sealed class ChannelCatalog(IEnumerable<IChannel> channels) : IChannelCatalog
{
    private readonly FrozenDictionary<string, IChannel> _byType = channels.ToFrozenDictionary(c => c.Manifest.Type, StringComparer.Ordinal);

    public IReadOnlyList<IChannel> All { get; } = [.. channels.OrderBy(c => c.Manifest.DisplayName, StringComparer.Ordinal)];

    public IChannel? Find(string type) => _byType.GetValueOrDefault(type);
}

/// <summary>The running sessions and their health: written by the supervisor, read by everyone.</summary>
internal sealed class ChannelSessions(ConnectionPauses pauses, ILiveFeed live, TimeProvider clock) : IChannelSessions, IConnectionHealth
{
    private readonly ConcurrentDictionary<ConnectionId, Running> _running = [];
    private readonly ConcurrentDictionary<ConnectionId, ConnectionHealth> _health = [];

    public IChannelSession? Find(ConnectionId id) => _running.GetValueOrDefault(id) is { IsEnding: false } running ? running.Session : null;

    public SessionLoan? Lend(ConnectionId id) => _running.GetValueOrDefault(id)?.Lend();

    public Connection? FindConnection(ConnectionId id) => _running.GetValueOrDefault(id)?.Connection;

    // A session that is well knows nothing of a pause in sending, which ends by itself; one that is not says what is worse.
    ConnectionHealth? IConnectionHealth.Find(ConnectionId id)
        => _health.GetValueOrDefault(id) is { State: ConnectionState.Up } health && pauses.Find(id) is { } pause
            ? health with { State = ConnectionState.Degraded, Since = pause.Since, Detail = PausedUntil(clock.GetUtcNow() + pause.Left, pause.Reason) }
            : _health.GetValueOrDefault(id);

    public void Add(Connection connection, IChannelSession session) => _running[connection.Id] = new Running(connection, session);

    /// <summary>Lends the session no more. It receives as before.</summary>
    /// <returns>Completes when all that was lent is given back.</returns>
    public Task RecallAsync(ConnectionId id) => _running.GetValueOrDefault(id)?.RecallAsync() ?? Task.CompletedTask;

    /// <summary>The session is at its end: nobody finds it any more, and what it still hands to the gateway is of its connection as before.</summary>
    public void Close(ConnectionId id, IChannelSession session)
    {
        if (Of(id, session) is { } running)
        {
            running.IsEnding = true;
        }
    }

    /// <summary>Whether it is the session of its connection: one that did not end in time may have been followed by another.</summary>
    public bool IsListed(ConnectionId id, IChannelSession session) => Of(id, session) is not null;

    /// <returns>Whether it was there; a session that came after it stays.</returns>
    public bool Remove(ConnectionId id, IChannelSession session) => Of(id, session) is { } running && _running.TryRemove(new(id, running));

    /// <summary>Notes a state; screens are told when state or words changed.</summary>
    public void Report(Connection connection, ConnectionState state, Phrase detail)
    {
        var now = clock.GetUtcNow();
        var before = _health.GetValueOrDefault(connection.Id);
        _health.AddOrUpdate(
            connection.Id,
            id => new ConnectionHealth(id, state, detail, now, null, null),
            (_, health) => health with { State = state, Detail = detail, Since = health.State == state ? health.Since : now });
        if (before?.State != state || before.Detail != detail)
        {
            live.Publish(new LiveEvent.ConnectionChanged(connection.Tenant, connection.Id));
        }
    }

    public void NoteInbound(ConnectionId id) => Note(id, (health, now) => health with { LastInboundAt = now });

    public void NoteOutbound(ConnectionId id) => Note(id, (health, now) => health with { LastOutboundAt = now });

    private static Phrase.Several PausedUntil(DateTimeOffset until, Phrase reason)
        => new Phrase.Several([reason, Phrase.Of("send.paused-until", ("until", until.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)))]);

    private void Note(ConnectionId id, Func<ConnectionHealth, DateTimeOffset, ConnectionHealth> change)
    {
        // What is noted beside a report of the state must not put the old state back.
        var now = clock.GetUtcNow();
        while (_health.TryGetValue(id, out var health) && !_health.TryUpdate(id, change(health, now), health))
        {
        }
    }

    private Running? Of(ConnectionId id, IChannelSession session)
        => _running.GetValueOrDefault(id) is { } running && ReferenceEquals(running.Session, session) ? running : null;

    private sealed class Running
    {
        private readonly Lock _gate = new();
        private readonly Action _giveBack; // made once: a loan costs nothing
        private int _lent;
        private TaskCompletionSource? _recall;
        private volatile bool _isEnding;

        public Running(Connection connection, IChannelSession session)
        {
            (Connection, Session) = (connection, session);
            _giveBack = GiveBack;
        }

        public Connection Connection { get; }

        public IChannelSession Session { get; }

        /// <summary>Whether it only stores what it has heard.</summary>
        public bool IsEnding { get => _isEnding; set => _isEnding = value; }

        public SessionLoan? Lend()
        {
            lock (_gate)
            {
                if (_recall is not null)
                {
                    return null;
                }

                _lent++;
                return new SessionLoan(Session, _giveBack);
            }
        }

        public Task RecallAsync()
        {
            lock (_gate)
            {
                _recall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_lent == 0)
                {
                    _recall.TrySetResult();
                }

                return _recall.Task;
            }
        }

        private void GiveBack()
        {
            lock (_gate)
            {
                if (--_lent == 0)
                {
                    _recall?.TrySetResult();
                }
            }
        }
    }
}
