using System.Net;
using System.Net.Sockets;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Outgoing;
using Assistant.Infrastructure.Tests.Outgoing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class MessengerHttpTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MessengerHttp _http = New(TestOutgoing.Default);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task An_answer_is_told_as_it_came(int status, bool isSuccess)
    {
        await using var server = RawServer.Answering(
            $"HTTP/1.1 {status} Said\nLocation: http://elsewhere.test/\n{(status == 204 ? "" : "Content-Length: 6\n")}Connection: close\n\n", status == 204 ? [] : "你好"u8.ToArray());

        var answer = Assert.IsType<CallOutcome.Answered>(await CallAsync(_http, server.Address));

        Assert.Equal(((HttpStatusCode)status, isSuccess, status == 204 ? "" : "你好"), (answer.Status, answer.IsSuccess, Encoding.UTF8.GetString(answer.Body)));
        Assert.Null(answer.RetryAfter);
    }

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("0", 0.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("0.25", 0.25)]
    [InlineData("86400", 86_400.0)]
    [InlineData("Thu, 01 Jan 2026 12:00:30 GMT", 30.0)]
    [InlineData("Thu, 01 Jan 2026 11:59:00 GMT", null)]
    [InlineData("-3", null)]
    [InlineData("-0.5", null)]
    [InlineData("1e9", null)]
    [InlineData("NaN", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public async Task The_pause_asked_for_is_read_in_every_form(string header, double? seconds)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 429 Slow\nRetry-After: {header}\nContent-Length: 0\nConnection: close\n\n");

        var answer = Assert.IsType<CallOutcome.Answered>(await CallAsync(_http, server.Address));

        Assert.Equal(seconds, answer.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task An_answer_without_end_is_left_unread_and_counts_as_lost()
    {
        await using var server = new RawServer(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
            while (true)
            {
                await stream.WriteAsync(new byte[64 * 1024], cancellationToken);
            }
        });

        AssertLost("channel.unreadable", await CallAsync(_http, server.Address));
    }

    [Fact]
    public async Task Without_an_answer_in_time_it_counts_as_lost()
    {
        await using var silent = new RawServer((_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        await using var halting = new RawServer(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray(), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        using var hasty = New(TestOutgoing.Default, TimeSpan.FromMilliseconds(300));

        AssertLost("channel.no-answer", await CallAsync(hasty, silent.Address));
        AssertLost("channel.no-answer", await CallAsync(hasty, halting.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task An_answer_that_breaks_off_counts_as_lost(string beginning)
    {
        await using var reset = new RawServer(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellationToken);
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
        });
        await using var closed = RawServer.Answering(beginning);

        AssertLost("channel.broke-off", await CallAsync(_http, reset.Address));
        AssertLost("channel.broke-off", await CallAsync(_http, closed.Address));
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_was_sent()
    {
        var server = RawServer.Answering("");
        var address = server.Address;
        await server.DisposeAsync();

        AssertNotSent("channel.unreachable", await CallAsync(_http, address));
    }

    [Fact]
    public async Task A_name_nobody_knows_was_sent_nothing()
    {
        using var http = New(TestOutgoing.With(new ScriptedResolver()));

        AssertNotSent("channel.unresolved", await CallAsync(http, new Uri("http://nowhere.test/")));
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    public async Task A_forbidden_destination_was_sent_nothing(string address, bool allowPrivate)
    {
        using var http = New(TestOutgoing.With(new ScriptedResolver().Answers("messenger.test", address), allowPrivate));

        var outcome = await CallAsync(http, new Uri("http://messenger.test/"));

        AssertNotSent("channel.forbidden-address", outcome);
        Assert.DoesNotContain(address, $"{outcome}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_given_up_says_so()
    {
        await using var silent = new RawServer((_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        given.CancelAfter(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _http.CallAsync("Test", new HttpRequestMessage(HttpMethod.Get, silent.Address), given.Token));
    }

    [Fact]
    public async Task A_file_is_opened_where_the_operator_leads()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\nContent-Length: 3\nConnection: close\n\n", [1, 2, 3]);

        await using var file = await DownloadAsync(server.Address, isConfigured: true);
        var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Cancel);

        Assert.Equal([1, 2, 3], bytes.ToArray());
    }

    [Fact]
    public async Task Every_server_is_told_who_asks()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\nContent-Length: 3\nConnection: close\n\n", [1, 2, 3]);

        await CallAsync(_http, server.Address);
        await using var file = await DownloadAsync(server.Address, isConfigured: true);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Contains("\r\nUser-Agent: Assistant/1.0\r\n", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_named_in_a_message_never_leads_into_the_private_network()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\nContent-Length: 3\nConnection: close\n\n", [1, 2, 3]);

        var fault = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => DownloadAsync(server.Address, isConfigured: false));

        Assert.Equal("channel.files-unreachable", fault.Reason.FirstCode);
    }

    [Theory]
    [InlineData(202, AttachmentFault.Passing)]
    [InlineData(302, AttachmentFault.Final)]
    [InlineData(404, AttachmentFault.Final)]
    [InlineData(429, AttachmentFault.Passing)]
    [InlineData(503, AttachmentFault.Passing)]
    public async Task A_file_that_is_not_handed_out_says_whether_to_ask_again(int status, AttachmentFault expected)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 {status} No\nLocation: http://elsewhere.test/\nContent-Length: 0\nConnection: close\n\n");

        var fault = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => DownloadAsync(server.Address, isConfigured: true));

        Assert.Equal((expected, "channel.file-gone"), (fault.Fault, fault.Reason.FirstCode));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task A_redirect_leads_neither_into_the_private_network_nor_anywhere_else_than_the_web(string elsewhere)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 307 There\nLocation: {elsewhere}\nContent-Length: 0\nConnection: close\n\n");

        await Assert.ThrowsAsync<AttachmentUnavailableException>(
            () => _http.DownloadElsewhereAsync("Test", new HttpRequestMessage(HttpMethod.Get, server.Address), Cancel));
    }

    [Fact]
    public async Task A_connection_whose_calls_hang_keeps_no_socket_from_another_on_the_same_server()
    {
        var isHanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = RawServer.HangingOnce("HTTP/1.1 204 No Content\n\n", [], isHanging.SetResult);
        using var http = New(TestOutgoing.Default, sockets: 1);
        var hanging = CallAsync(http.Of(new ConnectionId("one")), server.Address);
        await isHanging.Task.WaitAsync(Cancel);

        var answer = await CallAsync(http.Of(new ConnectionId("two")), server.Address);

        Assert.IsType<CallOutcome.Answered>(answer);
        Assert.False(hanging.IsCompleted);
        Assert.Same(http.Of(new ConnectionId("one")), http.Of(new ConnectionId("one")));
    }

    private static MessengerHttp New(OutgoingHttp outgoing, TimeSpan? timeout = null, int sockets = 64)
        => new(
            outgoing, Options.Create(new CallOptions { CallTimeout = timeout ?? TimeSpan.FromSeconds(10), MaxConnectionsPerServer = sockets }), new FakeTimeProvider(Now));

    private static Task<CallOutcome> CallAsync(MessengerHttp http, Uri address)
        => http.CallAsync("Test", new HttpRequestMessage(HttpMethod.Get, address), Cancel);

    private Task<Stream> DownloadAsync(Uri address, bool isConfigured)
        => _http.DownloadAsync("Test", new HttpRequestMessage(HttpMethod.Get, address), isConfigured, Cancel);

    private static void AssertLost(string code, CallOutcome outcome) => Assert.Equal(code, Assert.IsType<CallOutcome.Lost>(outcome).Reason.FirstCode);

    private static void AssertNotSent(string code, CallOutcome outcome) => Assert.Equal(code, Assert.IsType<CallOutcome.NotSent>(outcome).Reason.FirstCode);
}
