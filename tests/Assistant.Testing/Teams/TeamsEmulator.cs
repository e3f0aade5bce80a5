using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Teams;

/// <summary>An activity of the bot, as Teams shows it.</summary>
/// <param name="Words">What a person reads, without tags.</param>
public sealed record TeamsShown(string Conversation, string Id, JsonObject Activity, string Words);

/// <summary>
/// Microsoft's sign-in, its keys and the Bot Connector on a real port, as documented: tokens for the right secret only, activities with a token only,
/// refused when they are too large, badly formed or too many in a second; what people do is signed with its own keys and posted again until it is taken.
/// Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class TeamsEmulator : IAsyncDisposable
{
    public const string AppId = "11111111-2222-3333-4444-555555555555";
    public const string AppPassword = "teams-secret-8Q~x41";
    public const string TenantId = "72f988bf-0000-41af-91ab-2d7cd011db47";
    public const string Issuer = "https://api.botframework.com";
    public const string KeyId = "bf1";

    private const string Scope = "https://api.botframework.com/.default";
    private const int MostBytes = 100 * 1024;
    private const int MostASecond = 7;
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;
    private readonly Deliveries _deliveries = new(TimeSpan.FromSeconds(15));
    private readonly ConcurrentQueue<Func<HttpContext, bool>> _faults = new();
    private readonly ConcurrentDictionary<string, byte> _tokens = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DateTimeOffset>> _paces = new();
    private readonly SemaphoreSlim _filesBegun = new(0);
    private readonly ConcurrentQueue<TimeSpan> _holds = new();
    private readonly ConcurrentQueue<TeamsShown> _shown = new();
    private readonly ConcurrentQueue<string> _typing = new();
    private readonly ConcurrentQueue<(string Conversation, string Name, byte[] Content)> _filesShown = new();
    private readonly ConcurrentDictionary<string, (string Conversation, string Name)> _places = new();
    private readonly HttpClient _http = new();
    private int _ids;
    private int _keyFetches;
    private int _tokensIssued;

    private TeamsEmulator(WebApplication app) => _app = app;

    public TokenMint Mint { get; } = new TokenMint().With(KeyId, new JsonObject { ["endorsements"] = new JsonArray("msteams", "webchat") });

    public Uri? Callback { get; set; }

    public string Address => _app.Urls.First();

    /// <summary>What activities say of where they come from.</summary>
    public string ServiceUrl => $"{Address}/emea/";

    /// <summary>Whether the secret is taken no more.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>Whether the keys are out of reach.</summary>
    public bool HidesKeys { get; set; }

    /// <summary>Whether people take every file that is offered to them, at once.</summary>
    public bool TakesFiles { get; set; } = true;

    /// <summary>Files that lie in somebody's storage, with the conversation they were taken in.</summary>
    public IReadOnlyList<(string Conversation, string Name, byte[] Content)> FilesShown => [.. _filesShown];

    public int KeyFetches => Volatile.Read(ref _keyFetches);

    public int TokensIssued => Volatile.Read(ref _tokensIssued);

    public int LateAnswers => _deliveries.LateAnswers;

    public IReadOnlyList<TeamsShown> Shown => [.. _shown];

    /// <summary>Conversations that were shown that the bot is writing.</summary>
    public IReadOnlyList<string> Typing => [.. _typing];

    public static async Task<TeamsEmulator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var teams = new TeamsEmulator(app);
        app.MapPost("/{tenant}/oauth2/v2.0/token", teams.IssueAsync);
        app.MapGet("/v1/.well-known/openidconfiguration", () => Results.Text(
            new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = $"{teams.Address}/v1/.well-known/keys" }.ToJsonString(), "application/json"));
        app.MapGet("/v1/.well-known/keys", () => teams.Publish());
        app.MapPost("/{region}/v3/conversations/{conversation}/activities", teams.PostAsync);
        app.MapGet("/{region}/v3/attachments/{id}/views/original", (HttpContext context, string id) => teams.IsAllowed(context) ? teams.FileOf(id) : Results.Unauthorized());
        app.MapGet("/files/{id}", (string id) => teams.FileOf(id));
        app.MapPut("/upload/{id}", teams.StoreAsync);
        await app.StartAsync();
        return teams;
    }

    /// <summary>An activity of a person, alone with the bot or in a conversation of several.</summary>
    public JsonObject NewActivity(string type, string person, string? conversation = null, string? id = null)
    {
        var number = Interlocked.Increment(ref _ids);
        return new JsonObject
        {
            ["type"] = type,
            ["id"] = id ?? $"{1_767_225_600_000 + number}",
            ["timestamp"] = $"{Beginning.AddMilliseconds(number):yyyy-MM-ddTHH:mm:ss.fffZ}",
            ["serviceUrl"] = ServiceUrl,
            ["channelId"] = "msteams",
            ["locale"] = "en-GB",
            ["from"] = new JsonObject { ["id"] = $"29:{person}", ["name"] = $"Name of {person}", ["aadObjectId"] = $"aad-{person}" },
            ["recipient"] = new JsonObject { ["id"] = $"28:{AppId}", ["name"] = "Assistant" },
            ["conversation"] = conversation is null
                ? new JsonObject { ["id"] = $"a:{person}", ["conversationType"] = "personal", ["tenantId"] = TenantId }
                : new JsonObject { ["id"] = conversation, ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = TenantId },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = TenantId } },
        };
    }

    /// <summary>A message, written as Teams writes it: with entities, and a copy in HTML beside it.</summary>
    public JsonObject NewMessage(string person, string text, string? conversation = null, string? id = null, string type = "message", bool isMention = false)
    {
        var activity = NewActivity(type, person, conversation, id);
        var written = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        activity["text"] = isMention ? $"<at>Assistant</at>&nbsp;{written}\n" : written;
        activity["textFormat"] = "plain";
        activity["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "text/html", ["content"] = $"<p>{written}</p>" });
        if (isMention)
        {
            activity["entities"] = new JsonArray(
                new JsonObject { ["type"] = "mention", ["text"] = "<at>Assistant</at>", ["mentioned"] = new JsonObject { ["id"] = $"28:{AppId}", ["name"] = "Assistant" } },
                new JsonObject { ["type"] = "clientInfo", ["locale"] = "en-GB", ["country"] = "GB", ["platform"] = "Web" });
        }

        return activity;
    }

    public void AddFile(string id, byte[] content) => _files[id] = content;

    /// <summary>Posts an activity after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonObject activity)
    {
        var body = Encoding.UTF8.GetBytes(activity.ToJsonString());
        _deliveries.Add(() => new HttpRequestMessage(HttpMethod.Post, Callback)
        {
            Headers = { { "Authorization", Authorize() } },
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
        });
    }

    /// <summary>A person's decision about a file that was offered to them.</summary>
    public JsonObject NewDecision(TeamsShown offered, string action)
    {
        var consent = offered.Activity["attachments"]![0]!;
        var name = (string)consent["name"]!;
        var place = $"p{Interlocked.Increment(ref _ids)}";
        _places[place] = (offered.Conversation, name);
        var activity = NewActivity("invoke", offered.Conversation[2..]);
        activity["name"] = "fileConsent/invoke";
        activity["replyToId"] = offered.Id;
        activity["value"] = new JsonObject
        {
            ["type"] = "fileUpload", ["action"] = action, ["context"] = consent["content"]![action == "accept" ? "acceptContext" : "declineContext"]!.DeepClone(),
            ["uploadInfo"] = action != "accept" ? null : new JsonObject
            {
                ["contentUrl"] = $"https://contoso.sharepoint.test/{place}", ["name"] = name, ["uploadUrl"] = $"{Address}/upload/{place}", ["uniqueId"] = place,
                ["fileType"] = Path.GetExtension(name).TrimStart('.'),
            },
        };
        return activity;
    }

    /// <summary>The header that proves an activity.</summary>
    /// <param name="at">When it was signed; for an hour from now unless given, and then for that moment.</param>
    /// <param name="change">What is different about this one.</param>
    public string Authorize(DateTimeOffset? at = null, Action<JsonObject>? change = null, string keyId = KeyId)
    {
        var signed = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = AppId, ["nbf"] = signed, ["exp"] = at is null ? signed + 3600 : signed, ["serviceurl"] = ServiceUrl,
        };
        change?.Invoke(claims);
        return $"Bearer {Mint.Sign(keyId, claims)}";
    }

    /// <summary>The next message meets this instead. True: it is shown all the same.</summary>
    public void Fail(Func<HttpContext, bool> fault) => _faults.Enqueue(fault);

    /// <summary>The next file is put into place only after this, unless whoever puts it there gives up.</summary>
    public void HoldNextFile(TimeSpan time) => _holds.Enqueue(time);

    /// <summary>Waits until a file has arrived, in place or not yet.</summary>
    public Task FileBegunAsync(CancellationToken cancellationToken) => _filesBegun.WaitAsync(cancellationToken);

    /// <summary>Refuses what is sent into a conversation.</summary>
    public void Refuse(string conversation, string code) => _refused[conversation] = code;

    /// <summary>Takes no token that was given out so far.</summary>
    public void EndTokens() => _tokens.Clear();

    public async ValueTask DisposeAsync()
    {
        await _deliveries.DisposeAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        _filesBegun.Dispose();
    }
}
