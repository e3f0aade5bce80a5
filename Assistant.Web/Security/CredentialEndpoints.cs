using Assistant.Domain.Security;
using Assistant.Web.Components;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Assistant.Web.Security;

/// <summary>
/// The posts of the account page. They are posts, not events of the circuit, because a changed credential ends every session and
/// only a response can give this browser its new cookie. Each answers with one word, <see cref="CredentialWords"/>.
/// </summary>
internal static class CredentialEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/account").RequireAuthorization().DisableAntiforgery().ExcludeFromDescription();
        account.MapPost("/password", (HttpContext http, Request request, AccountDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => desk.ChangePasswordAsync(caller, id, form["password"]!, form["next"]!, ct), ct));
        account.MapPost("/totp", (HttpContext http, Request request, AccountDesk desk, ITotp totp, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => totp.Read(form["secret"]!) is { } secret
                ? desk.EnrolTotpAsync(caller, id, form["password"]!, secret, form["code"]!, ct)
                : Task.FromResult<CredentialOutcome>(new CredentialOutcome.WrongCode()), ct));
        account.MapPost("/totp/remove", (HttpContext http, Request request, AccountDesk desk, CancellationToken ct)
            => request.AnswerAsync(http, (caller, id, form) => desk.RemoveTotpAsync(caller, id, form["password"]!, ct), ct));
    }

    /// <summary>What every post has in common: whose it is, how often, and the cookie afterwards.</summary>
    internal sealed class Request(IAntiforgery antiforgery, IPrincipalCallers callers, SignInLimiter limiter)
    {
        public async Task<IResult> AnswerAsync(
            HttpContext http, Func<Caller, UserId, IFormCollection, Task<CredentialOutcome>> change, CancellationToken cancellationToken)
        {
            // Checked by hand, as when signing in: a page left open overnight deserves a sentence.
            if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)
                || callers.Find(http.User) is not { Actor: { Kind: "user", Id: var text } } caller || !Guid.TryParse(text, out var id))
            {
                return Results.Text(CredentialWords.Expired);
            }

            var form = await http.Request.ReadFormAsync(cancellationToken);
            if (form["password"].ToString().Length is 0 or > PasswordPolicy.MaxLength)
            {
                return Results.Text(CredentialWords.WrongPassword);
            }

            if (!limiter.Allows(SessionClaims.OriginOf(http), caller.Actor.Name))
            {
                return Results.Text(CredentialWords.Locked);
            }

            var outcome = await change(caller, new UserId(id), form);
            if (outcome is CredentialOutcome.Changed changed)
            {
                await http.SignInAsync(WebSecurity.CookieScheme, SessionClaims.ForUser(changed.User, changed.Stamp));
            }

            return Results.Text(CredentialWords.Of(outcome));
        }
    }
}

/// <summary>How a change of a credential ended, in one word for the page.</summary>
internal static class CredentialWords
{
    public const string Changed = "changed";
    public const string WrongPassword = "wrong-password";
    public const string WeakPassword = "weak-password";
    public const string WrongCode = "wrong-code";
    public const string Locked = "locked";
    public const string Expired = "expired";

    public static string Of(CredentialOutcome outcome) => outcome switch
    {
        CredentialOutcome.Changed => Changed,
        CredentialOutcome.WrongPassword => WrongPassword,
        CredentialOutcome.WeakPassword => WeakPassword,
        CredentialOutcome.WrongCode => WrongCode,
        CredentialOutcome.Locked => Locked,
        CredentialOutcome.NotFound => Expired,
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}
