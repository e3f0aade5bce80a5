using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.VisitorTokens;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Hubs;

/// <summary>The web chat's own part of the application over an in-memory house.</summary>
internal sealed class ChatHouse : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ChatHouse(WebApplication app, ChatBook book, InMemoryLiveFeed feed, FakeTimeProvider clock, InMemoryConnections connections)
    {
        _app = app;
        Book = book;
        Feed = feed;
        Clock = clock;
        Connections = connections;
    }

    public ChatBook Book { get; }

    public InMemoryLiveFeed Feed { get; }

    public FakeTimeProvider Clock { get; }

    public InMemoryConnections Connections { get; }

    public IKeyAgreement Agreement => _app.Services.GetRequiredService<IKeyAgreement>();

    public InMemoryChatIdentityStore Identities => (InMemoryChatIdentityStore)_app.Services.GetRequiredService<IChatIdentityStore>();

    public IVisitorTokens Tokens => _app.Services.GetRequiredService<IVisitorTokens>();

    public TestServer Server => _app.GetTestServer();

    public Uri Address => new(_app.Urls.First());

    public static readonly Connection Web = new(
        new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "Anna's shop", AccessPolicy.Open, IsEnabled: true, IsProvisioned: false,
        new SettingValues(
        [
            new("quickReplies", "Where is my order?; Opening hours"),
            new("allowedOrigins", "https://shop.example https://*.partner.example:8443"),
            new("encryption", "off"),
        ]),
        default, default);

    /// <summary>A web chat as a new one is: nothing is said but encrypted.</summary>
    public static readonly Connection Sealed = Web with
    {
        Id = new ConnectionId("sealed"),
        Settings = new SettingValues([.. Web.Settings.All.Where(setting => setting.Key != "encryption")]),
    };

    /// <param name="isReal">Listens on a port of this machine, for a browser, with the real clock's pace.</param>
    public static async Task<ChatHouse> StartAsync(Action<ChatOptions>? options = null, bool isReal = false)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
        TimeProvider time = isReal ? TimeProvider.System : clock;
        var feed = new InMemoryLiveFeed();
        var connections = new InMemoryConnections(new InMemoryAuditLog());
        var book = new ChatBook(feed, time);
        await AddAsync(connections, book, Web);
        await AddAsync(connections, book, Sealed);

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { WebRootPath = WebRoot(), EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (!isReal)
        {
            builder.WebHost.UseTestServer();
        }

        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddSingleton<ILiveFeed>(feed);
        builder.Services.AddSingleton<IConnectionStore>(connections);
        builder.Services.AddSingleton<IConversationQueries>(book);
        builder.Services.AddSingleton<IConversationStore>(book.Store);
        builder.Services.AddSingleton<IMessageGateway>(book);
        builder.Services.AddSingleton<IChannelSessions>(book);
        builder.Services.AddSingleton<IKeyAgreement>(new PlainKeyAgreement());
        builder.Services.AddSingleton<IChatIdentityStore>(new InMemoryChatIdentityStore(new InMemoryAuditLog()));
        builder.Services.AddSingleton<ChatIdentities>();
        builder.Services.AddVisitorTokens();
        builder.Services.AddChatHub();
        builder.Services.Configure(options ?? (_ => { }));
        var app = builder.Build();
        app.UseStaticFiles();
        app.MapWebChat();
        await app.StartAsync();
        return new(app, book, feed, clock, connections);
    }

    public Task AddAsync(Connection connection) => AddAsync(Connections, Book, connection);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AddAsync(InMemoryConnections connections, ChatBook book, Connection connection)
    {
        var audit = new Domain.Audit.AuditDraft(
            connection.Tenant, default, Domain.Security.Actor.System, Domain.Audit.AuditActions.ConnectionSaved, "connection", "local",
            Domain.Audit.AuditDraft.NoDetails);
        await connections.PutAsync(connection, audit, CancellationToken.None);
        book.Run(connection);
    }

    private static string WebRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The repository was not found above the tests.");
        }

        return Path.Combine(folder.FullName, "Assistant.Web", "wwwroot");
    }
}
