using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Security;

/// <summary>
/// Signing in at an identity provider: the way there, the way back, and the logins of the account page. To the outside every refusal looks the
/// same; the audit log has the reason.
/// </summary>
internal static partial class ExternalSignInEndpoints
{
    /// <summary>Followed by the provider's key. A link, because a form must not lead to another site.</summary>
    public const string Begin = "/account/sign-in/with";

    /// <summary>Where somebody who came back goes on.</summary>
    public const string Finish = "/account/sign-in/finish";

    /// <summary>Asks for the one-time code, see <see cref="SecondStep"/>.</summary>
    public const string CodeWanted = "provider-code";

    /// <summary>Asks for it again.</summary>
    public const string CodeWrong = "provider-code-wrong";

    /// <summary>The one word for every refusal of a provider's answer.</summary>
    public const string Refused = "provider";

    public const string Unreachable = "provider-unreachable";

    private const string SecondStep = "/account/sign-in/second-step";

    private static readonly string[] SignInActions =
        [AuditActions.SignedIn, AuditActions.SignInFailed, AuditActions.SignedOut, AuditActions.SessionEnded, AuditActions.DeviceSeen, AuditActions.PersonTold];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Begin + "/{provider}", BeginAsync).OpenTo("signing in").NotAudited("a question, whose answer is audited").ExcludeFromDescription();
        // The handler of a provider answers at its own address; here ends who comes to one that is not configured.
        endpoints.MapGet(ProviderAnswers.CallbackOf("{provider}"), AnswerOfNobodyAsync).OpenTo("signing in").Audits(AuditActions.SignInFailed)
            .ReachedFromElsewhere("a provider's answer").ExcludeFromDescription();
        endpoints.MapGet(Finish, FinishAsync).OpenTo("signing in")
            .Audits([.. SignInActions, AuditActions.ExternalLoginConnected, AuditActions.ExternalLoginRefused])
            .ReachedFromElsewhere("sent on from a provider's answer").ExcludeFromDescription();
        endpoints.MapPost(SecondStep, ProveAsync).OpenTo("signing in").Audits(SignInActions).DisableAntiforgery().ExcludeFromDescription();

        var own = endpoints.MapGroup("/account/external").SignedIn("one's own account, with its password").DisableAntiforgery().ExcludeFromDescription();
        own.MapPost("/connect", (HttpContext http, CredentialEndpoints.Request request, ExternalLoginDesk desk, IdentityProviders providers, CancellationToken ct)
            => request.AdmitAsync(http, wantsPassword: true, (caller, id, form) => BeginConnectingAsync(http, desk, providers, caller, id, form, ct), ct))
            .Audits(AuditActions.UserChanged, AuditActions.SignInFailed);
        own.MapPost("/remove", (HttpContext http, CredentialEndpoints.Request request, ExternalLoginDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, _, form) => Guid.TryParse(form["id"], out var id)
                ? desk.RemoveAsync(caller, new ExternalLoginId(id), form["password"]!, ct)
                : Task.FromResult<CredentialOutcome>(new CredentialOutcome.NotFound()), ct)).Audits(AuditActions.ExternalLoginRemoved, AuditActions.SignInFailed);
    }

    /// <summary>Where somebody finds themselves whose way to a provider and back came to nothing.</summary>
    public static string AfterRefusal(ExternalPurpose purpose, string invitation) => purpose switch
    {
        ExternalPurpose.Connect => "/account?login=failed",
        ExternalPurpose.Invitation => $"/invitation/{Uri.EscapeDataString(invitation)}?problem={Refused}",
        _ => $"{AccountEndpoints.SignInPage}?problem={Refused}",
    };

    private static async Task<IResult> BeginAsync(HttpContext http, string provider, string? returnUrl, string? invitation, IdentityProviders providers, SignInLimiter limiter)
    {
        var back = LocalUrl.OrHome(returnUrl);
        // A page of another site must not sign its visitor in, not even as themselves.
        if (providers.Find(provider) is not { } chosen || http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            return AccountEndpoints.Back("", null, back);
        }

        if (!limiter.AllowsProvider(NetworkKey.Of(http)))
        {
            return AccountEndpoints.Back("locked", null, back);
        }

        var properties = invitation is { Length: > 0 and < 200 }
            ? ExternalTickets.For(ExternalPurpose.Invitation, back, invitation: invitation)
            : ExternalTickets.For(ExternalPurpose.SignIn, back);
        return await AskAsync(http, chosen, properties) is { } address ? Results.Redirect(address) : AccountEndpoints.Back(Unreachable, null, back);
    }

    private static async Task<RedirectHttpResult> AnswerOfNobodyAsync(
        HttpContext http, ExternalLoginDesk desk, SignInLimiter limiter, CancellationToken cancellationToken)
    {
        if (limiter.AllowsProvider(NetworkKey.Of(http)))
        {
            await desk.RefuseAsync("unknown", SessionClaims.OriginOf(http), cancellationToken);
        }

        return AccountEndpoints.Back(Refused, null, null);
    }

    private static async Task<IResult> FinishAsync(
        HttpContext http, ExternalTickets tickets, ExternalLoginDesk desk, IPrincipalCallers callers, Sessions sessions, CancellationToken cancellationToken)
    {
        if (await tickets.FindAsync(http) is not { } ticket)
        {
            return AccountEndpoints.Back("expired", null, null);
        }

        switch (ticket.Purpose)
        {
            case ExternalPurpose.Invitation:
                return Results.LocalRedirect($"/invitation/{Uri.EscapeDataString(ticket.Invitation)}"); // which asks for the rest
            case ExternalPurpose.Connect:
                await ExternalTickets.DropAsync(http);
                return Results.LocalRedirect($"/account?login={await ConnectAsync(http, callers, desk, ticket, cancellationToken)}");
            default:
                return await SignInAsync(http, desk, sessions, ticket, null, cancellationToken);
        }
    }

    private static async Task<IResult> ProveAsync(
        HttpContext http, IAntiforgery antiforgery, ExternalTickets tickets, ExternalLoginDesk desk, Sessions sessions, SignInLimiter limiter,
        CancellationToken cancellationToken)
    {
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)
            || await tickets.FindAsync(http) is not { Purpose: ExternalPurpose.SignIn } ticket)
        {
            return AccountEndpoints.Back("expired", null, null);
        }

        var form = await http.Request.ReadFormAsync(cancellationToken);
        return limiter.AllowsProvider(NetworkKey.Of(http))
            ? await SignInAsync(http, desk, sessions, ticket, form["code"].ToString().Trim(), cancellationToken)
            : AccountEndpoints.Back("locked", null, ticket.ReturnUrl);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext http, ExternalLoginDesk desk, Sessions sessions, ExternalTicket ticket, string? code, CancellationToken cancellationToken)
    {
        switch (await desk.SignInAsync(ticket.Proof, code, SessionClaims.OriginOf(http), cancellationToken))
        {
            case SignInOutcome.SignedIn signedIn:
                await ExternalTickets.DropAsync(http);
                await sessions.BeginAsync(http, signedIn.User, signedIn.Stamp, SignInMethod.External, ticket.Proof.Provider);
                return Results.LocalRedirect(ticket.ReturnUrl);
            case SignInOutcome.CodeNeeded:
                return AccountEndpoints.Back(CodeWanted, null, ticket.ReturnUrl);
            case SignInOutcome.Refused { Reason: SignInRefusal.WrongCode or SignInRefusal.Locked }:
                return AccountEndpoints.Back(CodeWrong, null, ticket.ReturnUrl);
            case SignInOutcome.Refused:
                await ExternalTickets.DropAsync(http);
                return AccountEndpoints.Back(Refused, null, ticket.ReturnUrl);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    // The first half of connecting: the answer is the provider's address, which the page goes to, or one word.
    private static async Task<IResult> BeginConnectingAsync(
        HttpContext http, ExternalLoginDesk desk, IdentityProviders providers, Caller caller, UserId id, IFormCollection form, CancellationToken cancellationToken)
    {
        if (providers.Find(form["provider"]) is not { } provider || caller.Session is not { } session)
        {
            return Results.Text(CredentialWords.Expired);
        }

        switch (await desk.BeginConnectingAsync(caller, form["password"]!, cancellationToken))
        {
            case null:
                var properties = ExternalTickets.For(ExternalPurpose.Connect, "/account", id.ToString(), session.ToString());
                return Results.Text(await AskAsync(http, provider, properties) ?? Unreachable);
            case SignInRefusal.Locked:
                return Results.Text(CredentialWords.Locked);
            default:
                return Results.Text(CredentialWords.WrongPassword);
        }
    }

    // The second half: only in the session that gave the password.
    private static async Task<string> ConnectAsync(
        HttpContext http, IPrincipalCallers callers, ExternalLoginDesk desk, ExternalTicket ticket, CancellationToken cancellationToken)
    {
        if (callers.Find(http.User) is not { Actor: { Kind: "user", Id: var user }, Session: { } session } caller
            || user != ticket.User || session.ToString() != ticket.Session)
        {
            return "failed";
        }

        return await desk.ConnectAsync(caller, ticket.Proof, cancellationToken) switch
        {
            ConnectOutcome.Connected => "connected",
            ConnectOutcome.Taken => "taken",
            ConnectOutcome.TooMany => "too-many",
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    /// <summary>Has the handler ask its question, with the cookies that belong to it.</summary>
    /// <returns>The address at the provider; <see langword="null"/> when the provider does not say where that is.</returns>
    private static async Task<string?> AskAsync(HttpContext http, IdentityProvider provider, AuthenticationProperties properties)
    {
        try
        {
            await http.ChallengeAsync(provider.Scheme, properties);
        }
        catch (Exception unreachable) when (unreachable is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException)
        {
            http.RequestAborted.ThrowIfCancellationRequested();
            LogUnreachable(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExternalSignInEndpoints)), provider.Key, unreachable);
            return null;
        }

        // Asked as a redirect, which not every caller can follow.
        var address = http.Response.Headers.Location.ToString();
        http.Response.Headers.Location = default;
        http.Response.StatusCode = StatusCodes.Status200OK;
        return address;
    }

    [LoggerMessage(LogLevel.Warning, "The identity provider {Provider} cannot be asked.")]
    private static partial void LogUnreachable(ILogger logger, string provider, Exception error);
}
