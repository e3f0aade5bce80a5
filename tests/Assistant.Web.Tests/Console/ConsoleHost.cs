using System.Security.Claims;
using System.Text.Encodings.Web;
using Assistant.Domain.Ai;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Components;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Tests.Console;

/// <summary>The real console on a real port over fakes: no database, no messenger. Everybody is an admin unless the cookie <c>role</c> says otherwise.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ConsoleHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    /// <param name="port">0 for a free one.</param>
    /// <param name="more">Registers what a room needs beyond the frame.</param>
    public static async Task<ConsoleHost> StartAsync(int port, CancellationToken cancellationToken, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "Assistant.Web",
            EnvironmentName = "Development",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddStage(builder.Services);
        more?.Invoke(builder.Services);
        builder.Services.AddConsole();
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapConsole();
        await app.StartAsync(cancellationToken);
        return new ConsoleHost(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddStage(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WrongSecrets>();
        services.AddSingleton<StageChannels>();
        services.AddSingleton<IChannelCatalog>(provider => provider.GetRequiredService<StageChannels>());
        services.AddSingleton<IConnectionHealth>(provider => provider.GetRequiredService<StageChannels>());
        services.AddSingleton<IConnectionSupervisor>(provider => provider.GetRequiredService<StageChannels>());
        services.AddSingleton<FakeConnections>();
        services.AddSingleton<IConnectionStore>(provider => provider.GetRequiredService<FakeConnections>());
        services.AddSingleton<ILiveFeed, InMemoryLiveFeed>();
        services.AddSingleton<IStepUpGuard>(new OpenGuard());
        services.AddSingleton<ConnectionDesk>();
        services.AddSingleton<IAuditFilterStore, InMemoryAuditFilterStore>().AddSingleton<AuditFilterDesk>();
        services.AddSingleton<IKeyAgreement, PlainKeyAgreement>();
        services.AddSingleton<IChatIdentityStore>(new InMemoryChatIdentityStore(new InMemoryAuditLog()));
        services.AddSingleton<ChatIdentities>().AddSingleton<ChatKeyDesk>();
        services.AddEngines();
        services.AddSingleton<IEngineStore, FakeEngines>();
        services.AddSingleton<EngineDesk>();
        services.AddSingleton<IPrincipalCallers, StageCallers>();
        var (house, signals, guard) = (new InMemoryHouse(TimeProvider.System), new RecordedSignals(), new OpenGuard());
        services.AddSingleton(_ => new ForgettingDesk(house, guard, signals, signals, new NoWorker(), TimeProvider.System));
        services.AddSingleton(_ => new PersonExportDesk(
            house, new PersonExport(house, house, house, house, house, house, house, TimeProvider.System), guard, house, TimeProvider.System));
        services.AddSingleton(_ => new AttachmentDesk(house, house, TimeProvider.System));
        services.AddSingleton(provider => new PersonActDesk(
            house, house, house, provider.GetRequiredService<ForgettingDesk>(), provider.GetRequiredService<PersonExportDesk>(), house, TimeProvider.System));
        var (log, clock) = (new InMemoryAuditLog(), TimeProvider.System);
        var users = new InMemoryUserDirectory(log, clock, TenantId.Default);
        services.AddSingleton<IAccessRights>(new InMemoryAccessRights(users, new InMemoryMembershipStore(users, log)));
        var sessions = new InMemoryUserSessionStore(users, log, clock);
        var (board, members) = (new SessionBoard(sessions, new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)), clock), new InMemoryMembershipStore(users, log));
        var keys = new InMemoryApiKeyStore(log, clock);
        services.AddSingleton(new PersonAccountDesk(house, clock));
        services.AddSingleton<IDirectChats>(house).AddSingleton<IPersonLinkStore>(house).AddSingleton<ReachDesk>().AddSingleton<ContinuationDesk>();
        services.AddSingleton(provider => new PersonLinkDesk(house, house, house, provider.GetRequiredService<StageChannels>(), clock));
        services.AddSingleton(new InvitationDesk(
            new InMemoryInvitationStore(log), users, members, new InMemoryRoleStore(members, keys, log), keys, guard, clock, accounts: house, people: house));
        services.AddSingleton(board);
        services.AddSingleton(new DeviceDesk(new InMemoryKnownDeviceStore(users, log), clock));
        services.AddSingleton(new SessionDesk(sessions, board, users, members, new InMemoryRoleStore(members, new InMemoryApiKeyStore(log, clock), log), clock));
        services.AddAuthentication("stage").AddScheme<AuthenticationSchemeOptions, StageAuthentication>("stage", null);
        services.AddAuthorization(options =>
        {
            foreach (var permission in Permissions.All)
            {
                options.AddPolicy(permission, policy => policy.RequireClaim("permission", permission));
            }
        });
    }

    private sealed class StageCallers : IPrincipalCallers
    {
        private static readonly string Id = Guid.CreateVersion7().ToString();

        public Caller? Find(ClaimsPrincipal principal) => principal.Identity is { IsAuthenticated: true, Name: { } name }
            ? new Caller(new Actor("user", Id, name), TenantId.Default, principal.FindAll("permission").Select(c => c.Value).ToHashSet(), "local")
            : null;
    }

    private sealed class StageAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var role = Request.Cookies["role"] ?? Roles.Admin;
            if (role == "nobody")
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var claims = Roles.PermissionsOf(role).Select(permission => new Claim("permission", permission)).Append(new Claim(ClaimTypes.Name, "mira@example.org"));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "stage")), "stage")));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.Redirect($"/account/sign-in?returnUrl={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
            return Task.CompletedTask;
        }
    }
}
