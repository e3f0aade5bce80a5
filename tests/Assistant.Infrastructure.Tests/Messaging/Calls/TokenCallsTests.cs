using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Tests.Outgoing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class TokenCallsTests : IAsyncLifetime
{
    private readonly MessengerHttp _http = new(TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5) }), TimeProvider.System);
    private readonly List<string> _used = [];
    private WebApplication _app = null!;
    private TokenCalls _calls = null!;
    private IResult? _instead;
    private string? _taken;
    private Func<Task>? _token;
    private int _asked;
    private int _issued;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/token", async () =>
        {
            _asked++;
            await (_token?.Invoke() ?? Task.CompletedTask);
            return _instead ?? Results.Text($$"""{"access_token":"t{{++_issued}}","expires_in":"3600"}""");
        });
        _app.MapGet("/thing", (HttpContext context) =>
        {
            _used.Add(context.Request.Headers.Authorization.ToString());
            return _taken is null || _used[^1] == $"Bearer {_taken}" ? Results.Ok() : Results.Unauthorized();
        });
        await _app.StartAsync(Cancel);
        _calls = NewCalls(_http);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task A_token_serves_many_calls()
    {
        await CallAsync();
        await CallAsync();

        Assert.Equal(["Bearer t1", "Bearer t1"], _used);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_replaced_once()
    {
        await CallAsync();
        _taken = "t2";
        Assert.Equal(HttpStatusCode.OK, Assert.IsType<CallOutcome.Answered>(await CallAsync()).Status);
        _taken = "none";
        Assert.Equal(HttpStatusCode.Unauthorized, Assert.IsType<CallOutcome.Answered>(await CallAsync()).Status);

        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"], _used);
    }

    [Theory]
    [InlineData(400, true, PauseScope.Connection)]
    [InlineData(401, true, PauseScope.Connection)]
    [InlineData(403, true, PauseScope.Connection)]
    [InlineData(429, false, PauseScope.Connection)]
    [InlineData(500, false, PauseScope.Chat)]
    [InlineData(504, false, PauseScope.Chat)]
    public async Task Without_a_token_nothing_was_sent(int status, bool isRefusal, PauseScope scope)
    {
        _instead = Results.StatusCode(status);

        var fault = await Assert.ThrowsAsync<NoTokenException>(CallAsync);

        Assert.Equal((isRefusal, scope), (fault.IsRefusal, fault.Outcome.Scope));
        Assert.Empty(_used);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"access_token":"","expires_in":3600}""")]
    [InlineData("""{"access_token":"t","expires_in":0}""")]
    [InlineData("""{"access_token":"t","expires_in":"soon"}""")]
    [InlineData("""{"access_token":"\ud800","expires_in":3600}""")]
    public async Task What_is_no_token_is_no_refusal_either(string answer)
    {
        _instead = Results.Text(answer);

        Assert.False((await Assert.ThrowsAsync<NoTokenException>(CallAsync)).IsRefusal);
    }

    [Fact]
    public async Task That_no_token_comes_is_known_before_the_message_is_given_up()
    {
        Assert.True(2 * new CallOptions().TokenTimeout < new OutboxOptions().SendTimeout);
        var hanging = new TaskCompletionSource();
        _token = () => hanging.Task;
        using var http = new MessengerHttp(
            TestOutgoing.Default, Options.Create(new CallOptions { CallTimeout = TimeSpan.FromMinutes(5), TokenTimeout = TimeSpan.FromMilliseconds(200) }), TimeProvider.System);
        using var calls = NewCalls(http);

        // As many messages as wait at once: none of them has to wait for the failures of the others.
        var sending = Enumerable.Range(0, 20).Select(_ => CallAsync(calls)).ToList();
        foreach (var send in sending)
        {
            Assert.Equal("channel.no-answer", (await Assert.ThrowsAsync<NoTokenException>(() => send)).Reason.FirstCode);
        }

        Assert.Equal((1, 0), (_asked, _used.Count));
        hanging.SetResult();
        _token = null;
        Assert.IsType<CallOutcome.Answered>(await CallAsync(calls));
    }

    private Task<CallOutcome> CallAsync(TokenCalls calls) => calls.CallAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{_app.Urls.First()}/thing"), Cancel);

    private TokenCalls NewCalls(MessengerHttp http)
        => new("Messenger", http, () => new HttpRequestMessage(HttpMethod.Post, $"{_app.Urls.First()}/token"), new FakeTimeProvider());

    private Task<CallOutcome> CallAsync() => CallAsync(_calls);
}
