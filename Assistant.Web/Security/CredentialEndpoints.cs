using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Components;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Antiforgery;

namespace Assistant.Web.Security;

/// <summary>
/// The posts of the account page. They are posts, not events of the circuit, because a changed credential ends every session and
/// only a response can give this browser its new cookie. Each answers with one word, <see cref="CredentialWords"/>.
/// </summary>
internal static class CredentialEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/account").SignedIn("one's own account, with its password")
            .Audits(AuditActions.UserChanged, AuditActions.SignInFailed).DisableAntiforgery().ExcludeFromDescription();
        account.MapPost("/password", (HttpContext http, Request request, AccountDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => desk.ChangePasswordAsync(caller, id, form["password"]!, form["next"]!, ct), ct));
        account.MapPost("/totp", (HttpContext http, Request request, AccountDesk desk, ITotp totp, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => totp.Read(form["secret"]!) is { } secret
                ? desk.EnrolOwnTotpAsync(caller, id, form["password"]!, secret, form["code"]!, ct)
                : Task.FromResult<CredentialOutcome>(new CredentialOutcome.WrongCode()), ct));
        account.MapPost("/totp/remove", (HttpContext http, Request request, AccountDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => desk.RemoveOwnTotpAsync(caller, id, form["password"]!, ct), ct));
        account.MapPost("/recovery-codes", (HttpContext http, Request request, AccountDesk desk, CancellationToken ct)
            => request.AdmitAsync(http, wantsPassword: true, async (caller, id, form) =>
            {
                var (outcome, codes) = await desk.MakeRecoveryCodesAsync(caller, id, form["password"]!, ct);
                await request.KeepSignedInAsync(http, caller, outcome);
                http.Response.Headers.CacheControl = "no-store";
                return codes.Count > 0 ? Results.Json(codes.Select(code => code.Reveal())) : Results.Text(CredentialWords.Of(outcome));
            }, ct));
    }

    /// <summary>What every post has in common: whose it is, how often, and the cookie afterwards.</summary>
    internal sealed class Request(IAntiforgery antiforgery, IPrincipalCallers callers, SignInLimiter limiter, Sessions sessions)
    {
        public Task<IResult> AnswerAsync(
            HttpContext http, Func<Caller, UserId, IFormCollection, Task<CredentialOutcome>> change, CancellationToken cancellationToken)
            => AdmitAsync(http, wantsPassword: true, async (caller, id, form) =>
            {
                var outcome = await change(caller, id, form);
                await KeepSignedInAsync(http, caller, outcome);
                return Results.Text(CredentialWords.Of(outcome));
            }, cancellationToken);

        /// <summary>A changed credential ends every session; this browser's goes on under a new cookie.</summary>
        public Task KeepSignedInAsync(HttpContext http, Caller caller, CredentialOutcome outcome) => outcome is CredentialOutcome.Changed changed
            ? sessions.ContinueAsync(http, changed.User, changed.Stamp, caller)
            : Task.CompletedTask;

        /// <param name="wantsPassword">Whether the form has to carry one; such posts are counted as attempts.</param>
        public async Task<IResult> AdmitAsync(
            HttpContext http, bool wantsPassword, Func<Caller, UserId, IFormCollection, Task<IResult>> answer, CancellationToken cancellationToken)
        {
            // Checked by hand, as when signing in: a page left open overnight deserves a sentence.
            if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)
                || callers.Find(http.User) is not { Actor: { Kind: "user", Id: var text } } caller || !Guid.TryParse(text, out var id))
            {
                return Results.Text(CredentialWords.Expired);
            }

            var form = await http.Request.ReadFormAsync(cancellationToken);
            if (wantsPassword && form["password"].ToString().Length is 0 or > PasswordPolicy.MaxLength)
            {
                return Results.Text(CredentialWords.WrongPassword);
            }

            if (wantsPassword && !limiter.AllowsInSession(new UserId(id)))
            {
                return Results.Text(CredentialWords.Locked);
            }

            return await answer(caller, new UserId(id), form);
        }
    }
}

/// <summary>How a change of a credential ended, in one word for the page.</summary>
internal static class CredentialWords
{
    public const string Changed = "changed";
    public const string WrongPassword = "wrong-password";
    public const string WeakPassword = "weak-password";
    public const string GuessablePassword = "guessable-password";
    public const string BreachedPassword = "breached-password";
    public const string WrongCode = "wrong-code";
    public const string Locked = "locked";
    public const string Expired = "expired";
    public const string TooMany = "too-many";
    public const string ModelDenied = "model-denied";
    public const string InvalidPasskey = "invalid-passkey";

    public static string Of(CredentialOutcome outcome) => outcome switch
    {
        CredentialOutcome.Changed => Changed,
        CredentialOutcome.WrongPassword => WrongPassword,
        CredentialOutcome.WeakPassword { Flaw: PasswordFlaw.Guessable } => GuessablePassword,
        CredentialOutcome.WeakPassword { Flaw: PasswordFlaw.Breached } => BreachedPassword,
        CredentialOutcome.WeakPassword => WeakPassword,
        CredentialOutcome.WrongCode => WrongCode,
        CredentialOutcome.Locked => Locked,
        CredentialOutcome.NotFound => Expired,
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}
