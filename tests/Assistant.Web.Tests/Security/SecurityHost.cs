using System.Net;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Assistant.Domain.Audit;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Components;
using Assistant.Web.Endpoints;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>The sign-in forms and two guarded addresses, over users and keys in memory.</summary>
internal sealed class SecurityHost : IAsyncDisposable
{
    /// <summary>A second tenant.</summary>
    public static readonly TenantId Annex = new("annex");

    public const string Password = "correct horse battery";

    private readonly WebApplication _app;

    private SecurityHost(WebApplication app, InMemoryAuditLog audit) => (_app, Audit) = (app, audit);

    public InMemoryAuditLog Audit { get; }

    public IUserDirectory Users => _app.Services.GetRequiredService<IUserDirectory>();

    public IMembershipStore Memberships => _app.Services.GetRequiredService<IMembershipStore>();

    public IUserSessionStore Sessions => _app.Services.GetRequiredService<IUserSessionStore>();

    public SessionBoard Board => _app.Services.GetRequiredService<SessionBoard>();

    /// <summary>Whoever asked <c>/who</c> last.</summary>
    public Caller? LastCaller { get; private set; }

    /// <summary>The same, as their cookie says.</summary>
    public ClaimsPrincipal? LastPrincipal { get; private set; }

    public IPasskeyStore Passkeys => _app.Services.GetRequiredService<IPasskeyStore>();

    public IKnownDeviceStore Devices => _app.Services.GetRequiredService<IKnownDeviceStore>();

    public InvitationDesk Invitations => _app.Services.GetRequiredService<InvitationDesk>();

