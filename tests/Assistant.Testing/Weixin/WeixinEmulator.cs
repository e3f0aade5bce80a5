using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Weixin;

/// <summary>
/// What WeCom and WeChat have in common, on a real port: access tokens that end, refusals with HTTP status 200, files kept by id, and callbacks tried
/// three times when they are not answered well within five seconds. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public abstract partial class WeixinEmulator : IAsyncDisposable
{
    private const int Attempts = 3;

    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentQueue<WeixinFault> _faults = new();
    private readonly Channel<string> _callbacks = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _delivering = Task.CompletedTask;
    private string? _token;
    private bool _isRevoked;
    private int _late;
    private int _lost;
    private int _truncated;
    private int _tokens;

    protected WeixinEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string BaseUrl => _app.Urls.First();

    /// <summary>Where callbacks go.</summary>
    public Func<Uri?> Callback { get; set; } = () => null;

    /// <summary>How long a callback may wait for its answer.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Callbacks answered after the deadline.</summary>
    public int LateAnswers => _late;

    /// <summary>Callbacks given up after three attempts.</summary>
    public int LostCallbacks => _lost;

    /// <summary>Texts that were longer than is shown: the platform cuts them and tells nobody.</summary>
    public int TruncatedTexts => _truncated;

    /// <summary>Access tokens given out.</summary>
    public int TokensIssued => _tokens;

    public async Task StartAsync()
    {
        await _app.StartAsync();
        _delivering = Task.Run(DeliverAsync);
    }

    /// <summary>The access token that is out ends before its time.</summary>
    public void EndToken() => _token = null;

    /// <summary>The secret of the app is another from now on.</summary>
    public void Revoke() => (_isRevoked, _token) = (true, null);

    public void AddFile(string mediaId, byte[] content) => _files[mediaId] = content;

    /// <summary>The next sends end so, one fault each.</summary>
    public void FailSend(WeixinFault fault) => _faults.Enqueue(fault);

    /// <summary>Delivers a message in the background, after those before it.</summary>
    public void Deliver(string xml) => _callbacks.Writer.TryWrite(xml);

    /// <summary>A callback as it is sent, with its query.</summary>
    public abstract (Dictionary<string, string> Query, string Body) Wrap(string xml, DateTimeOffset at);

    /// <summary>A field of a callback's XML.</summary>
    public static string Field(string name, string value) => $"<{name}><![CDATA[{value.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)}]]></{name}>";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _delivering;
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    protected static string NewNonce() => RandomNumberGenerator.GetInt32(100_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture);

    protected static JsonObject Refusal(int code, string message)
        => new() { ["errcode"] = code, ["errmsg"] = $"{message}, hint: [1767225600_7_0123456789abcdef], more info at https://open.example.test" };

    protected static JsonObject Success() => new() { ["errcode"] = 0, ["errmsg"] = "ok" };

    /// <summary>Whether a request asks for a token, and with the right secret.</summary>
    protected abstract bool? AsksForToken(string path, IQueryCollection query, JsonObject body);

    protected abstract bool IsSend(string path);

    /// <summary>Carries out a call under a good token.</summary>
    protected abstract JsonObject Run(string path, IQueryCollection query, JsonObject body);

    /// <summary>What is shown of a text; a longer one is cut.</summary>
    protected string Shown(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= 2048)
        {
            return text;
        }

        Interlocked.Increment(ref _truncated);
        return Encoding.UTF8.GetString(bytes, 0, 2048);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var (path, query) = (context.Request.Path.Value ?? "", context.Request.Query);
        if (path == "/cgi-bin/media/upload")
        {
            await TakeUploadAsync(context, query["type"].ToString());
            return;
        }

        if (path.StartsWith(Films, StringComparison.Ordinal))
        {
            await SendFilmAsync(context, path[Films.Length..]);
            return;
        }

        using var text = new StreamReader(context.Request.Body, Encoding.UTF8);
        var raw = await text.ReadToEndAsync(context.RequestAborted);
        var body = raw.Length == 0 ? [] : JsonNode.Parse(raw)!.AsObject();
        if (AsksForToken(path, query, body) is { } isRight)
        {
            await WriteAsync(context, isRight && !_isRevoked ? Issue() : Refusal(40001, "invalid credential"));
            return;
        }

        if (!HasToken(query))
        {
            await WriteAsync(context, Refusal(40014, "invalid access_token"));
            return;
        }

        if (path == "/cgi-bin/media/get")
        {
            await SendFileAsync(context, query["media_id"].ToString());
            return;
        }

        await AnswerAsync(context, path, query, body, raw);
    }

    private async Task AnswerAsync(HttpContext context, string path, IQueryCollection query, JsonObject body, string raw)
    {
        var fault = IsSend(path) && _faults.TryDequeue(out var next) ? next : null;
        if (await FailsAsync(context, fault))
        {
            return;
        }

        JsonObject answer;
        lock (_lock)
        {
            // An escape would be shown to the person as it stands.
            answer = raw.Contains("\\u", StringComparison.Ordinal) ? Refusal(40033, "invalid charset") : Run(path, query, body);
        }

        if (fault is WeixinFault.Cut)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, answer);
    }

    private bool HasToken(IQueryCollection query) => query["access_token"].ToString() is { Length: > 0 } token && token == _token;

    /// <summary>Lets a fault happen, as far as it is one instead of an answer.</summary>
    private static async Task<bool> FailsAsync(HttpContext context, WeixinFault? fault)
    {
        switch (fault)
        {
            case WeixinFault.Refused refused:
                await WriteAsync(context, Refusal(refused.Code, refused.Message));
                return true;
            case WeixinFault.Page page:
                context.Response.StatusCode = page.Status;
                if (page.RetryAfterSeconds is { } seconds)
                {
                    context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                return true;
            default:
                return false;
        }
    }

    private JsonObject Issue()
    {
        // A token that is out is given again until it ends.
        if (_token is null)
        {
            _token = $"token-{Interlocked.Increment(ref _tokens)}";
        }

        return new JsonObject { ["errcode"] = 0, ["errmsg"] = "ok", ["access_token"] = _token, ["expires_in"] = 7200 };
    }

    private async Task SendFileAsync(HttpContext context, string id)
    {
        if (!_files.TryGetValue(id, out var content))
        {
            await WriteAsync(context, Refusal(40007, "invalid media_id"));
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"file\"";
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private async Task DeliverAsync()
    {
        try
        {
            await foreach (var xml in _callbacks.Reader.ReadAllAsync(_stop.Token))
            {
                if (!await DeliverAsync(xml))
                {
                    Interlocked.Increment(ref _lost);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task<bool> DeliverAsync(string xml)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, _stop.Token);
            }

            if (Callback() is { } address && await PostAsync(address, xml))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> PostAsync(Uri address, string xml)
    {
        var (query, body) = Wrap(xml, TimeProvider.System.GetUtcNow());
        var began = Stopwatch.StartNew();
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "text/xml");
            using var answer = await _http.PostAsync(QueryHelpers.AddQueryString(address.AbsoluteUri, query!), content, _stop.Token);
            if (began.Elapsed > Deadline)
            {
                Interlocked.Increment(ref _late);
                return false;
            }

            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
