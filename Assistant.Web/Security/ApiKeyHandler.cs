using System.Text.Encodings.Web;
using Assistant.Domain.Security;
using Assistant.Web.Endpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Assistant.Web.Security;

/// <summary>Signs in who presents an API key as <c>Authorization: Bearer ask_…</c>, for one request.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyDesk keys, IAccessRights rights,
    WrongSecrets wrong)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Bearer = "Bearer ";
    private const string NotValid = "The API key is not valid.";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        // Unknown, malformed and revoked keys look alike, and so does whatever comes from a network that presented too many of them.
        var network = NetworkKey.Of(Context);
        if (!wrong.ApiKeys.IsOpenTo(network))
        {
            return AuthenticateResult.Fail(NotValid);
        }

        await rights.LoadAsync(Context.RequestAborted);
        if (await keys.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted) is { } key)
        {
            return AuthenticateResult.Success(new AuthenticationTicket(SessionClaims.ForApiKey(key, SessionClaims.OriginOf(Context)), RestApi.Scheme));
        }

        wrong.ApiKeys.Count(network);
        return AuthenticateResult.Fail(NotValid);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return base.HandleChallengeAsync(properties);
    }
}
