using System.Collections.Concurrent;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Microsoft.AspNetCore.SignalR;

namespace Assistant.Web.Hubs;

/// <summary>A visitor of a web chat, in their tenant.</summary>
internal readonly record struct VisitorKey(TenantId Tenant, ConnectionId Connection, VisitorId Visitor);

/// <summary>The visitors who are here now, each on one or more devices. Safe for concurrent use.</summary>
/// <remarks>
/// One subscription to the live feed per tenant with visitors, one session per visitor. The pump of a tenant only hands events to
/// the sessions' bounded queues, so a device that does not read delays its own visitor and nobody else.
/// </remarks>
internal sealed partial class ChatSessions(
    ILiveFeed feed,
    IConversationStore conversations,
    ChatViews views,
    IHubContext<ChatHub, IChatClient> hub,
    TimeProvider time,
    ILogger<ChatSessions> logger) : IAsyncDisposable
{
    private const int FeedCapacity = 8192;
    private readonly Lock _gate = new();
    private readonly Dictionary<VisitorKey, VisitorSession> _visitors = [];
    private readonly Dictionary<TenantId, Watch> _watches = [];
    private readonly ConcurrentDictionary<ConversationId, VisitorSession> _conversations = new();

    /// <summary>The way to a device by the hub's name for its line. For a line that fell it leads nowhere.</summary>
    public IChatClient LineTo(string device) => hub.Clients.Client(device);

    /// <summary>
    /// Lets a device in, until <see cref="LeaveAsync"/>. From here on it receives live events; read the store after this, and nothing falls between.
    /// </summary>
    /// <returns><see langword="null"/> when the visitor has too many devices here.</returns>
    public VisitorSession? Enter(VisitorKey key, string device, IChatEvents events, int maxDevices)
    {
        lock (_gate)
        {
            if (!_visitors.TryGetValue(key, out var session))
            {
                session = new VisitorSession(key, conversations, views, time, logger);
                _visitors[key] = session;
                EnsureWatched(key.Tenant).Visitors++;
            }

            return session.TryAdd(device, events, maxDevices) ? session : null;
        }
    }

    /// <summary>Lets a device go; the last one takes the session with it.</summary>
    public async Task LeaveAsync(VisitorSession session, string device)
    {
        Watch? unwatched = null;
        var isLast = false;
        lock (_gate)
        {
            if (!session.Remove(device))
            {
                return;
            }

            isLast = session.Devices == 0;
            if (isLast)
            {
                _visitors.Remove(session.Key);
                if (session.Conversation is { } conversation)
                {
                    _conversations.TryRemove(KeyValuePair.Create(conversation, session));
                }

                unwatched = Unwatch(session.Key.Tenant);
            }
        }

        if (!isLast)
        {
            await session.All.Presence(session.Devices);
            return;
        }

        await session.DisposeAsync();
        if (unwatched is not null)
        {
            await unwatched.DisposeAsync();
        }
    }

    /// <summary>Tells a session which conversation is its visitor's, once there is one.</summary>
    /// <returns>Whether that was news.</returns>
    public bool Attach(VisitorSession session, ConversationId conversation)
    {
        lock (_gate)
        {
            if (session.Devices == 0 || session.Conversation == conversation)
            {
                return false;
            }

            if (session.Conversation is { } before)
            {
                _conversations.TryRemove(KeyValuePair.Create(before, session));
            }

            session.Conversation = conversation;
            _conversations[conversation] = session;
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<IAsyncDisposable> all;
        lock (_gate)
        {
            all = [.. _watches.Values, .. _visitors.Values];
            _watches.Clear();
            _visitors.Clear();
        }

        foreach (var part in all)
        {
            await part.DisposeAsync();
        }
    }

    private Watch EnsureWatched(TenantId tenant)
    {
        if (!_watches.TryGetValue(tenant, out var watch))
        {
            watch = new Watch(feed.Subscribe(tenant, FeedCapacity), this);
            _watches[tenant] = watch;
        }

        return watch;
    }

    private Watch? Unwatch(TenantId tenant)
    {
        if (!_watches.TryGetValue(tenant, out var watch) || --watch.Visitors > 0)
        {
            return null;
        }

        _watches.Remove(tenant);
        return watch;
    }

    private void Route(LiveEvent liveEvent)
    {
        if (liveEvent.About is { } conversation && _conversations.TryGetValue(conversation, out var session))
        {
            session.Offer(liveEvent);
        }
    }

    private void TellLost(TenantId tenant, long dropped)
    {
        LogFeedLost(tenant, dropped);
        foreach (var session in _conversations.Values.Where(session => session.Key.Tenant == tenant))
        {
            session.OfferResync();
        }
    }

    /// <summary>The pump of one tenant.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly ILiveSubscription _subscription;
        private readonly Task _pump;

        public Watch(ILiveSubscription subscription, ChatSessions sessions)
        {
            _subscription = subscription;
            _pump = PumpAsync(sessions);
        }

        public int Visitors { get; set; }

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _pump;
            _subscription.Dispose();
            _stopping.Dispose();
        }

        private async Task PumpAsync(ChatSessions sessions)
        {
            var dropped = 0L;
            try
            {
                await foreach (var liveEvent in _subscription.ReadAllAsync(_stopping.Token))
                {
                    sessions.Route(liveEvent);
                    if (_subscription.Dropped is var lost && lost > dropped)
                    {
                        dropped = lost;
                        sessions.TellLost(liveEvent.Tenant, lost);
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The last visitor of the tenant left.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The live feed of tenant {TenantId} ran ahead of the web chat; {Dropped} events lost so far. Devices read the store again.")]
    private partial void LogFeedLost(TenantId tenantId, long dropped);
}
