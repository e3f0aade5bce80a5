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

namespace Assistant.Testing.Webhook;

/// <summary>
/// A chat platform nobody wrote a channel for, on a real port: it signs what it posts and repeats it in order until it is taken, wants a token for
/// what is sent to it, shows a message id once, and answers faults as it was told to. Safe for concurrent use.
/// </summary>
public sealed class PlatformEmulator : IAsyncDisposable
{
    public const string Token = "platform-token-7f31";
    public const string Secret = "platform-secret-91ac";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<Func<HttpContext, Task<bool>>> _faults = new();
    private readonly ConcurrentDictionary<string, byte> _refused = new();
    private readonly ConcurrentDictionary<string, byte> _seen = new();
    private readonly ConcurrentQueue<(string Chat, string Text)> _shown = new();
    private readonly ConcurrentQueue<(string Chat, string Name, byte[] Content)> _shownFiles = new();
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _files = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _delivering = Task.CompletedTask;
    private int _ids;

    private PlatformEmulator(WebApplication app) => _app = app;

    /// <summary>Whether what is signed begins with the time.</summary>
    public bool SignsTime { get; init; } = true;

    /// <summary>Where the assistant is called, once it is known.</summary>
    public Uri? Callback { get; set; }

    public string Address => _app.Urls.First();

    /// <summary>While true the token opens nothing.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>The internet it fetches files from.</summary>
    public PublicNet? Net { get; set; }

    /// <summary>Files that chats show, in order.</summary>
    public IReadOnlyList<(string Chat, string Name, byte[] Content)> ShownFiles => [.. _shownFiles];

    /// <summary>What chats show, in order.</summary>
    public IReadOnlyList<(string Chat, string Text)> Shown => [.. _shown];

    public static async Task<PlatformEmulator> StartAsync(bool signsTime = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var platform = new PlatformEmulator(app) { SignsTime = signsTime };
        app.MapPost("/chats/{chat}/messages", platform.ShowAsync);
        app.MapGet("/files/{name}", (HttpContext context, string name) => platform.HandOut(context, name));
        await app.StartAsync();
        return platform;
    }

    /// <summary>A message event.</summary>
    public JsonObject NewMessage(string sender, string text, string? chat = null, string kind = "message", string? id = null, bool isBot = false, bool isGroup = false) => new()
    {
        ["type"] = kind,
        ["id"] = id ?? $"m{Interlocked.Increment(ref _ids)}",
        ["text"] = text,
        ["time"] = 1_767_225_600,
        ["user"] = new JsonObject { ["id"] = sender, ["name"] = $"User {sender}", ["is_bot"] = isBot },
        ["channel"] = new JsonObject { ["id"] = chat ?? sender, ["type"] = isGroup ? "room" : "direct", ["name"] = isGroup ? "Lobby" : null },
    };

    /// <summary>A message that brings a file somebody put on the platform.</summary>
    public JsonObject NewFile(string sender, string name, string type, byte[] content)
    {
        _files[name] = (type, content);
        var message = NewMessage(sender, "");
        message["files"] = new JsonArray(new JsonObject { ["url"] = $"{Address}/files/{name}", ["name"] = name, ["type"] = type });
        return message;
    }

    /// <summary>Posts an event after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonObject platformEvent) => _delivering = DeliverAfterAsync(_delivering, platformEvent);

    /// <summary>The headers of a callback with this body.</summary>
    public Dictionary<string, string> Sign(byte[] body, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(SignsTime ? $"{timestamp}." : "").Concat(body).ToArray());
        return new() { ["x-time"] = timestamp, ["x-signature"] = $"sha256={Convert.ToHexStringLower(signature)}", ["content-type"] = "application/json" };
    }

    /// <summary>The next call meets this instead. True: the message is shown all the same.</summary>
    public void Fail(Func<HttpContext, Task<bool>> fault) => _faults.Enqueue(fault);

    /// <summary>From now on nothing is shown in this chat.</summary>
    public void Refuse(string chat) => _refused[chat] = 0;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task DeliverAfterAsync(Task before, JsonObject platformEvent)
    {
        await before;
        var body = Encoding.UTF8.GetBytes(platformEvent.ToJsonString());
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
                foreach (var (name, value) in Sign(body, TimeProvider.System.GetUtcNow()))
                {
                    if (name == "content-type")
                    {
                        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
                    }
                    else
                    {
                        request.Headers.Add(name, value);
                    }
                }

                using var answer = await _http.SendAsync(request, _stopping.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                await Task.Delay(Pause, TimeProvider.System, _stopping.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nobody there: again, unless the test is over.
            }
        }
    }

    private async Task ShowAsync(HttpContext context, string chat)
    {
        var document = (await JsonNode.ParseAsync(context.Request.Body))!;
        if (IsRevoked || context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await AnswerAsync(context, StatusCodes.Status401Unauthorized, new() { ["ok"] = false, ["error"] = "no_such_token" });
            return;
        }

        if (_refused.ContainsKey(chat))
        {
            await AnswerAsync(context, StatusCodes.Status200OK, new() { ["ok"] = false, ["error"] = "left the chat" });
            return;
        }

        if (_faults.TryDequeue(out var fault))
        {
            if (await fault(context))
            {
                await TakeAsync(chat, document);
                context.Abort();
            }

            return;
        }

        await AnswerAsync(context, StatusCodes.Status200OK, await TakeAsync(chat, document) is { } id
            ? new() { ["ok"] = true, ["message"] = new JsonObject { ["id"] = id } }
            : new() { ["ok"] = false, ["error"] = "no file at that address" });
    }

    private async Task<string?> TakeAsync(string chat, JsonNode document)
    {
        var id = (string)document["id"]!;
        if (document["file"] is { } address)
        {
            if (Net is null || await Net.FetchAsync((string?)address) is not { } file)
            {
                return null;
            }

            if (_seen.TryAdd(id, 0))
            {
                _shownFiles.Enqueue((chat, (string)document["name"]!, file.Content));
            }
        }
        else if (_seen.TryAdd(id, 0))
        {
            _shown.Enqueue((chat, (string)document["text"]!));
        }

        return $"shown-{id}";
    }

    private IResult HandOut(HttpContext context, string name)
        => context.Request.Headers.Authorization != $"Bearer {Token}" ? Results.Unauthorized()
            : _files.TryGetValue(name, out var file) ? Results.Bytes(file.Content, file.Type)
            : Results.NotFound();

    private static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
