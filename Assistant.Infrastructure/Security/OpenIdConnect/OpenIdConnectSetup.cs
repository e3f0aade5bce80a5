// What is believed of a provider is set here and nowhere else: code flow with PKCE, an ID token signed with a key of the provider's, for us,
// from exactly the issuer of the settings, answering exactly the question this browser took along (state and nonce). Of all it says two claims go on.
using System.Security.Claims;
using Assistant.Domain.Security.External;
using Assistant.Infrastructure.Outgoing;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Assistant.Infrastructure.Security.OpenIdConnect;

/// <summary>Sets the framework's handler up for each provider of the settings. Where its answers go is said by who serves pages.</summary>
internal sealed class OpenIdConnectSetup(IOptions<IdentityProvidersOptions> settings, IdentityProviders providers, OutgoingHttp outgoing)
    : IConfigureNamedOptions<OpenIdConnectOptions>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Never one that signs with the client's secret, and never none.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public void Configure(OpenIdConnectOptions options)
    {
    }

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (providers.FindByScheme(name) is not { } named || !settings.Value.Providers.TryGetValue(named.Key, out var provider))
        {
            return;
        }

        options.Authority = provider.Authority;
        options.RequireHttpsMetadata = new Uri(provider.Authority).Scheme == Uri.UriSchemeHttps;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ReadSecret();
        options.BackchannelHttpHandler = outgoing.NewHandler(AddressSource.Configured);
        options.BackchannelTimeout = Patience;
        options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);

        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.Scope.Clear();
        options.Scope.Add(OpenIdConnectScope.OpenId);
        options.SaveTokens = false;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.UseTokenLifetime = false;
        options.DisableTelemetry = true;
        options.MapInboundClaims = false;
        options.ClaimActions.Clear();
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.TokenValidationParameters.IssuerValidator = (issuer, _, _) => IsIssuer(issuer, provider.Authority)
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The ID token is another issuer's.");
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        options.Events.OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.AcrValues = provider.RequiredAcr.Length > 0 ? string.Join(' ', IdentityProviderOptions.Words(provider.RequiredAcr)) : null;
            return Task.CompletedTask;
        };
        options.Events.OnTokenValidated = context =>
        {
            Reduce(context, provider);
            return Task.CompletedTask;
        };
    }

    // Of the settings, not of the provider's own metadata: there one provider could call itself another, and vouch for that one's people.
    private static bool IsIssuer(string issuer, string authority) => issuer.TrimEnd('/') == authority.TrimEnd('/');

    private static void Reduce(TokenValidatedContext context, IdentityProviderOptions provider)
    {
        var said = context.Principal!;
        var identity = new ExternalIdentity(said.FindFirst(ExternalIdentity.IssuerClaim)?.Value ?? "", said.FindFirst(ExternalIdentity.SubjectClaim)?.Value ?? "");
        if (!identity.IsValid)
        {
            context.Fail("The ID token names nobody.");
        }
        else if (said.FindFirst("azp") is { } party && party.Value != provider.ClientId)
        {
            context.Fail("The ID token was issued to another client.");
        }
        else if (!Carries(said, "acr", provider.RequiredAcr) || !Carries(said, "amr", provider.RequiredAmr))
        {
            context.Fail("The provider did not ask for what is demanded of it.");
        }
        else
        {
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ExternalIdentity.IssuerClaim, identity.Issuer), new Claim(ExternalIdentity.SubjectClaim, identity.Subject)], context.Scheme.Name));
        }
    }

    private static bool Carries(ClaimsPrincipal said, string type, string wanted)
        => IdentityProviderOptions.Words(wanted) is var words && (words.Length == 0 || said.FindAll(type).Any(claim => words.Contains(claim.Value, StringComparer.Ordinal)));
}
