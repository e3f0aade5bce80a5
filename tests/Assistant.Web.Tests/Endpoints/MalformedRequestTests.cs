using System.Net;
using System.Net.Sockets;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Testing.Fakes;
using Assistant.Web.Endpoints;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>What the real server makes of requests no client library would send.</summary>
public sealed class MalformedRequestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/webhooks/tg", "Transfer-Encoding: chunked\r\n\r\nnot a size\r\n", 400)]
    [InlineData("/webhooks/tg", "Content-Length: 4194305\r\n\r\n", 413)]
    [InlineData("/webhooks/tg", "Content-Length: 99999999999\r\n\r\n", 413)]
    [InlineData("/form", "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n", 400)]
    [InlineData("/form", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999\r\n\r\n", 413)]
    [InlineData("/form", "Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc", 400)]
    public async Task A_malformed_request_is_refused_and_nobody_can_fill_the_log_with_them(string path, string rest, int status)
    {
        var log = new FaultLog();
        await using var app = await StartAsync(log);

        var answer = await SendAsync(app, $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Empty(log.Faults);
    }

    [Fact]
    public async Task A_callback_that_only_turns_out_to_be_too_large_is_refused_and_not_logged()
    {
        var log = new FaultLog();
        await using var app = await StartAsync(log);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{app.Urls.Single()}/webhooks/tg"))
        {
            Content = new ByteArrayContent(new byte[WebhookEndpoint.MaxBodyBytes + 1]),
            Headers = { TransferEncodingChunked = true },
        };

        using var response = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(log.Faults);
    }

    [Fact]
    public async Task A_callback_of_megabytes_is_read_and_answered_like_any_other()
    {
        await using var app = await StartAsync(new FaultLog());
        using var client = new HttpClient();
        var address = new Uri($"{app.Urls.Single()}/webhooks/tg");

        using var small = await client.PostAsync(address, new ByteArrayContent(new byte[10]), Cancel);
        using var large = await client.PostAsync(address, new ByteArrayContent(new byte[2 << 20]), Cancel);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (small.StatusCode, large.StatusCode));
    }

    private static async Task<WebApplication> StartAsync(FaultLog log)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddRequestLimits().AddAntiforgery().AddSingleton<IChannelSessions>(new FakeChannel()).AddSingleton<IMessageGateway, ApiHost.NoGateway>()
            .AddSingleton<IConnectionSupervisor>(new FakeChannel()).AddSingleton(new WrongSecrets(TimeProvider.System));
        var app = builder.Build();
        app.Use(MalformedRequests.RefuseAsync);
        WebhookEndpoint.Map(app);
        app.MapPost("/form", async (HttpContext http, IAntiforgery antiforgery) => await antiforgery.IsRequestValidAsync(http));
        await app.StartAsync(Cancel);
        return app;
    }

    private static async Task<string> SendAsync(WebApplication app, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port, Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        var answer = new byte[64];
        var length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Cancel);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private sealed class FaultLog : ILoggerProvider, ILogger
    {
        public List<string> Faults { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lock (Faults)
                {
                    Faults.Add(formatter(state, exception));
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
