using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;
using Assistant.Web.Verbs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Security;

/// <summary>Who may come in: the session cookie for people, API keys for programs, one policy per permission.</summary>
internal static class WebSecurity
{
    public const string CookieScheme = CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>Call it after <c>AddConsole</c> and <c>AddRestApi</c>.</summary>
    public static IServiceCollection AddWebSecurity(this IServiceCollection services)
    {
        services.AddAuthentication(CookieScheme)
            .AddCookie(CookieScheme, SessionCookie.Configure)
            .AddCookie(ExternalTickets.Scheme, ProviderAnswers.ConfigureTicket)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(RestApi.Scheme, null);

        services.AddOptions<CookieAuthenticationOptions>(CookieScheme).Configure<SessionLimits>((options, limits) => options.ExpireTimeSpan = limits.Total);

        // An endpoint that says nothing about who may come in lets nobody in. Where there is none, or only the answer that a request is not
        // taken in this way, there is nothing to keep closed.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && (http.GetEndpoint() is not { } endpoint || RoutingRejections.Includes(endpoint))).Build());
        services.AddOptions<AuthorizationOptions>().Configure<IPrincipalCallers>((options, callers) =>
        {
            foreach (var permission in Permissions.All)
            {
                options.AddPolicy(permission, policy => policy
                    .RequireAuthenticatedUser()
                    .RequireAssertion(context => callers.Find(context.User)?.Permissions.Contains(permission) == true));
            }
        });

        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "assistant-form";
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });

        services.AddSingleton<PrincipalCallers>();
        services.AddSingleton<IPrincipalCallers>(provider => provider.GetRequiredService<PrincipalCallers>());
        services.AddSingleton<IApiCallers>(provider => provider.GetRequiredService<PrincipalCallers>());
        services.AddSingleton<Sessions>();
        services.AddSingleton<SignInLimiter>();
        services.TryAddSingleton<WrongSecrets>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<ExternalTickets>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, ProviderAnswers>();
        services.AddSingleton<CredentialEndpoints.Request>();
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        return services;
    }

    /// <summary>The verbs <c>tenants</c>, <c>users</c>, <c>roles</c>, <c>apikeys</c>, <c>audit</c> and <c>keys</c>.</summary>
    public static IServiceCollection AddSecurityVerbs(this IServiceCollection services)
        => services.AddScoped<IVerb, TenantsVerb>().AddScoped<IVerb, UsersVerb>().AddScoped<IVerb, RolesVerb>().AddScoped<IVerb, ApiKeysVerb>().AddScoped<IVerb, AuditVerb>()
            .AddScoped<IVerb, KeysVerb>();

    /// <summary>Maps the posts of the sign-in, sign-out and account forms.</summary>
    public static void MapAccount(this IEndpointRouteBuilder endpoints)
    {
        AccountEndpoints.Map(endpoints);
        CredentialEndpoints.Map(endpoints);
        PasskeyEndpoints.Map(endpoints);
        ExternalSignInEndpoints.Map(endpoints);
        TenantSwitch.Map(endpoints);
        InvitationEndpoints.Map(endpoints);
    }
}