    public ApiKeyDesk Keys => _app.Services.GetRequiredService<ApiKeyDesk>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="provider">An identity provider people may sign in at; none when it is <see langword="null"/>.</param>
    public static async Task<SecurityHost> StartAsync(TimeProvider? time = null, IdentityProvider? provider = null)
    {
        var clock = time ?? TimeProvider.System;
        var audit = new InMemoryAuditLog();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<IAuditLog>(audit);
        var users = new InMemoryUserDirectory(audit, clock, TenantId.Default, Annex);
        var memberships = new InMemoryMembershipStore(users, audit);
        builder.Services.AddSingleton<IMembershipStore>(memberships);
        builder.Services.AddSingleton<IRoleStore>(new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(audit, clock), audit));
        builder.Services.AddSingleton<IAccessRights>(new InMemoryAccessRights(users, memberships));
        builder.Services.AddSingleton<IUserDirectory>(users);
        builder.Services.AddSingleton(new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)));
        builder.Services.AddSingleton<IUserSessionStore>(new InMemoryUserSessionStore(users, audit, clock));
        builder.Services.AddSingleton<SessionBoard>();
        builder.Services.AddSingleton<SessionDesk>();
        builder.Services.AddSingleton<IKnownDeviceStore>(new InMemoryKnownDeviceStore(users, audit));
        builder.Services.AddSingleton<DeviceDesk>();
        var house = new InMemoryHouse(clock) { Users = users };
        builder.Services.AddSingleton(new DeviceNotices(house, house, house, new PublicAddress(null), clock));
        builder.Services.AddSingleton<IInvitationStore>(new InMemoryInvitationStore(audit));
        builder.Services.AddSingleton<InvitationDesk>();
        builder.Services.AddSingleton<IPasskeyStore>(new InMemoryPasskeyStore(users, audit));
        builder.Services.AddSingleton<IPasskeyVerifier>(new FakePasskeyVerifier());
        builder.Services.AddSingleton<PasskeyDesk>();
        builder.Services.AddSingleton(new IdentityProviders(provider is null ? [] : [provider]));
        builder.Services.AddSingleton<IExternalLoginStore>(new InMemoryExternalLoginStore(users, audit));
        builder.Services.AddSingleton<ExternalLoginDesk>();
        builder.Services.AddSingleton<IApiKeyStore>(new InMemoryApiKeyStore(audit, clock));
        builder.Services.AddSingleton<IStepUpGuard>(new OpenGuard());
        builder.Services.AddSingleton<UserDesk>();
        builder.Services.AddSingleton<AccountDesk>();
        builder.Services.AddSingleton<ITotp>(new FakeTotp(clock));
        builder.Services.AddSingleton<ApiKeyDesk>();
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddWebSecurity();
        if (provider is not null)
        {
            builder.Services.AddAuthentication().AddOpenIdConnect(provider.Scheme, options => (options.Authority, options.ClientId) = ("https://id.example", "assistant"));
        }

        SecurityHost? host = null;
        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/pretender")
            {
                // It looks as what the framework answers for a wrong method.
                context.SetEndpoint(new Endpoint(http => http.Response.WriteAsync("in"), EndpointMetadataCollection.Empty, "405 HTTP Method Not Supported"));
            }

            return next(context);
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAccount();
        app.MapGet("/form", (HttpContext http, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(http).RequestToken).AllowAnonymous();
        app.MapGet("/who", (HttpContext http, IPrincipalCallers callers) => (host!.LastCaller = callers.Find(host.LastPrincipal = http.User)) is { } caller
            ? $"{caller.Actor.Kind} {caller.Actor.Name} {caller.Tenant} {caller.Origin}"
            : "nobody").AllowAnonymous();
        app.MapGet("/unstated", () => "somebody forgot to say who may come in");
        app.MapPost("/unstated", ([FromBody] string[] words) => words.Length);
        app.MapGet("/users", () => "users").RequireAuthorization(Permissions.UsersManage);
        app.MapGet("/api/users", (ApiCaller caller) => $"{caller.Value.Actor.Kind} {caller.Value.Actor.Name}").RequireAuthorization(
            new AuthorizeAttribute(Permissions.UsersManage) { AuthenticationSchemes = RestApi.Scheme });
        await app.StartAsync(Cancel);
        return host = new SecurityHost(app, audit);
    }

    /// <summary>What a page that is drawn has of its own.</summary>
    public AsyncServiceScope OpenPage() => _app.Services.CreateAsyncScope();

    public Browser Open(string scheme = "http") => new(_app.GetTestServer(), scheme);

    public async Task<User> AddAsync(string email, string role, TotpSecret? totp = null) => Assert.IsType<CreateUserOutcome.Created>(
        await _app.Services.GetRequiredService<UserDesk>().CreateAsync(UserDesk.LocalCaller(TenantId.Default), email, role, Password, totp, Cancel)).User;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>Keeps cookies and does not follow redirects.</summary>
    internal sealed class Browser(TestServer server, string scheme)
    {
        private readonly CookieContainer _cookies = new();
        private readonly Uri _base = new($"{scheme}://localhost/");

        public string CookieHeader => _cookies.GetCookieHeader(_base);

        public IReadOnlyList<string> LastSetCookies { get; private set; } = [];

        public async Task<HttpResponseMessage> GetAsync(string path) => await SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

        public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form, bool withToken = true)
        {
            if (withToken)
            {
                var token = await (await GetAsync("/form")).Content.ReadAsStringAsync(Cancel);
                form["__RequestVerificationToken"] = token;
            }

            return await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) });
        }

        public Task<HttpResponseMessage> SignInAsync(string email, string password = Password, string code = "", string returnUrl = "/")
            => PostAsync("/account/sign-in", new() { ["email"] = email, ["password"] = password, ["code"] = code, ["returnUrl"] = returnUrl });

        public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            using var client = new HttpClient(server.CreateHandler()) { BaseAddress = _base };
            if (CookieHeader is { Length: > 0 } header)
            {
                request.Headers.Add("Cookie", header);
            }

            var response = await client.SendAsync(request, Cancel);
            LastSetCookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
            foreach (var cookie in LastSetCookies)
            {
                _cookies.SetCookies(_base, Regex.Replace(cookie, "; (samesite=\\w+|httponly)", "", RegexOptions.IgnoreCase));
            }

            return response;
        }
    }
}
