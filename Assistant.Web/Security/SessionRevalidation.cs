using Assistant.Domain.Security;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Assistant.Web.Security;

/// <summary>Ends a circuit's session when its user's role or second factor changed: a circuit outlives the request it began with.</summary>
internal sealed class SessionRevalidation(ILoggerFactory loggers, IUserDirectory users) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
        => SessionCookie.IsInForceAsync(authenticationState.User, users, cancellationToken);
}
