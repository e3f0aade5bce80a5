using System.Security.Claims;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components;
using Assistant.Web.Components.Live;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Assistant.Web.Security;

/// <summary>
/// Tells an open circuit when its user's rights changed: pages that are closed now are closed on the screen too, and a session that ended
/// leaves. What the user does meanwhile is refused by the rights themselves, see <see cref="PrincipalCallers"/>.
/// </summary>
internal sealed class SessionRevalidation : RevalidatingServerAuthenticationStateProvider
{
    private static readonly Task<AuthenticationState> Nobody = Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())));

    private readonly IAccessRights _rights;
    private readonly Sessions _sessions;
    private readonly SessionBoard _board;
    private readonly IPrincipalCallers _callers;
    private readonly Action _look;
    private HashSet<string>? _known;

    public SessionRevalidation(ILoggerFactory loggers, IAccessRights rights, SessionBoard board, Sessions sessions, IPrincipalCallers callers) : base(loggers)
    {
        (_rights, _board, _sessions, _callers) = (rights, board, sessions, callers);
        _look = OwnContext.Of(Look);
        rights.Changed += _look;
        board.Changed += _look;
    }

    // A safety net: a signal that was missed is made up for here.
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
        => await _sessions.IsInForceAsync(authenticationState.User, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _rights.Changed -= _look;
        _board.Changed -= _look;
        base.Dispose(disposing);
    }

    // On whatever thread changed a right: it is not kept waiting, and a circuit that fails must not fail the others.
    private void Look() => _ = Task.Run(LookAsync);

    private async Task LookAsync()
    {
        Task<AuthenticationState> state;
        try
        {
            state = GetAuthenticationStateAsync();
        }
        catch (InvalidOperationException)
        {
            return; // the circuit has not begun
        }

        var user = (await state).User;
        if (user.Identity is not { IsAuthenticated: true })
        {
            return;
        }

        if (!await _sessions.IsInForceAsync(user, CancellationToken.None))
        {
            SetAuthenticationState(Nobody);
            return;
        }

        var present = _callers.Find(user)?.Permissions.ToHashSet(StringComparer.Ordinal) ?? [];
        if (_known is null || !present.SetEquals(_known))
        {
            _known = present;
            NotifyAuthenticationStateChanged(state);
        }
    }
}
