using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Line;

/// <summary>
/// The Messaging API on a real port, as documented: callbacks are signed and delivered again until they are taken, reply tokens are good once, a retry key is
/// accepted once and answered with 409 afterwards, texts and quick replies are checked, files are fetched over https whatever becomes of that. Faults are put in by the
/// test. Safe for concurrent use.
/// </summary>
public sealed class LineEmulator : IAsyncDisposable
{
    public const string Secret = "line-secret-5d21";
    public const string Token = "line-token-77ab";

    private const int MaxText = 5000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Func<HttpContext, bool>> _faults = new();
    private readonly ConcurrentQueue<(int Status, string? Message)> _refusals = new();
    private readonly ConcurrentDictionary<string, byte> _blocked = new();
    private readonly ConcurrentDictionary<string, string> _keys = new();
    private readonly ConcurrentDictionary<string, string> _replyTokens = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentQueue<(string Chat, JsonNode Message, string Id, bool IsReply)> _shown = new();
    private readonly ConcurrentQueue<LineShownFile> _shownFiles = new();
    private Task _delivering = Task.CompletedTask;
    private readonly SemaphoreSlim _askedForProfile = new(0);
    private int _ids;
    private int _late;

    private LineEmulator(WebApplication app) => _app = app;

    public Uri? Callback { get; set; }

    /// <summary>What every profile waits for; <see langword="null"/> when they come at once.</summary>
    public TaskCompletionSource? ProfilesAt { get; set; }

    public string Address => _app.Urls.First();

    public bool IsRevoked { get; set; }

    /// <summary>Callbacks that were answered later than the two seconds LINE recommends.</summary>
    public int LateAnswers => Volatile.Read(ref _late);

    public IReadOnlyList<(string Chat, JsonNode Message, string Id, bool IsReply)> Shown => [.. _shown];

    /// <summary>Files people see; what could not be fetched is among <see cref="Shown"/> alone.</summary>
    public IReadOnlyList<LineShownFile> ShownFiles => [.. _shownFiles];

    /// <summary>Where files are fetched.</summary>
    public PublicNet? Net { get; set; }

