using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Security;

/// <summary>
/// Signing in and out: plain form posts that work without script and answer with a redirect.
/// Sign-in takes <c>email</c>, <c>password</c>, <c>code</c> and <c>returnUrl</c>, and both take the antiforgery token.
/// </summary>
internal static class AccountEndpoints
{
    public const string SignInPage = "/account/sign-in";
    public const string SignedOutPage = "/account/signed-out";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // The token is checked by hand: a form left open overnight deserves a sentence, not a bare 400.
        // The sign-in page itself answers every verb on this path, so the post has to come before it.
        endpoints.MapPost(SignInPage, SignInAsync).WithOrder(-1).OpenTo("signing in")
            .Audits(AuditActions.SignedIn, AuditActions.SignInFailed, AuditActions.SignedOut, AuditActions.SessionEnded, AuditActions.DeviceSeen, AuditActions.PersonTold)
            .DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/account/sign-out", SignOutAsync).OpenTo("signing out").Audits(AuditActions.SignedOut, AuditActions.SessionEnded)
            .DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<RedirectHttpResult> SignInAsync(
        HttpContext http, IAntiforgery antiforgery, IUserDirectory users, SignInLimiter limiter, KnownDevices devices, DeviceDesk deviceDesk, Sessions sessions,
        CancellationToken cancellationToken)
    {
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http))
        {
            return Back("expired", null, null);
        }

        var form = await http.Request.ReadFormAsync(cancellationToken);
        var (email, password, code) = (form["email"].ToString().Trim(), form["password"].ToString(), form["code"].ToString());
        var returnUrl = LocalUrl.OrHome(form["returnUrl"]);
        if (!EmailAddress.IsValid(email) || password.Length is 0 or > PasswordPolicy.MaxLength)
        {
            return Back("failed", null, returnUrl);
        }

        var known = devices.Find(http, email) is { } kept && await deviceDesk.IsKnownAsync(email, kept, cancellationToken) ? kept : (Guid?)null;
        if (!(known is { } device ? limiter.AllowsOnDevice(device) : limiter.Allows(NetworkKey.Of(http), email)))
        {
            return Back("locked", email, returnUrl);
        }

        var origin = SessionClaims.OriginOf(http);
        switch (known is null
            ? await users.VerifyAsync(email, password, code, origin, cancellationToken)
            : await users.VerifyOnKnownDeviceAsync(email, password, code, origin, cancellationToken))
        {
            case SignInOutcome.SignedIn signedIn:
                await sessions.BeginAsync(
                    http, signedIn.User, signedIn.Stamp, signedIn.User.HasTotp ? SignInMethod.PasswordAndCode : SignInMethod.Password);
                return TypedResults.LocalRedirect(returnUrl);
            case SignInOutcome.CodeNeeded:
                return Back("code", email, returnUrl);
            case SignInOutcome.Refused:
                return Back("failed", email, returnUrl);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private static async Task<RedirectHttpResult> SignOutAsync(
        HttpContext http, IAntiforgery antiforgery, IPrincipalCallers callers, SessionDesk desk, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return TypedResults.LocalRedirect("/");
        }

        if (callers.Find(http.User) is { } caller)
        {
            await desk.SignOutAsync(caller, cancellationToken);
            await http.SignOutAsync(WebSecurity.CookieScheme);
        }

        return TypedResults.LocalRedirect(SignedOutPage);
    }

    public static RedirectHttpResult Back(string problem, string? email, string? returnUrl)
        => TypedResults.LocalRedirect(SignInPage + QueryString.Create(
            new Dictionary<string, string?> { ["problem"] = problem, ["email"] = email, ["returnUrl"] = returnUrl is null or "/" ? null : returnUrl }
                .Where(part => part.Value is not null)).ToUriComponent());
}
