using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Signal;

/// <summary>A message as people see it.</summary>
/// <param name="Chat">A person's ACI, or a group's id.</param>
/// <param name="Call">What the command was told.</param>
public sealed record SignalShown(string Chat, string Text, JsonObject Call, long Timestamp);

/// <summary>
/// signal-cli's HTTP daemon on a real port, as its manual page has it: commands over JSON-RPC, events with ids, of which it keeps the last thousand and sends
/// those behind the one a client names, all of them when it does not know that one. As with <c>--receive-mode=on-connection</c>, what is
/// said while nobody listens waits at Signal. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed class SignalDaemon : IAsyncDisposable
{
    public const string Account = "+15550100001";
    public const string Aci = "a0000000-0000-4000-8000-000000000001";

    private const int Kept = 1_000;
    private const int MaxText = 2_000;

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<(long Id, string Json)> _events = [];
    private readonly ConcurrentQueue<Func<HttpContext, JsonObject?>> _faults = new();
    private readonly ConcurrentDictionary<string, byte> _gone = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentQueue<SignalShown> _shown = new();
    private readonly ConcurrentQueue<string> _typing = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = New();
    private long _ids = 100;
    private long _passed = 100;
    private long _now = 1_767_225_600_000;

    private SignalDaemon(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public IReadOnlyList<SignalShown> Shown => [.. _shown];

    /// <summary>Chats the account was seen typing in.</summary>
    public IReadOnlyList<string> Typing => [.. _typing];

    /// <summary>Whether the account was unlinked: no command knows it.</summary>
    public bool IsUnlinked { get; set; }

    /// <summary>How long a file takes to Signal's servers, before its command is answered.</summary>
    public TimeSpan FileDuration { get; set; }

    public static async Task<SignalDaemon> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var daemon = new SignalDaemon(app);
        app.MapGet("/api/v1/check", () => Results.Ok());
        app.MapGet("/api/v1/events", daemon.StreamAsync);
        app.MapPost("/api/v1/rpc", daemon.AnswerAsync);
        await app.StartAsync();
        return daemon;
    }

    /// <summary>A moment nobody used before.</summary>
    public long NextMoment() => Interlocked.Increment(ref _now);

    /// <summary>Something came: an envelope.</summary>
    public void Happen(JsonObject envelope)
    {
        lock (_lock)
        {
            _events.Add((++_ids, new JsonObject { ["envelope"] = envelope.DeepClone(), ["account"] = Account }.ToJsonString()));
            if (_events.Count > Kept)
            {
                _events.RemoveAt(0);
            }
        }

        Interlocked.Exchange(ref _changed, New()).TrySetResult();
    }

    public void AddFile(string id, byte[] content) => _files[id] = content;

    /// <summary>The person is on Signal no more.</summary>
    public void Leave(string person) => _gone[person] = 0;

    /// <summary>The next command meets what the function says: an answer instead, or nothing and the line breaks after it is carried out.</summary>
    public void Fail(Func<HttpContext, JsonObject?> fault) => _faults.Enqueue(fault);

    /// <summary>The error of a command that was carried out for nobody.</summary>
    public static JsonObject Failure(int code, string type, string? token = null, long? retryAfter = null) => new()
    {
        ["code"] = code,
        ["message"] = "Failed to send message",
        ["data"] = new JsonObject
        {
            ["response"] = new JsonObject
            {
                ["timestamp"] = 1,
                ["results"] = new JsonArray(new JsonObject { ["type"] = type, ["token"] = token, ["retryAfterSeconds"] = retryAfter }),
            },
        },
    };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task StreamAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        context.Response.ContentType = "text/event-stream";
        var sent = FirstOf(context.Request.Headers["Last-Event-ID"]);
        try
        {
            await context.Response.WriteAsync(":\n", end.Token);
            while (true)
            {
                await context.Response.Body.FlushAsync(end.Token);
                var changed = Volatile.Read(ref _changed).Task;
                (long Id, string Json)[] due;
                lock (_lock)
                {
                    due = [.. _events.Where(one => one.Id > sent)];
                    _passed = Math.Max(_passed, _ids);
                }

                foreach (var (id, json) in due)
                {
                    await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id:{id}\nevent:receive\ndata:{json}\n\n"), end.Token);
                    sent = id;
                }

                if (due.Length == 0)
                {
                    await changed.WaitAsync(end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client is gone, or we are.
        }
    }

    /// <summary>The event behind which a client listens.</summary>
    private long FirstOf(string? lastEventId)
    {
        lock (_lock)
        {
            return string.IsNullOrEmpty(lastEventId) ? _passed
                : long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id <= _ids ? id
                : 0;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var request = JsonNode.Parse(await reader.ReadToEndAsync(context.RequestAborted))!.AsObject();
        var (method, call) = ((string)request["method"]!, request["params"]!.AsObject());
        var isLost = false;
        JsonObject? error = null;
        if (method is "send" && _faults.TryDequeue(out var fault))
        {
            error = fault(context);
            isLost = error is null;
        }

        if (call["attachment"] is not null && FileDuration > TimeSpan.Zero)
        {
            // Whoever hung up meanwhile changes nothing: the command is carried out.
            await Task.Delay(FileDuration, TimeProvider.System, _stopping.Token);
        }

        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = request["id"]?.DeepClone() };
        error ??= IsUnlinked || (string?)call["account"] != Account ? Error(-32602, "Specified account does not exist") : null;
        if (error is not null)
        {
            answer["error"] = error;
        }
        else
        {
            var (result, refusal) = Run(method, call);
            answer[refusal is null ? "result" : "error"] = refusal ?? result;
        }

        if (isLost)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsJsonAsync(answer);
    }

    private (JsonNode? Result, JsonObject? Error) Run(string method, JsonObject call) => method switch
    {
        "send" => Send(call),
        "sendTyping" => Type(call),
        "listIdentities" => (new JsonArray(new JsonObject { ["number"] = Account, ["uuid"] = Aci }), null),
        "getAttachment" => _files.TryGetValue((string?)call["id"] ?? "", out var file)
            ? (new JsonObject { ["data"] = Convert.ToBase64String(file) }, null)
            : (null, Error(-1, "Could not find attachment")),
        _ => (null, Error(-32601, "Method not implemented")),
    };

    private (JsonNode? Result, JsonObject? Error) Send(JsonObject call)
    {
        var chat = ChatOf(call);
        var text = (string?)call["message"] ?? "";
        if (text.Length == 0 && call["attachment"] is null)
        {
            return (null, Error(-1, "Sending empty message is not allowed, either a message, attachment or sticker must be given."));
        }

        foreach (var style in (call["textStyle"]?.AsArray() ?? []).Select(style => ((string)style!).Split(':')))
        {
            if (style.Length != 3 || int.Parse(style[0], CultureInfo.InvariantCulture) + int.Parse(style[1], CultureInfo.InvariantCulture) > text.Length)
            {
                return (null, Error(-1, "Invalid textStyle"));
            }
        }

        if (_gone.ContainsKey(chat))
        {
            return (null, Failure(-1, "UNREGISTERED_FAILURE"));
        }

        if (Encoding.UTF8.GetByteCount(text) > MaxText)
        {
            return (null, Error(-1, "The text would become an attachment."));
        }

        var moment = NextMoment();
        _shown.Enqueue(new SignalShown(chat, text, call.DeepClone().AsObject(), moment));
        return (new JsonObject { ["timestamp"] = moment, ["results"] = new JsonArray(new JsonObject { ["type"] = "SUCCESS" }) }, null);
    }

    private (JsonNode? Result, JsonObject? Error) Type(JsonObject call)
    {
        _typing.Enqueue(ChatOf(call));
        return (new JsonObject(), null);
    }

    /// <summary>A file that was sent, as people get it.</summary>
    public static (string Name, byte[] Content) FileOf(SignalShown shown)
    {
        var address = (string)shown.Call["attachment"]!.AsArray()[0]!;
        var comma = address.IndexOf(',', StringComparison.Ordinal);
        var name = address[..comma].Split(';').Single(part => part.StartsWith("filename=", StringComparison.Ordinal))["filename=".Length..];
        return (HttpUtility.UrlDecode(name), Convert.FromBase64String(address[(comma + 1)..]));
    }

    private static string ChatOf(JsonObject call) => (string?)call["groupId"] ?? (string?)call["recipient"]?[0] ?? "";

    private static JsonObject Error(int code, string message) => new() { ["code"] = code, ["message"] = message, ["data"] = null };

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
