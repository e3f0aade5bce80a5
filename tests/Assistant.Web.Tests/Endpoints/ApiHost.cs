using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Endpoints;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>The REST API over fakes, in memory. The bearer token names the role, e.g. <c>admin</c> or <c>admin@other</c>.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app) => _app = app;

    public FakeConversations Conversations { get; private init; } = null!;

    public FakeConnections Connections { get; private init; } = null!;

    public FakeChannel Channel { get; private init; } = null!;

    public FakeAudit Audit { get; private init; } = null!;

    public InMemoryPeople People { get; private init; } = null!;

    public InMemoryUserDirectory Users { get; private init; } = null!;

    /// <summary>Where there is something to be forgotten.</summary>
    public InMemoryHouse House { get; private init; } = null!;

    /// <summary>Addresses files are fetched from.</summary>
    public FakeFileAddresses Addresses { get; private init; } = null!;

    public FakeIndexing Indexing { get; private init; } = null!;

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public SessionBoard Sessions => _app.Services.GetRequiredService<SessionBoard>();

    /// <param name="guard">Lets everybody through when it is <see langword="null"/>.</param>
    public static async Task<ApiHost> StartAsync(Action<ApiOptions>? configure = null, IStepUpGuard? guard = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var (conversations, connections, channel, engines, signals) =
            (new FakeConversations(), new FakeConnections(), new FakeChannel().Able(ChannelCapabilities.OutboundAttachments), new FakeEngines(), new RecordedSignals());
        var (audit, addresses) = (new FakeAudit(), new FakeFileAddresses(new Uri("https://assistant.example/"), clock ?? TimeProvider.System));
        var services = builder.Services;
        services.AddSingleton(new WrongSecrets(clock ?? TimeProvider.System));
        services.AddSingleton<IConversationStore>(conversations).AddSingleton<IConversationQueries>(conversations);
        services.AddSingleton<IConnectionStore>(connections).AddSingleton<IChannelCatalog>(channel).AddSingleton<IChannelSessions>(channel)
            .AddSingleton<IConnectionHealth>(channel).AddSingleton<IConnectionSupervisor>(channel);
        services.AddSingleton<IEngineStore>(engines).AddSingleton<IEngineCatalog>(engines).AddSingleton<IEngineHealth>(engines);
        services.AddSingleton<IConversationExecutor>(signals).AddSingleton<IOutboxSignal>(signals).AddSingleton<ILiveFeed>(signals);
        services.AddSingleton<ITenantDirectory>(new FakeTenants()).AddSingleton<IAuditLog>(audit);
        services.AddSingleton<IAuditTreeStore, InMemoryAuditTreeStore>().AddSingleton<AuditTree>().AddSingleton<ICheckpointStore, InMemoryCheckpointStore>();
        services.AddSingleton<ICheckpointSigner, FakeCheckpointSigner>().AddSingleton<AuditAlarm>().AddSingleton<CheckpointDesk>();
        services.AddSingleton<IAuditFilterStore, InMemoryAuditFilterStore>().AddSingleton<AuditFilterDesk>();
        var indexing = new FakeIndexing();
        services.AddSingleton<IIndexingStore>(indexing).AddSingleton<IDeclaredIndexing>(indexing).AddSingleton<IndexingDesk>();
        services.AddSingleton<IKeyAgreement>(new PlainKeyAgreement()).AddSingleton<IChatIdentityStore>(new InMemoryChatIdentityStore(new InMemoryAuditLog()))
            .AddSingleton<ChatIdentities>().AddSingleton<ChatKeyDesk>();
        services.AddSingleton<IMessageGateway, NoGateway>();
        services.AddSingleton<IIdempotencyStore>(new FakeIdempotency(TimeProvider.System));
        services.AddSingleton(AttachmentLimits.Default).AddSingleton<IFileAddresses>(addresses).AddSingleton<ConversationDesk>().AddSingleton<ConnectionDesk>().AddSingleton<EngineDesk>();
        var (people, dead) = (new InMemoryPeople(TimeProvider.System, new()), new InMemoryDeadLetters(new()));
        services.AddSingleton<IPeopleStore>(people).AddSingleton<PairingDesk>();
        services.AddSingleton<IDeadLetterQueries>(dead).AddSingleton<IInbox>(dead).AddSingleton<IOutbox>(dead).AddSingleton<DeadLetterDesk>();
        services.AddSingleton<UserDesk>(_ => throw new NotSupportedException("There are no users here."));
        var users = new InMemoryUserDirectory(new InMemoryAuditLog(), TimeProvider.System, TenantId.Default);
        services.AddSingleton<IUserDirectory>(users).AddSingleton<AccountDesk>().AddSingleton<ITotp>(new FakeTotp(TimeProvider.System));
        var (memberships, log) = (new InMemoryMembershipStore(users, new InMemoryAuditLog()), new InMemoryAuditLog());
        services.AddSingleton<IMembershipStore>(memberships).AddSingleton<MembershipDesk>().AddSingleton<TenantDesk>();
        services.AddSingleton<IRoleStore>(new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(log, TimeProvider.System), log)).AddSingleton<RoleDesk>();
        var sessions = new InMemoryUserSessionStore(users, log, TimeProvider.System);
        services.AddSingleton<IUserSessionStore>(sessions).AddSingleton(new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)));
        services.AddSingleton<SessionBoard>().AddSingleton<SessionDesk>();
        services.AddSingleton<IInvitationStore>(new InMemoryInvitationStore(log)).AddSingleton<IApiKeyStore>(new InMemoryApiKeyStore(log, TimeProvider.System));
        services.AddSingleton<ApiKeyDesk>(_ => throw new NotSupportedException("There are no API keys here."));
        services.AddSingleton(guard ?? new OpenGuard());
        var house = new InMemoryHouse(TimeProvider.System);
        services.AddSingleton<IErasureStore>(house).AddSingleton<IPersonRecords>(house).AddSingleton<IRecall>(house).AddSingleton<IErasureSignal>(new NoWorker());
        services.AddSingleton<ForgettingDesk>().AddSingleton<PersonExport>().AddSingleton<PersonExportDesk>();
        services.AddSingleton(all => ActivatorUtilities.CreateInstance<InvitationDesk>(all, (IPersonAccountStore)house, (IPeopleStore)house)).AddSingleton<PersonAccountDesk>();
        services.AddSingleton(new PersonLinkDesk(house, house, house, channel, TimeProvider.System));
        services.AddSingleton<IAttachmentStore>(house).AddSingleton<AttachmentDesk>();
        services.AddSingleton(new FileHandoutDesk(addresses, house, clock ?? TimeProvider.System));
        services.AddSingleton<IDirectChats>(house).AddSingleton<IPersonLinkStore>(house).AddSingleton<IPersonAccountStore>(house).AddSingleton<ReachDesk>().AddSingleton<ContinuationDesk>();
        services.AddRestApi();
        services.Configure<ApiOptions>(options => configure?.Invoke(options));
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, RoleScheme>(RestApi.Scheme, null);
        services.AddSingleton<IApiCallers, RoleCallers>();
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in Permissions.All)
        {
            authorization.AddPolicy(permission, policy => policy.RequireClaim("permission", permission));
        }

        var app = builder.Build();
        app.UseRestApi();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRestApi();
        await app.StartAsync();
        return new ApiHost(app) { Conversations = conversations, Connections = connections, Channel = channel, Audit = audit, People = people, Users = users, House = house, Addresses = addresses, Indexing = indexing };
    }

    public HttpClient As(string? role)
    {
        var client = _app.GetTestClient();
        client.DefaultRequestHeaders.Authorization = role is null ? null : new AuthenticationHeaderValue("Bearer", role);
        return client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Caller? CallerOf(string? header)
    {
        if (header is null || !header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return null;
        }

        var (role, tenant) = header["Bearer ".Length..].Split('@') switch { [var r, var t] => (r, t), var parts => (parts[0], "default") };
        return Roles.Exists(role)
            ? new Caller(
                new Actor("apikey", new Guid(role.Length, (short)role[0], 0, new byte[8]).ToString(), role), new TenantId(tenant), Roles.PermissionsOf(role), "192.0.2.9")
            : null;
    }

    private sealed class RoleScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (CallerOf(Request.Headers.Authorization) is not { } caller)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity(caller.Permissions.Select(p => new Claim("permission", p)), Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }

    private sealed class RoleCallers : IApiCallers
    {
        public Caller? Find(HttpContext context)
            => context.User.Identity?.IsAuthenticated == true ? CallerOf(context.Request.Headers.Authorization) : null;
    }

    internal sealed class NoGateway : IMessageGateway
    {
        public Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
            => Task.FromResult<GatewayOutcome>(new GatewayOutcome.Refused(new Phrase.Verbatim("test")));
    }
}

