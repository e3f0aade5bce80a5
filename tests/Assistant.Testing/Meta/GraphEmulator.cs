using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Meta;

/// <summary>
/// What Meta's messengers have in common, on a real port, as documented: every call wants the token, and a proof of the app secret where one is given;
/// files are refused to whoever does not say what they are; callbacks are signed over escaped JSON and delivered again until they are taken; an answer
/// later than five seconds counts as late. Safe for concurrent use.
/// </summary>
public abstract class GraphEmulator : IAsyncDisposable
{
    public const string AppSecret = "app-secret-1f4c";
    public const string VerifyToken = "verify-token-90aa";
    public const string Token = "EAAG-token-5b3e";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<GraphFault> _faults = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, GraphFault.Error> _refused = new();
    private Task _delivering = Task.CompletedTask;
    private int _ids;
    private int _late;

    protected GraphEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/files/{id}", ServeFile);
    }

    /// <summary>Where callbacks go.</summary>
    public Uri? Callback { get; set; }

    /// <summary>Address of the API, as an operator would enter it.</summary>
    public string ApiBaseUrl => $"{_app.Urls.First()}/v24.0";

    public bool IsRevoked { get; set; }

    /// <summary>Callbacks that were answered too late.</summary>
    public int LateAnswers => Volatile.Read(ref _late);

    protected WebApplication App => _app;

    /// <summary>Whether a file is handed out only with the token.</summary>
    protected abstract bool GuardsFiles { get; }

    public Task StartAsync() => _app.StartAsync();

    /// <summary>The next send meets this instead.</summary>
    public void Fail(GraphFault fault) => _faults.Enqueue(fault);

    /// <summary>Whatever is sent there is refused from now on.</summary>
    public void Refuse(string to, GraphFault.Error error) => _refused[to] = error;

    public void AddFile(string id, byte[] content) => _files[id] = content;

    public string AddressOf(string file) => $"{_app.Urls.First()}/files/{file}";

    /// <summary>The body of a callback as Meta writes it: what is not ASCII is escaped.</summary>
    public static byte[] BytesOf(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());

    public static string Sign(byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AppSecret), body));

    /// <summary>Posts a callback after those before it, again and again until it is taken.</summary>
    public void Deliver(JsonNode body) => _delivering = DeliverAfterAsync(_delivering, BytesOf(body));

    /// <summary>Asks whether the address is the operator's own, as when it is entered.</summary>
    /// <returns>Status and body of the answer.</returns>
    public async Task<(int Status, string Body)> ShakeHandsAsync(string verifyToken)
    {
        using var answer = await _http.GetAsync(new Uri($"{Callback}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={verifyToken}"), _stopping.Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(_stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        await _app.DisposeAsync();
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    protected int NextId() => Interlocked.Increment(ref _ids);

    /// <summary>Whether a call may be made; it is answered when not.</summary>
    protected async Task<bool> IsAllowedAsync(HttpContext context)
    {
        if (IsRevoked || context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await AnswerAsync(context, new GraphFault.Error(190, 460, "Error validating access token", 401));
            return false;
        }

        var proof = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AppSecret), Encoding.UTF8.GetBytes(Token)));
        if (context.Request.Query["appsecret_proof"] is { Count: > 0 } given && given != proof)
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, "Invalid appsecret_proof provided in the API argument"));
            return false;
        }

        return true;
    }

    /// <summary>Carries out a send: meets the fault that waits, or shows the message and answers.</summary>
    /// <param name="show">Shows it, and says what the answer is.</param>
    protected async Task SendAsync(HttpContext context, string to, Func<JsonObject> show)
    {
        if (_refused.TryGetValue(to, out var refusal))
        {
            await AnswerAsync(context, refusal);
            return;
        }

        switch (_faults.TryDequeue(out var fault) ? fault : null)
        {
            case GraphFault.Error error:
                await AnswerAsync(context, error);
                break;
            case GraphFault.Page page:
                context.Response.StatusCode = page.Status;
                await context.Response.WriteAsync("<html>");
                break;
            case GraphFault.Cut:
                show();
                context.Abort();
                break;
            case GraphFault.Answer answer:
                show();
                await context.Response.WriteAsync(answer.Body);
                break;
            default:
                await AnswerAsync(context, 200, show());
                break;
        }
    }

    protected static Task AnswerAsync(HttpContext context, GraphFault.Error error)
    {
        if (error.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }

        var body = new JsonObject { ["message"] = $"(#{error.Code}) {error.Message}", ["type"] = "OAuthException", ["code"] = error.Code, ["fbtrace_id"] = "AbCd" };
        if (error.Subcode != 0)
        {
            body["error_subcode"] = error.Subcode;
        }

        if (error.IsTransient)
        {
            body["is_transient"] = true;
        }

        return AnswerAsync(context, error.Status, new JsonObject { ["error"] = body });
    }

    protected static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    protected static async Task<JsonObject> BodyOfAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Whether a file is there.</summary>
    protected bool HasFile(string id) => _files.ContainsKey(id);

    private IResult ServeFile(HttpContext context, string id)
        => context.Request.Headers.UserAgent.Count == 0 ? Results.StatusCode(400)
            : GuardsFiles && context.Request.Headers.Authorization != $"Bearer {Token}" ? Results.StatusCode(401)
            : _files.TryGetValue(id, out var file) ? Results.Bytes(file)
            : Results.NotFound();

    private async Task DeliverAfterAsync(Task before, byte[] body)
    {
        await before;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Add("X-Hub-Signature-256", Sign(body));
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

                await Task.Delay(Pause, TimeProvider.System, _stopping.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nobody there: again, unless the test is over.
            }
        }
    }
}
