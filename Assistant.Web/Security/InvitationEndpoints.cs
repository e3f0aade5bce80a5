using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Security;

/// <summary>
/// The posts of the invitation page: plain forms that work without script and answer with a redirect. Both take <c>token</c> and the
/// antiforgery token; a newcomer's also <c>email</c> and <c>password</c>, and <c>external</c> when an identity provider is to be connected.
/// </summary>
internal static class InvitationEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/account/invitation", AcceptAsync).OpenTo("an invitation's token")
            .AuditsUnderProof(
                AuditActions.InvitationUsed, AuditActions.UserCreated, AuditActions.SignedIn, AuditActions.SignInFailed, AuditActions.SignedOut,
                AuditActions.SessionEnded, AuditActions.DeviceSeen, AuditActions.ExternalLoginConnected, AuditActions.PersonTold, AuditActions.AccountLinked)
            .DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/account/invitation/join", JoinAsync).SignedIn("an invitation's token")
            .Audits(AuditActions.InvitationUsed, AuditActions.MembershipGranted, AuditActions.AccountLinked).DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>Where an invitation is opened, below the site's root.</summary>
    public static string PathOf(RandomToken token) => $"/invitation/{token.Reveal()}";

    private static async Task<RedirectHttpResult> AcceptAsync(
        HttpContext http, IAntiforgery antiforgery, InvitationDesk desk, IUserDirectory users, ExternalTickets tickets, ExternalLoginDesk logins,
        SignInLimiter limiter, Sessions sessions, CancellationToken cancellationToken)
    {
        if (await ReadAsync(http, antiforgery, cancellationToken) is not { } form)
        {
            return TypedResults.LocalRedirect("/");
        }

        var (token, email, password) = (form["token"].ToString(), form["email"].ToString().Trim(), form["password"].ToString());
        if (!limiter.AllowsInvitation(NetworkKey.Of(http)))
        {
            return Back(token, CredentialWords.Locked, email);
        }

        ExternalProof? external = null;
        if (form["external"].Count > 0)
        {
            external = (await tickets.FindAsync(http) is { } ticket && ticket.Invitation == token) ? ticket.Proof : null;
            if (external is null || !await logins.IsFreeAsync(external.Identity, cancellationToken))
            {
                await ExternalTickets.DropAsync(http);
                return Back(token, external is null ? "provider-expired" : "provider-taken", email);
            }
        }

        var origin = SessionClaims.OriginOf(http);
        if (Refusal(await desk.AcceptAsNewAsync(token, email, password, origin, cancellationToken)) is { } word)
        {
            return Back(token, word, email);
        }

        if (external is not null && await users.FindByEmailAsync(email, cancellationToken) is { } newcomer)
        {
            await ExternalTickets.DropAsync(http);
            if (await logins.ConnectNewcomerAsync(newcomer, external, origin, cancellationToken) is SignInOutcome.SignedIn vouchedFor)
            {
                await sessions.BeginAsync(http, vouchedFor.User, vouchedFor.Stamp, SignInMethod.External, external.Provider);
            }
        }
        else if (await users.VerifyAsync(email, password, null, origin, cancellationToken) is SignInOutcome.SignedIn signedIn)
        {
            await sessions.BeginAsync(http, signedIn.User, signedIn.Stamp, SignInMethod.Password);
        }

        return TypedResults.LocalRedirect("/");
    }

    private static async Task<RedirectHttpResult> JoinAsync(
        HttpContext http, IAntiforgery antiforgery, IPrincipalCallers callers, InvitationDesk desk, SignInLimiter limiter, CancellationToken cancellationToken)
    {
        if (await ReadAsync(http, antiforgery, cancellationToken) is not { } form || callers.Find(http.User) is not { } caller)
        {
            return TypedResults.LocalRedirect("/");
        }

        var token = form["token"].ToString();
        if (!limiter.AllowsInvitation(NetworkKey.Of(http)))
        {
            return Back(token, CredentialWords.Locked, "");
        }

        var outcome = await desk.AcceptAsMemberAsync(caller, token, cancellationToken);
        return Refusal(outcome) is { } word
            ? Back(token, word, "")
            : TypedResults.LocalRedirect(outcome is AcceptOutcome.Accepted { IsMember: true } ? "/members/tenants" : "/account");
    }

    private static async Task<IFormCollection?> ReadAsync(HttpContext http, IAntiforgery antiforgery, CancellationToken cancellationToken)
        => http.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(http) ? await http.Request.ReadFormAsync(cancellationToken) : null;

    private static string? Refusal(AcceptOutcome outcome) => outcome switch
    {
        AcceptOutcome.Accepted => null,
        AcceptOutcome.Closed => "closed",
        AcceptOutcome.EmailTaken => "taken",
        AcceptOutcome.AlreadyMember => "member",
        AcceptOutcome.Invalid { Flaw: { } flaw } => CredentialWords.Of(new CredentialOutcome.WeakPassword(flaw)),
        AcceptOutcome.Invalid => "email",
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    // What is no token does not become part of an address of ours.
    private static RedirectHttpResult Back(string token, string problem, string email) => TypedResults.LocalRedirect(
        (RandomToken.TryParse(token, out var parsed) ? PathOf(parsed) : "/invitation/none") + QueryString.Create("problem", problem).Add("email", email).ToUriComponent());
}