/// <summary>An audit chain in memory, hashed as the real one.</summary>
internal sealed class FakeAudit : IAuditLog
{
    public List<AuditEvent> Events { get; } = [];

    public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> previous = Events.Count == 0 ? AuditChain.Genesis(draft.Tenant) : Events[^1].Hash;
        var seq = Events.Count + 1;
        var canonical = draft with { At = DateTimeOffset.FromUnixTimeMilliseconds(draft.At.ToUnixTimeMilliseconds()) };
        Events.Add(new(seq, canonical, previous, AuditChain.Hash(previous.Span, AuditChain.CanonicalBytes(seq, canonical))));
        return Task.CompletedTask;
    }

    public Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
        => Task.FromResult(new Page<AuditEvent>([.. Events.Where(e => filter.Action is null || e.What.Action == filter.Action).Take(limit)], null));

    public async IAsyncEnumerable<AuditEvent> ReadAsync(
        TenantId tenant, long fromSeq, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var written in Events.Where(e => e.Seq >= fromSeq).ToList())
        {
            await Task.Yield();
            yield return written;
        }
    }

    public Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult(new AuditCheckpoint(
        tenant, Events.Count, Convert.ToHexStringLower((Events.Count == 0 ? AuditChain.Genesis(tenant) : Events[^1].Hash).Span), default));
}

internal static class HttpExtensions
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
        => await response.Content.ReadFromJsonAsync<JsonElement>(Xunit.TestContext.Current.CancellationToken);
}
