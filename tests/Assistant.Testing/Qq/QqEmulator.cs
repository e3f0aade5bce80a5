using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Qq;

/// <summary>A message the bot shows.</summary>
/// <param name="Answers">The message it names as answered, or <see langword="null"/>.</param>
public sealed record QqShown(string Chat, bool IsGroup, string Text, string Id, string? Answers)
{
    /// <summary>The picture or film it shows.</summary>
    public FoundFile? File { get; init; }
}

/// <summary>
/// QQ's open platform on a real port, as documented: a token that ends, callbacks that are signed and come again until they are taken, answers only to what was
/// said a while ago, five times, under one number once. Faults are put in by the test. Safe for concurrent use.
/// </summary>
/// <param name="sign">Signs the time and the body; gives the headers.</param>
public sealed class QqEmulator(Func<string, byte[], Dictionary<string, string>> sign) : IAsyncDisposable
{
    public const string AppId = "11111111";
    public const string Group = "GROUP0001";

    private const int MaxAnswers = 5;
    private const int MaxText = 4_000;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<(int Status, string Body, int? RetryAfter)> _faults = new();
    private readonly ConcurrentQueue<QqShown> _shown = new();
    private readonly ConcurrentDictionary<string, byte> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _said = new();
    private readonly ConcurrentDictionary<string, (bool IsGroup, FoundFile File)> _described = new();
    private readonly HashSet<(string, long)> _numbers = [];
    private readonly Lock _lock = new();
    private readonly WebApplication _app = NewApp();
    private Task _delivering = Task.CompletedTask;
    private JsonObject? _last;
    private int _ids;
    private int _tokens;

    public string Secret { get; private set; } = "DG5g3B4j9X2KOErG";

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string Address => _app.Urls.First();

    public string TokenUrl => Address + "/app/getAppAccessToken";

    /// <summary>Where events are posted.</summary>
    public Uri? Callback { get; set; }

    /// <summary>Whether the bot may speak first.</summary>
    public bool AllowsFirst { get; set; } = true;

    /// <summary>Whether web addresses are listed.</summary>
    public bool AllowsAddresses { get; set; } = true;

    /// <summary>How long something said can be answered.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>Where files are fetched.</summary>
    public PublicNet? Net { get; set; }

    /// <summary>Whether fetching files fails for a reason of QQ's own.</summary>
    public bool FailsToFetch { get; set; }

    public int TokensIssued => Volatile.Read(ref _tokens);

    /// <summary>Deliveries that were not taken in time, or at all.</summary>
    public int FailedDeliveries { get; private set; }

    public IReadOnlyList<QqShown> Shown => [.. _shown];

    public async Task StartAsync()
    {
        _app.Run(HandleAsync);
        await _app.StartAsync();
    }

    public static string UserOf(int person) => string.Create(CultureInfo.InvariantCulture, $"USER{person:0000}");

    /// <summary>Somebody writes to the bot.</summary>
    public string Say(int person, string text, Action<JsonObject>? change = null)
    {
        var e = NewEvent(person, text);
        change?.Invoke(e["d"]!.AsObject());
        Deliver(e);
        return (string)e["d"]!["id"]!;
    }

    /// <summary>Somebody mentions the bot in a group, where they have another id.</summary>
    public string SayInGroup(int person, string text)
    {
        var e = NewEvent(person, " " + text);
        e["t"] = "GROUP_AT_MESSAGE_CREATE";
        e["d"]!["group_openid"] = Group;
        e["d"]!["author"] = new JsonObject { ["member_openid"] = $"MEMBER{person}" };
        Deliver(e);
        return (string)e["d"]!["id"]!;
    }

    public void SendFile(int person, byte[] content, string type = "image/png", string name = "a.png")
    {
        var id = $"F{Interlocked.Increment(ref _ids)}";
        _files[id] = content;
        Say(person, "", message => message["attachments"] = new JsonArray(new JsonObject
        {
            ["content_type"] = type, ["filename"] = name, ["size"] = content.Length, ["url"] = $"{Address}/files/{id}?rkey=signed",
        }));
    }

