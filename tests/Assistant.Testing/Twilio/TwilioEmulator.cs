using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Twilio;

/// <summary>A message of the account's, in either direction.</summary>
public sealed record TwilioSms(string Sid, string From, string To, string Body, bool IsInbound, DateTimeOffset At, IReadOnlyList<string> Files)
{
    /// <summary>What was posted to send it; empty of what came in.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that was fetched to be sent with it.</summary>
    public FoundFile? Media { get; init; }
}

/// <summary>
/// Twilio's messaging on a real port, as documented: callbacks are signed over their address and fields and tried as often as the address asks for
/// (<c>#rc=</c>), after which the message is in the list of messages and nowhere else; files lie behind the account's credentials, one redirect away;
/// those to be sent are fetched over https, head first, and judged by their type; an answer later than 15 seconds is none. Safe for concurrent use.
/// </summary>
public sealed class TwilioEmulator : IAsyncDisposable
{
    public const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    public const string AuthToken = "auth-token-77d0";
    public const string Number = "+15550100001";

    private const int LongestBody = 1600;
    private const int LargestMessage = 5 << 20;

    private static readonly HashSet<string> MediaTypes =
        ["image/jpeg", "image/png", "image/gif", "audio/mpeg", "audio/mp4", "audio/ogg", "video/mp4", "application/pdf", "text/vcard", "text/csv"];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = Deadline };
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<TwilioFault> _faults = new();
    private readonly ConcurrentQueue<int> _fileFaults = new();
    private readonly ConcurrentDictionary<string, int> _refused = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentQueue<TwilioSms> _texts = new();
    private Task _delivering = Task.CompletedTask;
    private int _ids;
    private int _late;
    private int _lists;

    private TwilioEmulator(WebApplication app) => _app = app;

    /// <summary>Where callbacks go, with what the address asks for behind a hash.</summary>
    public Uri? Callback { get; set; }

    public string Address => _app.Urls.First();

    public bool IsRevoked { get; set; }

    /// <summary>Where files are fetched.</summary>
    public PublicNet? Net { get; set; }

    /// <summary>Callbacks that were answered too late.</summary>
    public int LateAnswers => Volatile.Read(ref _late);

    /// <summary>How often the list of messages was read.</summary>
    public int Lists => Volatile.Read(ref _lists);

    /// <summary>What was sent to people.</summary>
    public IReadOnlyList<TwilioSms> Sent => [.. _texts.Where(text => !text.IsInbound)];

    public static async Task<TwilioEmulator> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var twilio = new TwilioEmulator(app);
        app.Use((context, next) => context.Request.Path.StartsWithSegments("/cdn") || twilio.IsAllowed(context) ? next(context) : RefuseAsync(context, new(20003, 401)));
        var account = $"/2010-04-01/Accounts/{AccountSid}";
        app.MapGet($"{account}.json", () => Results.Json(new { sid = AccountSid, friendly_name = "Helper", status = "active" }));
        app.MapGet($"{account}/IncomingPhoneNumbers.json", (string phoneNumber) => Results.Json(
            new { incoming_phone_numbers = phoneNumber == Number ? new[] { new { phone_number = Number } } : [] }));
        app.MapPost($"{account}/Messages.json", twilio.SendAsync);
        app.MapGet($"{account}/Messages.json", twilio.List);
        app.MapGet($"{account}/Messages/{{sid}}/Media.json", (string sid) => twilio._fileFaults.TryDequeue(out var status) ? Results.StatusCode(status) : Results.Json(
            new { media_list = twilio._texts.Single(text => text.Sid == sid).Files.Select(file => new { sid = file, content_type = TypeOf(file) }) }));
        app.MapGet($"{account}/Messages/{{sid}}/Media/{{file}}", (string file) => twilio._files.ContainsKey(file) ? Results.Redirect($"/cdn/{file}", preserveMethod: true) : Results.NotFound());
        app.MapGet("/cdn/{file}", (HttpContext context, string file) => context.Request.Headers.Authorization.Count > 0 ? Results.BadRequest() : Results.Bytes(twilio._files[file]));
        await app.StartAsync();
        return twilio;
    }

    /// <summary>A message from somebody, in the list from now on; a file is a picture, or sound when its name ends in <c>voice</c>.</summary>
    public TwilioSms Receive(string from, string body, params (string Name, byte[] Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            _files[name] = content;
        }

        var text = new TwilioSms(NewSid(), from, Number, body, IsInbound: true, TimeProvider.System.GetUtcNow(), [.. files.Select(file => file.Name)]);
        _texts.Enqueue(text);
        return text;
    }

    private static string TypeOf(string file) => file.EndsWith("voice", StringComparison.Ordinal) ? "audio/ogg" : "image/png";

    /// <summary>The fields of the callback for a message.</summary>
    public List<KeyValuePair<string, string>> FieldsOf(TwilioSms text)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("ToCountry", "US"), new("SmsMessageSid", text.Sid), new("NumMedia", $"{text.Files.Count}"), new("SmsSid", text.Sid), new("SmsStatus", "received"),
            new("Body", text.Body), new("To", text.To), new("NumSegments", "1"), new("MessageSid", text.Sid), new("AccountSid", AccountSid), new("From", text.From),
            new("ApiVersion", "2010-04-01"),
        ];
        foreach (var (i, file) in text.Files.Index())
        {
            fields.Add(new($"MediaUrl{i}", $"{Address}/2010-04-01/Accounts/{AccountSid}/Messages/{text.Sid}/Media/{file}"));
            fields.Add(new($"MediaContentType{i}", TypeOf(file)));
        }

        return fields;
    }

    /// <summary>Posts a callback after those before it, as often as the address asks for.</summary>
    public void Deliver(IReadOnlyList<KeyValuePair<string, string>> fields) => _delivering = DeliverAfterAsync(_delivering, fields);

    /// <summary>Waits until nothing is left to deliver.</summary>
    public Task DeliveredAsync() => _delivering;

    public static string Sign(Uri address, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var signed = address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)
            + string.Concat(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // Twilio's own scheme.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(AuthToken), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
    }

    /// <summary>The next send meets this instead.</summary>
    public void Fail(TwilioFault fault) => _faults.Enqueue(fault);

    /// <summary>The next list of a message's files meets this instead.</summary>
    public void FailFiles(int status) => _fileFaults.Enqueue(status);

    /// <summary>Whatever is sent there is refused from now on.</summary>
    public void Refuse(string to, int code) => _refused[to] = code;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private bool IsAllowed(HttpContext context)
        => !IsRevoked && context.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:{AuthToken}"))}";

    private string NewSid() => $"SM{Interlocked.Increment(ref _ids):x32}";

    private async Task SendAsync(HttpContext context)
    {
        var fields = (await context.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString());
        var to = fields.GetValueOrDefault("To") ?? "";
        var body = fields.GetValueOrDefault("Body") ?? "";
        var code = !to.StartsWith('+') ? 21211
            : fields.ContainsKey("From") == fields.ContainsKey("MessagingServiceSid") ? 21603
            : fields.TryGetValue("From", out var from) && from != Number ? 21606
            : string.IsNullOrWhiteSpace(body) && !fields.ContainsKey("MediaUrl") ? 21619
            : body.Length > LongestBody ? 21617
            : _refused.GetValueOrDefault(to);
        if (code != 0)
        {
            await RefuseAsync(context, new(code));
            return;
        }

        FoundFile? media = null;
        if (fields.TryGetValue("MediaUrl", out var address))
        {
            media = Net is { } net ? await net.FetchAsync(address) : null;
            code = media is null ? 21620 : !MediaTypes.Contains(media.MediaType) ? 12300 : media.Content.Length > LargestMessage ? 11751 : 0;
            if (code != 0)
            {
                await RefuseAsync(context, new(code));
                return;
            }
        }

        switch (_faults.TryDequeue(out var fault) ? fault : null)
        {
            case TwilioFault.Error error:
                await RefuseAsync(context, error);
                break;
            case TwilioFault.Page page:
                context.Response.StatusCode = page.Status;
                await context.Response.WriteAsync("<html>");
                break;
            case TwilioFault.Cut:
                Show(to, body, fields, media);
                context.Abort();
                break;
            case TwilioFault.Answer answer:
                Show(to, body, fields, media);
                await context.Response.WriteAsync(answer.Body);
                break;
            default:
                context.Response.StatusCode = 201;
                await context.Response.WriteAsync(JsonOf(Show(to, body, fields, media)).ToJsonString());
                break;
        }
    }

    private TwilioSms Show(string to, string body, Dictionary<string, string> fields, FoundFile? media)
    {
        var text = new TwilioSms(NewSid(), Number, to, body, IsInbound: false, TimeProvider.System.GetUtcNow(), []) { Fields = fields, Media = media };
        _texts.Enqueue(text);
        return text;
    }

    private IResult List(HttpContext context)
    {
        Interlocked.Increment(ref _lists);
        var query = context.Request.Query;
        var since = DateTimeOffset.Parse(query["DateSent>"].ToString(), CultureInfo.InvariantCulture);
        var size = int.Parse(query["PageSize"].ToString(), CultureInfo.InvariantCulture);
        var page = query["PageToken"].Count == 0 ? 0 : int.Parse(query["PageToken"].ToString()[2..], CultureInfo.InvariantCulture);
        var found = _texts.Reverse().Where(text => text.At >= since && (query["To"].Count == 0 || text.To == query["To"])).ToList();
        var next = QueryString.Create(query.Where(pair => pair.Key is not ("Page" or "PageToken"))).Add("Page", $"{page + 1}").Add("PageToken", $"PA{page + 1}");
        return Results.Text(
            new JsonObject
            {
                ["messages"] = new JsonArray([.. found.Skip(page * size).Take(size).Select(JsonOf)]),
                ["next_page_uri"] = found.Count > (page + 1) * size ? context.Request.Path + next.ToString() : null,
            }.ToJsonString(),
            "application/json");
    }

    private static JsonNode JsonOf(TwilioSms text) => new JsonObject
    {
        ["sid"] = text.Sid, ["account_sid"] = AccountSid, ["direction"] = text.IsInbound ? "inbound" : "outbound-api", ["from"] = text.From, ["to"] = text.To,
        ["body"] = text.Body, ["date_sent"] = text.At.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture), ["num_media"] = $"{text.Files.Count}",
        ["status"] = text.IsInbound ? "received" : "queued", ["messaging_service_sid"] = null, ["error_code"] = null,
    };

    private static Task RefuseAsync(HttpContext context, TwilioFault.Error error)
    {
        if (error.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }

        context.Response.StatusCode = error.Status;
        return context.Response.WriteAsync(new JsonObject
        {
            ["code"] = error.Code, ["message"] = "It is refused.", ["more_info"] = $"https://www.twilio.com/docs/errors/{error.Code}", ["status"] = error.Status,
        }.ToJsonString());
    }

    private async Task DeliverAfterAsync(Task before, IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        await before;
        var tries = 1 + (Callback!.Fragment.Split("rc=") is [_, var count] ? int.Parse(count.Split('&')[0], CultureInfo.InvariantCulture) : 0);
        for (; tries > 0 && !_stopping.IsCancellationRequested; tries--)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Callback) { Content = new FormUrlEncodedContent(fields) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded", "utf-8");
                request.Headers.Add("X-Twilio-Signature", Sign(Callback, fields));
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
