using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.GoogleChat;

/// <summary>A message of the app, as Chat shows it.</summary>
public sealed record GoogleChatShown(string Space, string Name, string? Thread, string RequestId, JsonObject Message)
{
    /// <summary>The picture of its card.</summary>
    public FoundFile? Photo { get; init; }
}

/// <summary>
/// Google's exchange of assertions for tokens, its keys and the Chat API on a real port, as documented: an assertion must be signed by the service account
/// for our scope; a request id makes one message however often it comes; messages are refused when they are too large or empty. Events are signed with its
/// own keys and posted again until they are taken. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed class GoogleChatEmulator : IAsyncDisposable
{
    public const string ProjectNumber = "1234567890";
    public const string Account = "chat-app@project.iam.gserviceaccount.com";
    public const string Chat = "chat@system.gserviceaccount.com";
    public const string Identity = "https://accounts.google.com";
    public const string KeyId = "gc1";

    private const string Scope = "https://www.googleapis.com/auth/chat.bot";
    private const int MostBytes = 32_000;

    // Keys take long to make: all accounts share one.
    private static readonly Lazy<(string Pem, RSA Public)> AccountKey = new(NewAccountKey);
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;
    private readonly Deliveries _deliveries = new(TimeSpan.FromSeconds(30));
    private readonly ConcurrentQueue<Func<HttpContext, bool>> _faults = new();
    private readonly ConcurrentDictionary<string, byte> _tokens = new();
    private readonly ConcurrentDictionary<string, byte> _left = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, string> _requests = new();
    private readonly ConcurrentQueue<GoogleChatShown> _shown = new();
    private int _ids;
    private int _tokensIssued;

    private GoogleChatEmulator(WebApplication app) => _app = app;

    public TokenMint Mint { get; } = new TokenMint().With(KeyId);

    public Uri? Callback { get; set; }

    public string Address => _app.Urls.First();

    /// <summary>Whether the key of the service account was withdrawn.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>Whether the project has no Chat app.</summary>
    public bool HasNoApp { get; set; }

    public int TokensIssued => Volatile.Read(ref _tokensIssued);

    public int LateAnswers => _deliveries.LateAnswers;

    public IReadOnlyList<GoogleChatShown> Shown => [.. _shown];

    /// <summary>Where pictures of cards are fetched.</summary>
    public PublicNet? Net { get; set; }

    public static async Task<GoogleChatEmulator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var chat = new GoogleChatEmulator(app);
        app.MapPost("/token", chat.IssueAsync);
        app.MapGet("/keys", () => Results.Text(chat.Mint.Published().ToJsonString(), "application/json"));
        app.MapGet("/v1/spaces", chat.ListAsync);
        app.MapPost("/v1/spaces/{space}/messages", chat.CreateAsync);
        app.MapGet("/v1/media/{**name}", chat.DownloadAsync);
        await app.StartAsync();
        return chat;
    }

    /// <summary>The file Google hands out for the service account.</summary>
    public string KeyFile(string account = Account) => new JsonObject
    {
        ["type"] = "service_account", ["project_id"] = "project", ["private_key_id"] = "k1", ["private_key"] = AccountKey.Value.Pem, ["client_email"] = account,
        ["token_uri"] = $"{Address}/token",
    }.ToJsonString();

    /// <summary>A new name for a message; a message that begins a thread is called after it.</summary>
    public string NewMessageName(string space)
    {
        var id = Interlocked.Increment(ref _ids);
        return $"{space}/messages/M{id}.M{id}";
    }

    /// <summary>A message event in the form of Chat apps; in a direct chat unless a space is given.</summary>
    public JsonObject NewMessage(string user, string text, string? space = null, string? thread = null, bool isMention = false, string? name = null)
    {
        var isDirect = space is null;
        space ??= $"spaces/D{user}";
        name ??= NewMessageName(space);
        var sender = new JsonObject { ["name"] = $"users/{user}", ["displayName"] = $"Name of {user}", ["email"] = $"{user}@example.test", ["type"] = "HUMAN" };
        var message = new JsonObject
        {
            ["name"] = name, ["sender"] = sender.DeepClone(), ["createTime"] = $"{Beginning.AddSeconds(Volatile.Read(ref _ids)):yyyy-MM-ddTHH:mm:ss.ffffffZ}",
            ["text"] = isMention ? $"@Assistant {text}" : text, ["argumentText"] = isMention ? $" {text}" : text,
            ["thread"] = new JsonObject { ["name"] = $"{space}/threads/{thread ?? name.Split('/')[^1].Split('.')[0]}" }, ["space"] = SpaceOf(space, isDirect),
        };
        if (isMention)
        {
            message["annotations"] = new JsonArray(new JsonObject
            {
                ["type"] = "USER_MENTION", ["startIndex"] = 0, ["length"] = 10,
                ["userMention"] = new JsonObject { ["type"] = "MENTION", ["user"] = new JsonObject { ["name"] = "users/900", ["displayName"] = "Assistant", ["type"] = "BOT" } },
            });
        }

        return NewEvent("MESSAGE", sender, SpaceOf(space, isDirect), message);
    }

    public JsonObject NewEvent(string type, JsonObject user, JsonObject space, JsonObject? message) => new()
    {
        ["type"] = type, ["eventTime"] = $"{Beginning.AddSeconds(Interlocked.Increment(ref _ids)):yyyy-MM-ddTHH:mm:ss.ffffffZ}",
        ["space"] = space, ["user"] = user, ["message"] = message, ["common"] = new JsonObject { ["userLocale"] = "en", ["hostApp"] = "CHAT" },
    };

    public static JsonObject SpaceOf(string name, bool isDirect) => isDirect
        ? new JsonObject { ["name"] = name, ["type"] = "DM", ["spaceType"] = "DIRECT_MESSAGE", ["singleUserBotDm"] = true, ["spaceThreadingState"] = "UNTHREADED_MESSAGES" }
        : new JsonObject { ["name"] = name, ["type"] = "ROOM", ["spaceType"] = "SPACE", ["displayName"] = "Team", ["spaceThreadingState"] = "THREADED_MESSAGES" };

    public void AddFile(string name, byte[] content) => _files[name] = content;

    /// <summary>Posts an event after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonObject happened)
    {
        var body = Encoding.UTF8.GetBytes(happened.ToJsonString());
        _deliveries.Add(() => new HttpRequestMessage(HttpMethod.Post, Callback)
        {
            Headers = { { "Authorization", Authorize() } },
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
        });
    }

    /// <summary>The header that proves an event: made for the project.</summary>
    /// <param name="at">When it was signed; for an hour from now unless given, and then for that moment.</param>
    public string Authorize(DateTimeOffset? at = null, Action<JsonObject>? change = null)
    {
        var signed = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Chat, ["aud"] = ProjectNumber, ["iat"] = signed, ["exp"] = at is null ? signed + 3600 : signed };
        change?.Invoke(claims);
        return $"Bearer {Mint.Sign(KeyId, claims)}";
    }

    /// <summary>The header in its other form: an identity token for an address.</summary>
    public string AuthorizeFor(string endpoint, string? email = Chat, bool isVerified = true) => Authorize(change: claims =>
    {
        claims["iss"] = Identity;
        claims["aud"] = endpoint;
        claims["email"] = email;
        claims["email_verified"] = isVerified;
    });

    /// <summary>The next message meets this instead. True: it is shown all the same.</summary>
    public void Fail(Func<HttpContext, bool> fault) => _faults.Enqueue(fault);

    /// <summary>The app is a member no more.</summary>
    public void Leave(string space) => _left[space] = 0;

    /// <summary>Takes no token that was given out so far.</summary>
    public void EndTokens() => _tokens.Clear();

    public async ValueTask DisposeAsync()
    {
        await _deliveries.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task IssueAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (IsRevoked || form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" || !IsAssertion(form["assertion"].ToString()))
        {
            await AnswerAsync(context, 400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "Invalid JWT Signature." });
            return;
        }

        var token = $"google-token-{Interlocked.Increment(ref _tokensIssued)}";
        _tokens[token] = 0;
        await AnswerAsync(context, 200, new JsonObject { ["access_token"] = token, ["expires_in"] = 3599, ["token_type"] = "Bearer" });
    }

    private bool IsAssertion(string assertion)
    {
        if (assertion.Split('.') is not [var header, var claims, var signature]
            || !AccountKey.Value.Public.VerifyData(Encoding.ASCII.GetBytes($"{header}.{claims}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return false;
        }

        var (kind, said) = (JsonNode.Parse(Base64Url.DecodeFromChars(header))!, JsonNode.Parse(Base64Url.DecodeFromChars(claims))!);
        var lifetime = (long)said["exp"]! - (long)said["iat"]!;
        return (string?)kind["alg"] == "RS256" && (string?)kind["kid"] == "k1" && (string?)said["iss"] == Account && (string?)said["scope"] == Scope
            && (string?)said["aud"] == $"{Address}/token" && lifetime is > 0 and <= 3600
            && Math.Abs((long)said["iat"]! - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) < 300;
    }

    private bool IsAllowed(HttpContext context)
        => AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var given) && given is { Scheme: "Bearer", Parameter: { } token } && _tokens.ContainsKey(token);

    private Task ListAsync(HttpContext context) => !IsAllowed(context) ? RefuseAsync(context, 401, "UNAUTHENTICATED")
        : HasNoApp ? RefuseAsync(context, 403, "PERMISSION_DENIED")
        : AnswerAsync(context, 200, new JsonObject { ["spaces"] = new JsonArray() });

    private async Task DownloadAsync(HttpContext context, string name)
    {
        if (!IsAllowed(context) || context.Request.Query["alt"] != "media" || !_files.TryGetValue(name, out var file))
        {
            await RefuseAsync(context, IsAllowed(context) ? 404 : 401, "NOT_FOUND");
            return;
        }

        await context.Response.Body.WriteAsync(file);
    }

    private async Task CreateAsync(HttpContext context, string space)
    {
        var name = $"spaces/{space}";
        if (!IsAllowed(context))
        {
            await RefuseAsync(context, 401, "UNAUTHENTICATED");
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = JsonNode.Parse(body.ToArray())!.AsObject();
        var request = context.Request.Query["requestId"].ToString();
        if (_left.ContainsKey(name))
        {
            await RefuseAsync(context, 403, "PERMISSION_DENIED");
        }
        else if (body.Length > MostBytes || !HasWords(message) || !HasCards(message)
            || (message["thread"] is null) == context.Request.Query.ContainsKey("messageReplyOption"))
        {
            await RefuseAsync(context, 400, "INVALID_ARGUMENT");
        }
        else if (_requests.TryGetValue(request, out var before))
        {
            await AnswerAsync(context, 200, new JsonObject { ["name"] = before });
        }
        else
        {
            await ShowAsync(context, name, request, message);
        }
    }

    private async Task ShowAsync(HttpContext context, string space, string request, JsonObject message)
    {
        var isLost = false;
        if (_faults.TryDequeue(out var fault) && !(isLost = fault(context)))
        {
            return;
        }

        var name = _requests[request] = NewMessageName(space);
        _shown.Enqueue(new GoogleChatShown(space, name, (string?)message["thread"]?["name"], request, message) { Photo = await LookAsync(message) });
        if (isLost)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, 200, new JsonObject { ["name"] = name, ["sender"] = new JsonObject { ["name"] = "users/900", ["type"] = "BOT" } });
    }

    // Words in these marks, or a picture that has words for where it cannot be shown.
    private static bool HasWords(JsonObject message) => message["text"] is { } text
        ? !string.IsNullOrWhiteSpace((string?)text) && (string?)message["markupSyntax"] == "MARKUP_SYNTAX_CHAT"
        : ImageIn(message) is { } image && !string.IsNullOrWhiteSpace((string?)message["fallbackText"]) && Uri.TryCreate((string?)image["imageUrl"], UriKind.Absolute, out var address) && address.Scheme == "https";

    private static JsonNode? ImageIn(JsonObject message) => message["cardsV2"]?[0]?["card"]!["sections"]![0]!["widgets"]![0]!["image"];

    /// <summary>Fetches the picture of a card when somebody looks at it.</summary>
    private async Task<FoundFile?> LookAsync(JsonObject message)
        => Net is { } net && ImageIn(message) is { } image && await net.FetchAsync((string?)image["imageUrl"]) is { MediaType: "image/png" or "image/jpeg" } photo ? photo : null;

    private static bool HasCards(JsonObject message) => (message["cardsV2"]?.AsArray() ?? []).All(card => !string.IsNullOrEmpty((string?)card!["cardId"])
        && card["card"]!["sections"]!.AsArray().SelectMany(section => section!["widgets"]!.AsArray()).SelectMany(widget => widget!["buttonList"]?["buttons"]!.AsArray() ?? [])
            .All(button => !string.IsNullOrEmpty((string?)button!["text"]) && !string.IsNullOrEmpty((string?)button["onClick"]!["action"]!["function"])));

    private static Task RefuseAsync(HttpContext context, int status, string word) => AnswerAsync(context, status, new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = status, ["message"] = $"The service says {word}.", ["status"] = word },
    });

    private static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static (string Pem, RSA Public) NewAccountKey()
    {
        using var key = RSA.Create(2048);
        var open = RSA.Create();
        open.ImportRSAPublicKey(key.ExportRSAPublicKey(), out _);
        return (key.ExportPkcs8PrivateKeyPem(), open);
    }
}