    /// <summary>An event of a person, as it would be posted.</summary>
    public JsonObject NewEvent(int person, string text)
    {
        var id = $"ROBOT1.0_{Interlocked.Increment(ref _ids)}";
        _said[id] = TimeProvider.System.GetUtcNow();
        return new JsonObject
        {
            ["id"] = $"C2C_MESSAGE_CREATE:{id}", ["op"] = 0, ["s"] = _ids, ["t"] = "C2C_MESSAGE_CREATE",
            ["d"] = new JsonObject { ["id"] = id, ["author"] = new JsonObject { ["user_openid"] = UserOf(person) }, ["content"] = text, ["timestamp"] = "2026-01-01T08:00:00+08:00" },
        };
    }

    /// <summary>Posts an event after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonObject e)
    {
        _last = e;
        _delivering = DeliverAfterAsync(_delivering, Encoding.UTF8.GetBytes(e.ToJsonString()));
    }

    public void DeliverLastAgain() => Deliver(_last!);

    /// <summary>The next send is answered with this, and not shown.</summary>
    public void Fail(int status, string body = "", int? retryAfter = null) => _faults.Enqueue((status, body, retryAfter));

    /// <summary>The next send is shown, and its line cut before the answer.</summary>
    public void Cut() => _faults.Enqueue((0, "", null));

    public void Refuse(string chat) => _refused[chat] = 0;

    /// <summary>The token is taken no more; another can be had.</summary>
    public void EndToken() => Interlocked.Increment(ref _tokens);

