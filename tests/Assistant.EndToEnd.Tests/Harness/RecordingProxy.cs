using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Which way something goes.</summary>
internal enum Way { Up, Down }

/// <summary>A proxy on the way to the program that ends TLS, writes down everything it can read, and may do harm to what it passes on.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private const char RecordEnd = '\u001e'; // ends each message of SignalR's JSON protocol
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Content-Length",
    };

    private readonly WebApplication _app;
    private readonly Uri _target;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly ConcurrentQueue<string> _seen = [];
    private Func<Way, string, IReadOnlyList<string>>? _harm;

    private RecordingProxy(WebApplication app, Uri target) => (_app, _target) = (app, target);

    /// <summary>The address people would use.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Whether browsers have to do without WebSockets, as behind some proxies.</summary>
    public bool RefusesWebSockets { get; set; }

    /// <summary>Everything read so far: addresses, headers and bodies of both ways.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    public static async Task<RecordingProxy> StartAsync(string target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate())));
        var app = builder.Build();
        var proxy = new RecordingProxy(app, new Uri(target));
        app.UseWebSockets();
        app.Run(proxy.PassAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>From now on, hands every message of the hub to <paramref name="harm"/> and passes on what comes back.</summary>
    public void Do(Func<Way, string, IReadOnlyList<string>>? harm) => Volatile.Write(ref _harm, harm);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    private Task PassAsync(HttpContext context)
        => context.WebSockets.IsWebSocketRequest ? PassSocketAsync(context) : PassRequestAsync(context);

    private async Task PassRequestAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        using var onward = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_target, request.Path + request.QueryString.ToString()));
        if (body.Length > 0)
        {
            onward.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var header in request.Headers.Where(header => !OwnHeaders.Contains(header.Key) && !header.Key.StartsWith(':') && header.Key != "Accept-Encoding"))
        {
            if (!onward.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable()))
            {
                onward.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable());
            }
        }

        See($"{request.Method} {request.Path}{request.QueryString}", onward.ToString(), Encoding.UTF8.GetString(body.ToArray()));
        using var answer = await _http.SendAsync(onward, context.RequestAborted);
        var content = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        See(answer.ToString(), Encoding.UTF8.GetString(content));
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers).Where(header => !OwnHeaders.Contains(header.Key)))
        {
            context.Response.Headers[header.Key] = header.Value.ToArray();
        }

        if (content.Length > 0) // an answer without a body must not be given one, not even an empty one
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    private async Task PassSocketAsync(HttpContext context)
    {
        if (RefusesWebSockets)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        using var onward = new ClientWebSocket();
        onward.Options.SetRequestHeader("Host", context.Request.Host.Value);
        onward.Options.SetRequestHeader("Origin", context.Request.Headers.Origin);
        var address = new UriBuilder(new Uri(_target, context.Request.Path + context.Request.QueryString.ToString())) { Scheme = "ws" }.Uri;
        See(address.ToString());
        await onward.ConnectAsync(address, context.RequestAborted);
        using var browser = await context.WebSockets.AcceptWebSocketAsync();
        await Task.WhenAny(PumpAsync(Way.Up, browser, onward, context.RequestAborted), PumpAsync(Way.Down, onward, browser, context.RequestAborted));
        browser.Abort();
        onward.Abort();
    }

    private async Task PumpAsync(Way way, WebSocket from, WebSocket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await from.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                message.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage)
                {
                    continue;
                }

                var text = Encoding.UTF8.GetString(message.ToArray());
                message.SetLength(0);
                See(text);
                foreach (var record in text.Split(RecordEnd, StringSplitOptions.RemoveEmptyEntries).SelectMany(record => Harmed(way, record)))
                {
                    await to.SendAsync(Encoding.UTF8.GetBytes(record + RecordEnd), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side went away; the other is told by the end of the pump.
        }
    }

    private IReadOnlyList<string> Harmed(Way way, string record) => Volatile.Read(ref _harm)?.Invoke(way, record) ?? [record];

    private void See(params string[] parts)
    {
        foreach (var part in parts)
        {
            _seen.Enqueue(part);
        }
    }
}
