using System.Security.Claims;
using Assistant.Domain.Security;
using Microsoft.AspNetCore.Components.Authorization;

namespace Assistant.Web.Components;

/// <summary>Who acts on this page: what every use case wants to know. One per circuit.</summary>
internal sealed class ConsoleCaller(AuthenticationStateProvider authentication, IPrincipalCallers callers)
{
    /// <exception cref="InvalidOperationException">Nobody is signed in; the page lacks its <c>[Authorize]</c>.</exception>
    public async ValueTask<Caller> GetAsync()
        => await FindAsync() ?? throw new InvalidOperationException("This page was reached without anybody signed in.");

    /// <summary>The caller, or <see langword="null"/> when nobody is signed in.</summary>
    public async ValueTask<Caller?> FindAsync() => callers.Find((await authentication.GetAuthenticationStateAsync()).User);
}

/// <summary>Turns a signed-in principal into a caller of use cases.</summary>
internal interface IPrincipalCallers
{
    /// <summary>The caller, or <see langword="null"/> when the principal is nobody we know.</summary>
    Caller? Find(ClaimsPrincipal principal);
}
