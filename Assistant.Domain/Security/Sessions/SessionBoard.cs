// Which sessions are open, as one picture in memory, for the same reason as the rights beside it: it is asked at every act and must not wait.
//
// The idea: a session is open while its row is and its limits are not passed; both are looked at when somebody asks, so that an open page
// can do nothing from the very moment on, whether or not anything told it. What was ended elsewhere is learnt by refreshing, every two
// seconds; what ends here, at once. Activity is kept to the second in memory and written at most once a minute.
// The invariant: beginning and refreshing take turns, so a refresh that read before a session began does not drop it.
using System.Collections.Concurrent;
using Assistant.Domain.Audit;

namespace Assistant.Domain.Security.Sessions;

/// <summary>The open sessions at this moment. Safe for concurrent use.</summary>
public sealed class SessionBoard(IUserSessionStore store, SessionLimits limits, TimeProvider clock) : IDisposable
{
    /// <summary>How exactly activity is written down. Another node may take a session for idle this much too early.</summary>
    public static readonly TimeSpan SeenResolution = TimeSpan.FromMinutes(1);

    /// <summary>How long ended sessions are kept.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<UserSessionId, Entry> _open = new();
    private volatile bool _isLoaded;
    private DateTimeOffset _forgotAt;

    /// <summary>Raised after a session began or ended, on any thread; a handler must not wait.</summary>
    public event Action? Changed;

    /// <summary>Makes sure that the open sessions were read once.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (!_isLoaded)
        {
            await RefreshAsync(cancellationToken);
        }
    }

    /// <summary>Whether the session is open at this moment and the user's.</summary>
    public bool IsOpen(UserSessionId id, UserId user) => _open.TryGetValue(id, out var entry) && entry.User == user && !IsOver(entry);

    /// <summary>The same, and asks the store for one that another node has just begun.</summary>
    public async ValueTask<bool> IsOpenAsync(UserSessionId id, UserId user, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        if (!_open.ContainsKey(id) && await store.FindAsync(id, cancellationToken) is { EndedAt: null } found)
        {
            _open.TryAdd(id, Entry.Of(found));
        }

        return IsOpen(id, user);
    }

    /// <summary>When the session ends if nothing is done meanwhile; <see langword="null"/> when it is not open.</summary>
    public SessionTimes? FindTimes(UserSessionId id)
        => _open.TryGetValue(id, out var entry) && !IsOver(entry) ? new(entry.SeenAt + limits.Idle, entry.CreatedAt + limits.Total) : null;

    /// <summary>Keeps a session that begins.</summary>
    public Task BeginAsync(UserSession session, CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        await store.BeginAsync(session, cancellationToken);
        _open[session.Id] = Entry.Of(session);
        return true;
    }, cancellationToken);

    /// <summary>Notes that the person of the session did something. A session that is over does not come back.</summary>
    public async ValueTask SeeAsync(UserSessionId id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_open.TryGetValue(id, out var entry) && !IsOver(entry))
        {
            entry.SeenAt = now;
            if (now - entry.WrittenAt >= SeenResolution)
            {
                entry.WrittenAt = now;
                await store.SeeAsync(id, now, cancellationToken);
            }
        }
    }

    /// <summary>Ends one session of the user.</summary>
    public async Task<bool> EndAsync(UserId user, UserSessionId id, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
    {
        var isEnded = await store.EndAsync(user, id, why, audit, cancellationToken);
        await RefreshAsync(CancellationToken.None);
        return isEnded;
    }

    /// <summary>Ends all sessions of the user but one.</summary>
    public async Task<int> EndAllAsync(UserId user, UserSessionId? except, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
    {
        var count = await store.EndAllAsync(user, except, why, audit, cancellationToken);
        await RefreshAsync(CancellationToken.None);
        return count;
    }

    /// <summary>Reads the open sessions anew, and ends those whose limits are passed.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => InTurnAsync(() => ReadAsync(cancellationToken), cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = (await store.ListOpenAsync(cancellationToken)).ToDictionary(session => session.Id);
        var isNews = rows.Keys.Any(id => !_open.ContainsKey(id));
        foreach (var (id, session) in rows)
        {
            _open.AddOrUpdate(id, Entry.Of(session), (_, known) => known.Catch(session.SeenAt));
        }

        foreach (var (id, entry) in _open)
        {
            isNews |= !rows.ContainsKey(id) && _open.TryRemove(id, out _);
            if (rows.TryGetValue(id, out var session) && FindEnd(entry) is { } why)
            {
                var audit = new AuditDraft(
                    session.Tenant, clock.GetUtcNow(), Actor.System, AuditActions.SessionEnded, $"user/{session.User}", "local", SessionDesk.Details(id, why));
                await store.EndAsync(session.User, id, why, audit, cancellationToken);
                isNews |= _open.TryRemove(id, out _);
            }
        }

        _isLoaded = true;
        await ForgetAsync(cancellationToken);
        return isNews;
    }

    // Once an hour is often enough for what lies for a month.
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _forgotAt >= TimeSpan.FromHours(1))
        {
            _forgotAt = now;
            await store.ForgetAsync(now - Memory, cancellationToken);
        }
    }

    private bool IsOver(Entry entry) => FindEnd(entry) is not null;

    private SessionEnd? FindEnd(Entry entry) => limits.FindEnd(entry.CreatedAt, entry.SeenAt, clock.GetUtcNow());

    /// <param name="work">Says whether something changed.</param>
    private async Task InTurnAsync(Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        bool isNews;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            isNews = await work();
        }
        finally
        {
            _turn.Release();
        }

        if (isNews)
        {
            Changed?.Invoke();
        }
    }

    private sealed class Entry(UserId user, DateTimeOffset createdAt, DateTimeOffset seenAt)
    {
        private long _seenAt = seenAt.UtcTicks;
        private long _writtenAt = seenAt.UtcTicks;

        public UserId User => user;

        public DateTimeOffset CreatedAt => createdAt;

        public DateTimeOffset SeenAt
        {
            get => new(Interlocked.Read(ref _seenAt), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _seenAt, value.UtcTicks);
        }

        public DateTimeOffset WrittenAt
        {
            get => new(Interlocked.Read(ref _writtenAt), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _writtenAt, value.UtcTicks);
        }

        public static Entry Of(UserSession session) => new(session.User, session.CreatedAt, session.SeenAt);

        /// <summary>Takes over what another node saw.</summary>
        public Entry Catch(DateTimeOffset seen)
        {
            if (seen > SeenAt)
            {
                SeenAt = seen;
            }

            return this;
        }
    }
}

/// <summary>When a session ends.</summary>
/// <param name="IdleAt">If the person does nothing until then.</param>
/// <param name="LastAt">Whatever they do.</param>
public sealed record SessionTimes(DateTimeOffset IdleAt, DateTimeOffset LastAt)
{
    /// <summary>The earlier of the two.</summary>
    public DateTimeOffset EndsAt => IdleAt < LastAt ? IdleAt : LastAt;
}
