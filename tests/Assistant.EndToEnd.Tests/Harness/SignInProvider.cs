using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>
/// A real OpenID Connect provider at another site than the program: it vouches for whoever is said to sit there, without asking. What it
/// answers can be altered and signed again with its own key, as no provider should.
/// </summary>
internal sealed class SignInProvider : IAsyncDisposable
{
    public const string Name = "Example ID";

    private const string ClientId = "assistant";
    private const string Secret = "provider-secret-4711-canary";

    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "signing" };
    private readonly RsaSecurityKey _strange = new(RSA.Create(2048)) { KeyId = "signing" };
    private WebApplication? _app;

    private SignInProvider(int port) => Address = $"http://localhost:{port}/";

    public string Address { get; }

    /// <summary>Who sits there, as the provider calls them.</summary>
    public string Subject { get; set; } = "nobody";

    /// <summary>Changes the claims of the next ID tokens, or nothing.</summary>
    public Action<Dictionary<string, object>>? Alter { get; set; }

    /// <summary>Whether ID tokens are signed with a key that is not the provider's.</summary>
    public bool IsForged { get; set; }

    /// <summary>Whether the state comes back as another.</summary>
    public bool LosesState { get; set; }

    public static async Task<SignInProvider> StartAsync()
    {
        var provider = new SignInProvider(TestInstallation.FreePort());
        provider._app = provider.Build();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>Makes the provider known to an installation that starts later.</summary>
    /// <param name="amr">What is demanded of it, or nothing.</param>
    public void IntroduceTo(TestInstallation house, string key = "example", string name = Name, string amr = "")
    {
        foreach (var (setting, value) in new[] { ("Name", name), ("Authority", Address), ("ClientId", ClientId), ("ClientSecret", Secret), ("RequiredAmr", amr) })
        {
            house.Set($"Assistant__SignIn__OpenIdConnect__{key}__{setting}", value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _key.Rsa.Dispose();
        _strange.Rsa.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address);
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetIssuer(Address).SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.AddSigningKey(_key).AddEphemeralEncryptionKey();
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            // Without a database: who may ask is said here.
            server.EnableDegradedMode();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.RedirectUri?.EndsWith("/callback", StringComparison.Ordinal) != true)
                {
                    context.Reject(Errors.InvalidClient);
                }

                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != Secret)
                {
                    context.Reject(Errors.InvalidClient);
                }

                return default;
            }));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (LosesState)
                {
                    context.Request.State = "another";
                }

                var identity = new ClaimsIdentity("provider");
                identity.SetClaim(Claims.Subject, Subject);
                identity.SetScopes(Scopes.OpenId);
                context.SignIn(new ClaimsPrincipal(identity));
                return default;
            }));
            server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(context =>
            {
                if (context.Response.IdToken is { } token)
                {
                    context.Response.IdToken = SignAgain(token);
                }

                return default;
            }));
        });
        var app = builder.Build();
        app.UseAuthentication();
        return app;
    }

    private string SignAgain(string token)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, object>>(Base64UrlEncoder.Decode(token.Split('.')[1]))!;
        Alter?.Invoke(claims);
        return new JsonWebTokenHandler().CreateToken(
            JsonSerializer.Serialize(claims), new SigningCredentials(IsForged ? _strange : _key, SecurityAlgorithms.RsaSha256));
    }
}