    /// <summary>Somebody makes another secret.</summary>
    public void Revoke()
    {
        Secret = "another secret";
        EndToken();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static WebApplication NewApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private async Task DeliverAfterAsync(Task before, byte[] body)
    {
        try
        {
            await before;
            while (!await TryAsync(body))
            {
                FailedDeliveries++;
                await Task.Delay(Again, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task<bool> TryAsync(byte[] body)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        deadline.CancelAfter(Deadline);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
            request.Headers.Add("X-Bot-Appid", AppId);
            foreach (var (name, value) in sign(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body))
            {
                request.Headers.Add(name, value);
            }

            using var response = await _http.SendAsync(request, deadline.Token);
            return response.IsSuccessStatusCode && (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync(deadline.Token))?["op"] == 12;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["app", "getAppAccessToken"]:
                await IssueAsync(context);
                break;
            case ["files", var id] when _files.TryGetValue(id, out var file) && context.Request.Query.ContainsKey("rkey") && context.Request.Headers.Authorization.Count == 0:
                await context.Response.Body.WriteAsync(file);
                break;
            case ["users", "@me"] when IsAllowed(context):
                await AnswerAsync(context, 200, new JsonObject { ["id"] = "1", ["username"] = "Helper" });
                break;
            case ["v2", "users" or "groups", var chat, "messages"] when IsAllowed(context):
                await ReceiveAsync(context, chat, context.Request.Path.StartsWithSegments("/v2/groups"));
                break;
            case ["v2", "users" or "groups", _, "files"] when IsAllowed(context):
                await FetchAsync(context, context.Request.Path.StartsWithSegments("/v2/groups"));
                break;
            case ["users", ..] or ["v2", ..]:
                await RefuseAsync(context, 401, 11244, "token expire");
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private bool IsAllowed(HttpContext context) => context.Request.Headers.Authorization == $"QQBot token-{TokensIssued}";

    private async Task IssueAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        if ((string?)body["appId"] != AppId || (string?)body["clientSecret"] != Secret)
        {
            await RefuseAsync(context, 200, 100007, "appid invalid");
            return;
        }

        await AnswerAsync(context, 200, new JsonObject { ["access_token"] = $"token-{Interlocked.Increment(ref _tokens)}", ["expires_in"] = "7200" });
    }

    private async Task ReceiveAsync(HttpContext context, string chat, bool isGroup)
    {
        var post = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        if (_faults.TryDequeue(out var fault))
        {
            if (fault.Status == 0)
            {
                Show(chat, isGroup, post);
                context.Abort();
                return;
            }

            context.Response.StatusCode = fault.Status;
            context.Response.Headers.RetryAfter = fault.RetryAfter?.ToString(CultureInfo.InvariantCulture);
            await context.Response.WriteAsync(fault.Body);
            return;
        }

        if (RefusalOf(chat, isGroup, post) is { } refusal)
        {
            await RefuseAsync(context, refusal.Status, refusal.Code, refusal.Says);
            return;
        }

        await AnswerAsync(context, 200, new JsonObject { ["id"] = Show(chat, isGroup, post), ["timestamp"] = "2026-01-01T08:00:00+08:00" });
    }

    /// <summary>Fetches a file over https and describes it for chats of this kind. It is not shown.</summary>
    private async Task FetchAsync(HttpContext context, bool isGroup)
    {
        var offer = (await JsonNode.ParseAsync(context.Request.Body))!;
        var file = Net is { } net && !FailsToFetch ? await net.FetchAsync((string?)offer["url"]) : null;
        var isFit = ((int?)offer["file_type"], file?.MediaType) is (1, "image/png" or "image/jpeg") or (2, "video/mp4");
        if (file is null || !isFit || (bool?)offer["srv_send_msg"] != false)
        {
            await (file is null ? RefuseAsync(context, 400, 304082, "upload media info fail") : RefuseAsync(context, 400, 304083, "convert media info fail"));
            return;
        }

        var described = $"described-{Interlocked.Increment(ref _ids)}";
        _described[described] = (isGroup, file);
        await AnswerAsync(context, 200, new JsonObject { ["file_uuid"] = $"uuid-{described}", ["file_info"] = described, ["ttl"] = 3600 });
    }

    private FoundFile? FileOf(JsonObject post, bool isGroup)
        => (int?)post["msg_type"] == 7 && _described.TryGetValue((string?)post["media"]?["file_info"] ?? "", out var known) && known.IsGroup == isGroup ? known.File : null;

    private (int Status, int Code, string Says)? RefusalOf(string chat, bool isGroup, JsonObject post)
    {
        var (text, answered, number) = ((string?)post["content"] ?? "", (string?)post["msg_id"], (long?)post["msg_seq"] ?? 1);
        if (_refused.ContainsKey(chat))
        {
            return (400, 304025, "消息被打击");
        }

        // Beside a file one character is enough, and none is too few.
        if (FileOf(post, isGroup) is null ? string.IsNullOrWhiteSpace(text) || (int?)post["msg_type"] != 0 || text.Length > MaxText : text.Length == 0)
        {
            return (400, 50006, "消息为空");
        }

        if (!AllowsAddresses && text.Contains("://", StringComparison.Ordinal))
        {
            return (400, 304003, "url 未报备");
        }

        if (answered is null)
        {
            return AllowsFirst ? null : (400, 40034102, "主动消息失败, 无权限");
        }

        lock (_lock)
        {
            return _numbers.Contains((answered, number)) ? (400, 40054005, "消息被去重，请检查请求msgseq")
                : !_said.TryGetValue(answered, out var at) ? (400, 40034024, "请求参数msg_id无效或越权")
                : TimeProvider.System.GetUtcNow() - at > Window || _numbers.Count(one => one.Item1 == answered) >= MaxAnswers ? (400, 304027, "回复的消息过期")
                : null;
        }
    }

    private string Show(string chat, bool isGroup, JsonObject post)
    {
        lock (_lock)
        {
            var answered = (string?)post["msg_id"];
            if (answered is not null)
            {
                _numbers.Add((answered, (long?)post["msg_seq"] ?? 1));
            }

            var id = $"ROBOT1.0_shown_{Interlocked.Increment(ref _ids)}";
            _shown.Enqueue(new QqShown(chat, isGroup, (string)post["content"]!, id, answered) { File = FileOf(post, isGroup) });
            return id;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, int code, string says)
        => AnswerAsync(context, status, new JsonObject { ["code"] = code, ["message"] = says, ["trace_id"] = "t" });

    private static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