    public static async Task<LineEmulator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var line = new LineEmulator(app);
        app.Use((context, next) => line.IsAllowed(context) ? next(context) : AnswerAsync(context, 401, "Authentication failed."));
        app.MapGet("/v2/bot/info", () => Results.Json(new { userId = "Ubot", basicId = "@helper", displayName = "Helper" }));
        app.MapGet("/v2/bot/profile/{user}", async (string user, HttpContext context) =>
        {
            line._askedForProfile.Release();
            await (line.ProfilesAt?.Task.WaitAsync(context.RequestAborted) ?? Task.CompletedTask);
            return Results.Json(new { userId = user, displayName = $"User {user}", language = "ja" });
        });
        app.MapGet("/v2/bot/group/{group}/member/{user}", (string user) => Results.Json(new { userId = user, displayName = $"Member {user}" }));
        app.MapGet("/v2/bot/message/{id}/content", (string id) => line._files.TryGetValue(id, out var file) ? Results.Bytes(file) : Results.NotFound());
        app.MapPost("/v2/bot/chat/loading/start", (Delegate)(() => Results.Accepted(null as string)));
        app.MapPost("/v2/bot/message/push", line.PushAsync);
        app.MapPost("/v2/bot/message/reply", line.ReplyAsync);
        await app.StartAsync();
        return line;
    }

    /// <summary>An event of a user, alone or in a group.</summary>
    public JsonObject NewEvent(string type, string user, string? group = null, string? replyToken = null) => new()
    {
        ["type"] = type,
        ["mode"] = "active",
        ["timestamp"] = 1_767_225_600_000 + Volatile.Read(ref _ids),
        ["webhookEventId"] = $"01J{Interlocked.Increment(ref _ids):D23}",
        ["deliveryContext"] = new JsonObject { ["isRedelivery"] = false },
        ["source"] = group is null
            ? new JsonObject { ["type"] = "user", ["userId"] = user }
            : new JsonObject { ["type"] = "group", ["groupId"] = group, ["userId"] = user },
        ["replyToken"] = replyToken,
    };

    /// <summary>A message event; its id is new unless given.</summary>
    public JsonObject NewMessage(string user, string text, string? group = null, string? id = null, string? replyToken = null, string type = "message")
    {
        var happened = NewEvent(type, user, group, replyToken);
        happened["message"] = new JsonObject { ["id"] = id ?? $"{Interlocked.Increment(ref _ids)}", ["type"] = "text", ["quoteToken"] = "q", ["text"] = text };
        return happened;
    }

    /// <summary>A token by which the next answer in a chat can be given.</summary>
    public string NewReplyToken(string chat)
    {
        var token = $"reply-{Interlocked.Increment(ref _ids)}";
        _replyTokens[token] = chat;
        return token;
    }

    public void AddFile(string id, byte[] content) => _files[id] = content;

    /// <summary>Posts an event after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonObject happened) => _delivering = DeliverAfterAsync(_delivering, happened);

    public static byte[] Body(params JsonNode[] events)
        => Encoding.UTF8.GetBytes(new JsonObject { ["destination"] = "Ubot", ["events"] = new JsonArray([.. events.Select(one => one.DeepClone())]) }.ToJsonString());

    public static string Sign(byte[] body) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));

    /// <summary>The next push or reply meets this instead. True: it is shown all the same.</summary>
    public void Fail(Func<HttpContext, bool> fault) => _faults.Enqueue(fault);

    /// <summary>The next push or reply is refused in these words; without any, by somebody in between.</summary>
    public void Refuse(int status, string? message) => _refusals.Enqueue((status, message));

    /// <summary>Waits until a profile is asked for.</summary>
    public Task ProfileAskedAsync(CancellationToken cancellationToken) => _askedForProfile.WaitAsync(cancellationToken);

    public void Block(string chat) => _blocked[chat] = 0;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        await _app.DisposeAsync();
        _stopping.Dispose();
        _askedForProfile.Dispose();
    }

    private bool IsAllowed(HttpContext context) => !IsRevoked && context.Request.Headers.Authorization == $"Bearer {Token}";

    private async Task PushAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var key = context.Request.Headers["X-Line-Retry-Key"].ToString();
        if (!Guid.TryParse(key, out _))
        {
            await AnswerAsync(context, 400, "Invalid retry key");
            return;
        }

        if (_keys.TryGetValue(key, out var before))
        {
            await AnswerAsync(context, 409, "The retry key is already accepted", before);
            return;
        }

        await ShowAsync(context, (string)body["to"]!, body["messages"]!.AsArray(), key, isReply: false);
    }

    private async Task ReplyAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        if (context.Request.Headers.ContainsKey("X-Line-Retry-Key"))
        {
            await AnswerAsync(context, 400, "The retry key is not supported here");
            return;
        }

        if (!_replyTokens.TryRemove((string)body["replyToken"]!, out var chat))
        {
            await AnswerAsync(context, 400, "Invalid reply token");
            return;
        }

        await ShowAsync(context, chat, body["messages"]!.AsArray(), key: null, isReply: true);
    }

    private async Task ShowAsync(HttpContext context, string chat, JsonArray messages, string? key, bool isReply)
    {
        if (_blocked.ContainsKey(chat))
        {
            await AnswerAsync(context, 400, "Failed to send messages");
            return;
        }

        if (Flaw(messages) is { } flaw)
        {
            await AnswerAsync(context, 400, flaw);
            return;
        }

        if (_refusals.TryDequeue(out var refusal))
        {
            await AnswerAsync(context, refusal.Status, refusal.Message);
            return;
        }

        var isLost = false;
        if (_faults.TryDequeue(out var fault))
        {
            isLost = fault(context);
            if (!isLost)
            {
                return;
            }
        }

        var id = $"{461_230_966_842_064_000 + Interlocked.Increment(ref _ids)}";
        _shown.Enqueue((chat, messages[0]!.DeepClone(), id, isReply));
        if (Net is { } net && await LineMedia.FetchAsync(net, messages[0]!) is { } file)
        {
            _shownFiles.Enqueue(file with { Chat = chat });
        }

        if (key is not null)
        {
            _keys[key] = id;
        }

        if (isLost)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, 200, null, id);
    }

    private static string? Flaw(JsonArray messages)
    {
        if (messages.Count is 0 or > 5)
        {
            return "Size must be between 1 and 5";
        }

        foreach (var message in messages)
        {
            if (LineMedia.IsFile(message!))
            {
                return LineMedia.FlawOf(message!);
            }

            var text = (string?)message!["text"] ?? "";
            if (string.IsNullOrWhiteSpace(text) || text.Length > MaxText)
            {
                return "Length must be between 0 and 5000";
            }

            foreach (var item in message["quickReply"]?["items"]?.AsArray() ?? [])
            {
                if (((string)item!["action"]!["label"]!).Length is 0 or > 20 || ((string)item["action"]!["data"]!).Length > 300)
                {
                    return "The quick reply is invalid";
                }
            }
        }

        return null;
    }

    private static Task AnswerAsync(HttpContext context, int status, string? message, string? sent = null)
    {
        var body = new JsonObject();
        if (message is not null)
        {
            body["message"] = message;
        }

        if (sent is not null)
        {
            body["sentMessages"] = new JsonArray(new JsonObject { ["id"] = sent, ["quoteToken"] = "q" });
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private async Task DeliverAfterAsync(Task before, JsonObject happened)
    {
        await before;
        while (!_stopping.IsCancellationRequested)
        {
            var body = Body(happened);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
                request.Headers.Add("X-Line-Signature", Sign(body));
                var began = Stopwatch.GetTimestamp();
                using var answer = await _http.SendAsync(request, _stopping.Token);
                if (Stopwatch.GetElapsedTime(began) > Deadline)
                {
                    Interlocked.Increment(ref _late);
                }

                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                happened["deliveryContext"]!["isRedelivery"] = true;
                await Task.Delay(Pause, TimeProvider.System, _stopping.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nobody there: again, unless the test is over.
            }
        }
    }
}
