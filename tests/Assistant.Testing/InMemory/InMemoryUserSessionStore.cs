using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;

namespace Assistant.Testing.InMemory;

/// <summary>Sessions in memory, of the users of one directory.</summary>
public sealed class InMemoryUserSessionStore(InMemoryUserDirectory users, InMemoryAuditLog log, TimeProvider clock) : IUserSessionStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UserSessionId, (UserSession Session, string? Stamp)> _sessions = [];

    /// <summary>How often activity was written down.</summary>
    public int Written { get; private set; }

    public Task BeginAsync(UserSession session, CancellationToken cancellationToken)
        => Locked(() => _sessions[session.Id] = (session, users.StampOf(session.User)));

    public Task<IReadOnlyList<UserSession>> ListOpenAsync(CancellationToken cancellationToken)
        => Locked<IReadOnlyList<UserSession>>(() => [.. Open()]);

    public Task<IReadOnlyList<UserSession>> ListOpenAsync(UserId user, CancellationToken cancellationToken)
        => Locked<IReadOnlyList<UserSession>>(() => [.. Open().Where(s => s.User == user).OrderByDescending(s => s.SeenAt)]);

    public Task<UserSession?> FindAsync(UserSessionId id, CancellationToken cancellationToken)
        => Locked(() => _sessions.ContainsKey(id) ? Present(id) : null);

    public Task SeeAsync(UserSessionId id, DateTimeOffset at, CancellationToken cancellationToken) => Locked(() =>
    {
        Written++;
        if (_sessions.ContainsKey(id) && Present(id) is { EndedAt: null } session && session.SeenAt < at)
        {
            Put(session with { SeenAt = at });
        }

        return true;
    });

    public async Task<bool> EndAsync(UserId user, UserSessionId id, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
        => await EndAsync(session => session.User == user && session.Id == id, why, audit) > 0;

    public Task<int> EndAllAsync(UserId user, UserSessionId? except, SessionEnd why, AuditDraft audit, CancellationToken cancellationToken)
        => EndAsync(session => session.User == user && session.Id != except, why, audit);

    public Task ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) => Locked(() =>
    {
        foreach (var id in _sessions.Keys.Where(id => Present(id).EndedAt < endedBefore).ToList())
        {
            _sessions.Remove(id);
        }

        return true;
    });

    private Task<int> EndAsync(Func<UserSession, bool> which, SessionEnd why, AuditDraft audit) => Locked(() =>
    {
        var ended = Open().Where(which).ToList();
        ended.ForEach(session => Put(session with { EndedAt = audit.At, End = why }));
        if (ended.Count > 0)
        {
            log.Append(audit);
        }

        return ended.Count;
    });

    private List<UserSession> Open() => [.. _sessions.Keys.ToList().Select(Present).Where(session => session.EndedAt is null)];

    // A changed credential ends sessions; here it is noticed by the stamp when somebody looks.
    private UserSession Present(UserSessionId id)
    {
        var (session, stamp) = _sessions[id];
        if (session.EndedAt is null && users.StampOf(session.User) != stamp)
        {
            session = session with { EndedAt = clock.GetUtcNow(), End = SessionEnd.CredentialChanged };
            _sessions[id] = (session, stamp);
        }

        return session;
    }

    private void Put(UserSession session) => _sessions[session.Id] = (session, _sessions[session.Id].Stamp);

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }
}
