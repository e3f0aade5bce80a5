using Assistant.Domain.Audit;

namespace Assistant.Domain.Security.Sessions;

/// <summary>What people do with sessions: see their own, end them, and end those of somebody they look after.</summary>
public sealed class SessionDesk(
    IUserSessionStore store, SessionBoard board, IUserDirectory users, IMembershipStore memberships, IRoleStore roles, TimeProvider clock)
{
    /// <summary>The caller's own open sessions, the one seen last first.</summary>
    public Task<IReadOnlyList<UserSession>> ListAsync(Caller caller, CancellationToken cancellationToken) => ListOpenAsync(Self(caller), cancellationToken);

    /// <summary>Ends one of the caller's own sessions, felt at once where it is open.</summary>
    /// <returns><see langword="false"/> when the caller has no such session.</returns>
    public Task<bool> EndAsync(Caller caller, UserSessionId id, CancellationToken cancellationToken)
        => board.EndAsync(Self(caller), id, SessionEnd.EndedByUser, Audit(caller.AtHome, Self(caller), Details(id, SessionEnd.EndedByUser)), cancellationToken);

    /// <summary>Ends all of the caller's own sessions but the one at hand.</summary>
    public Task<int> EndOthersAsync(Caller caller, CancellationToken cancellationToken)
        => EndOwnAsync(caller, caller.Session ?? throw new PermissionDeniedException("session"), "others", cancellationToken);

    /// <summary>Ends all of the caller's own sessions, this one too.</summary>
    public Task<int> EndAllAsync(Caller caller, CancellationToken cancellationToken) => EndOwnAsync(caller, null, "all", cancellationToken);

    /// <summary>Ends the session at hand, because its person signs out.</summary>
    public async Task SignOutAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Session is { } session)
        {
            var audit = caller.Audit(clock.GetUtcNow(), AuditActions.SignedOut, $"user/{caller.Actor.Id}", ("session", session.ToString()));
            await board.EndAsync(Self(caller), session, SessionEnd.SignedOut, audit, cancellationToken);
        }
    }

    /// <summary>The open sessions of a member whose account is at home in the caller's tenant.</summary>
    /// <returns><see langword="null"/> when there is no such member.</returns>
    public async Task<IReadOnlyList<UserSession>?> ListOfMemberAsync(Caller caller, UserId user, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return await users.FindAsync(caller.Tenant, user, cancellationToken) is { } found && found.Tenant == caller.Tenant
            ? await ListOpenAsync(user, cancellationToken)
            : null;
    }

    /// <summary>Signs a member out everywhere. It is no proof of anything and wants none: whoever is signed out signs in again.</summary>
    public Task<EndSessionsOutcome> EndOfMemberAsync(Caller caller, UserId user, CancellationToken cancellationToken)
        => EndOfMemberAsync(caller, user, audit => board.EndAllAsync(user, null, SessionEnd.EndedByAdmin, audit, cancellationToken), Details("all"), cancellationToken);

    /// <summary>Ends one session of a member.</summary>
    public Task<EndSessionsOutcome> EndOfMemberAsync(Caller caller, UserId user, UserSessionId id, CancellationToken cancellationToken)
        => EndOfMemberAsync(
            caller,
            user,
            async audit => await board.EndAsync(user, id, SessionEnd.EndedByAdmin, audit, cancellationToken) ? 1 : 0,
            Details(id, SessionEnd.EndedByAdmin),
            cancellationToken);

    internal static Dictionary<string, string> Details(UserSessionId id, SessionEnd why)
        => new() { ["session"] = id.ToString(), ["why"] = why.ToString() };

    private static Dictionary<string, string> Details(string which) => new() { ["sessions"] = which };

    private async Task<EndSessionsOutcome> EndOfMemberAsync(
        Caller caller, UserId user, Func<AuditDraft, Task<int>> end, Dictionary<string, string> details, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (await users.FindAsync(caller.Tenant, user, cancellationToken) is not { } found)
        {
            return new EndSessionsOutcome.NotFound();
        }

        // A session is in whichever of its user's tenants they like: only the account's home has a say over all of it.
        if (found.Tenant != caller.Tenant)
        {
            return new EndSessionsOutcome.AtHomeElsewhere();
        }

        if (await memberships.FindAsync(caller.Tenant, user, cancellationToken) is { } member
            && await caller.IsBelowAsync(roles, member.Role, cancellationToken))
        {
            return new EndSessionsOutcome.MayDoMore(found.Email);
        }

        return new EndSessionsOutcome.Ended(await end(Audit(caller, user, details)));
    }

    private Task<int> EndOwnAsync(Caller caller, UserSessionId? except, string which, CancellationToken cancellationToken)
        => board.EndAllAsync(Self(caller), except, SessionEnd.EndedByUser, Audit(caller.AtHome, Self(caller), Details(which)), cancellationToken);

    private async Task<IReadOnlyList<UserSession>> ListOpenAsync(UserId user, CancellationToken cancellationToken)
    {
        await board.LoadAsync(cancellationToken);
        return [.. (await store.ListOpenAsync(user, cancellationToken)).Where(session => board.IsOpen(session.Id, user))];
    }

    private AuditDraft Audit(Caller caller, UserId user, Dictionary<string, string> details)
        => new(caller.Tenant, clock.GetUtcNow(), caller.Actor, AuditActions.SessionEnded, $"user/{user}", caller.Origin, details);

    private static UserId Self(Caller caller) => caller.Actor.Kind == "user" ? caller.AsUser.Id : throw new PermissionDeniedException("user");
}

/// <summary>How ending somebody's sessions ended.</summary>
public abstract record EndSessionsOutcome
{
    private EndSessionsOutcome() { }

    /// <param name="Count">How many were open.</param>
    public sealed record Ended(int Count) : EndSessionsOutcome;

    public sealed record NotFound : EndSessionsOutcome;

    /// <summary>The account is at home in another tenant; only there can its sessions be ended.</summary>
    public sealed record AtHomeElsewhere : EndSessionsOutcome;

    /// <summary>The member may do more than the caller.</summary>
    public sealed record MayDoMore(string Email) : EndSessionsOutcome;
}
