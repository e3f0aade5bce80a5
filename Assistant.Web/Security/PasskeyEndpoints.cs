using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Security;

/// <summary>
/// The two halves of each ceremony with passkeys. A first half answers with <c>{"ceremony":…,"options":…}</c>, or with one word;
/// a second half takes the same <c>ceremony</c> and the browser's <c>credential</c> as JSON.
/// </summary>
internal static class PasskeyEndpoints
{
    /// <summary>Bounds what is parsed; an answer has a few kilobytes.</summary>
    private const int MaxAnswerLength = 64 * 1024;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/account/sign-in/passkey/begin", BeginSignInAsync).OpenTo("signing in").NotAudited("a question, whose answer is audited")
            .DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/account/sign-in/passkey", SignInAsync).OpenTo("signing in")
            .Audits(AuditActions.SignedIn, AuditActions.SignInFailed, AuditActions.SignedOut, AuditActions.SessionEnded, AuditActions.DeviceSeen, AuditActions.PersonTold)
            .DisableAntiforgery().ExcludeFromDescription();

        var own = endpoints.MapGroup("/account/passkeys").SignedIn("one's own passkeys").DisableAntiforgery().ExcludeFromDescription();
        own.MapPost("/begin", (HttpContext http, CredentialEndpoints.Request request, PasskeyDesk desk, CancellationToken ct)
            => request.AdmitAsync(http, wantsPassword: true, async (caller, _, form) => await desk.BeginRegistrationAsync(caller, form["password"]!, ct) switch
            {
                BeginPasskeyOutcome.Begun begun => Question(begun),
                BeginPasskeyOutcome.Refused { Reason: SignInRefusal.Locked } => Results.Text(CredentialWords.Locked),
                BeginPasskeyOutcome.TooMany => Results.Text(CredentialWords.TooMany),
                _ => Results.Text(CredentialWords.WrongPassword),
            }, ct)).Audits(AuditActions.UserChanged, AuditActions.SignInFailed);
        own.MapPost("/complete", (HttpContext http, CredentialEndpoints.Request request, PasskeyDesk desk, CancellationToken ct)
            => request.AdmitAsync(http, wantsPassword: false, async (caller, _, form) =>
            {
                var (ceremony, answer) = Answer(form);
                return Results.Text(await desk.CompleteRegistrationAsync(caller, ceremony, answer, form["name"]!, ct) switch
                {
                    AddPasskeyOutcome.Added => CredentialWords.Changed,
                    AddPasskeyOutcome.ModelDenied => CredentialWords.ModelDenied,
                    _ => CredentialWords.InvalidPasskey,
                });
            }, ct)).Audits(AuditActions.PasskeyAdded, AuditActions.PasskeyRefused);
        own.MapPost("/rename", (HttpContext http, CredentialEndpoints.Request request, PasskeyDesk desk, CancellationToken ct)
            => request.AdmitAsync(http, wantsPassword: false, async (caller, _, form) => Results.Text(
                Guid.TryParse(form["id"], out var id) && await desk.RenameAsync(caller, new PasskeyId(id), form["name"]!, ct)
                    ? CredentialWords.Changed
                    : CredentialWords.Expired), ct)).Audits(AuditActions.PasskeyRenamed);
        own.MapPost("/revoke", (HttpContext http, CredentialEndpoints.Request request, PasskeyDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, _, form) => Guid.TryParse(form["id"], out var id)
                ? desk.RevokeAsync(caller, new PasskeyId(id), form["password"]!, ct)
                : Task.FromResult<CredentialOutcome>(new CredentialOutcome.NotFound()), ct)).Audits(AuditActions.PasskeyRevoked, AuditActions.SignInFailed);
    }

    private static async Task<IResult> BeginSignInAsync(
        HttpContext http, IAntiforgery antiforgery, PasskeyDesk desk, SignInLimiter limiter, CancellationToken cancellationToken)
    {
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http))
        {
            return Results.Text(CredentialWords.Expired);
        }

        return limiter.AllowsChallenge(NetworkKey.Of(http))
            ? Question(await desk.BeginSignInAsync(cancellationToken))
            : Results.Text(CredentialWords.Locked);
    }

    private static async Task<RedirectHttpResult> SignInAsync(
        HttpContext http, IAntiforgery antiforgery, PasskeyDesk desk, SignInLimiter limiter, Sessions sessions,
        CancellationToken cancellationToken)
    {
        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http))
        {
            return AccountEndpoints.Back("expired", null, null);
        }

        var form = await http.Request.ReadFormAsync(cancellationToken);
        var returnUrl = LocalUrl.OrHome(form["returnUrl"]);
        var (origin, (ceremony, answer)) = (SessionClaims.OriginOf(http), Answer(form));
        if (!limiter.AllowsPasskey(NetworkKey.Of(http)))
        {
            return AccountEndpoints.Back("locked", null, returnUrl);
        }

        if (await desk.CompleteSignInAsync(ceremony, answer, origin, cancellationToken) is not SignInOutcome.SignedIn signedIn)
        {
            return AccountEndpoints.Back("passkey", null, returnUrl);
        }

        await sessions.BeginAsync(http, signedIn.User, signedIn.Stamp, SignInMethod.Passkey);
        return TypedResults.LocalRedirect(returnUrl);
    }

    // A ceremony nobody opened and an answer that is none fail where the wrong ones do.
    private static (Guid Ceremony, string Answer) Answer(IFormCollection form)
    {
        var answer = form["credential"].ToString();
        return (Guid.TryParse(form["ceremony"], out var id) ? id : Guid.Empty, answer.Length <= MaxAnswerLength ? answer : "");
    }

    private static IResult Question(BeginPasskeyOutcome.Begun begun)
        => Results.Json(new JsonObject { ["ceremony"] = begun.Ceremony, ["options"] = JsonNode.Parse(begun.OptionsJson) }, (JsonSerializerOptions?)null);
}
