using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Tests.Messaging.Calls;
using Assistant.Infrastructure.Tests.Outgoing;
using Microsoft.Extensions.Options;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramHttpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bot_whose_calls_hang_keeps_no_socket_from_another()
    {
        var isHanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var me = """{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bot"}}"""u8.ToArray();
        await using var server = RawServer.HangingOnce($"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {me.Length}\n\n", me, isHanging.SetResult);
        using var http = new TelegramHttp(TestOutgoing.Default, Options.Create(new TelegramOptions { MaxConnections = 1, CallTimeout = TimeSpan.FromMinutes(5) }));
        var settings = SettingsFor(server);
        var hanging = http.Of(new ConnectionId("one")).NewClient(settings).GetMe(Cancel);
        await isHanging.Task.WaitAsync(Cancel);

        var bot = await http.Of(new ConnectionId("two")).NewClient(settings).GetMe(Cancel).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);

        Assert.Equal(1, bot.Id);
        Assert.False(hanging.IsCompleted);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read_to_its_end()
    {
        await using var server = Answering("""{"id":1,"is_bot":true,"first_name":"Bot"}""", 5 << 20);
        using var http = NewHttp();

        var failure = await Assert.ThrowsAsync<RequestException>(() => http.NewClient(SettingsFor(server)).GetMe(Cancel));

        Assert.Equal(HttpRequestError.ConfigurationLimitExceeded, Assert.IsType<HttpRequestException>(failure.InnerException).HttpRequestError);
    }

    [Fact]
    public async Task A_poll_may_bring_a_hundred_long_messages()
    {
        await using var server = Answering("[]", 40 << 20);
        using var http = NewHttp();

        Assert.Empty(await http.NewPollingClient(SettingsFor(server)).SendRequest(new GetUpdatesRequest(), Cancel));
    }

    [Fact]
    public async Task A_poll_that_is_too_large_is_not_read_to_its_end()
    {
        await using var server = Answering("[]", 65 << 20);
        using var http = NewHttp();

        await Assert.ThrowsAsync<RequestException>(() => http.NewPollingClient(SettingsFor(server)).SendRequest(new GetUpdatesRequest(), Cancel));
    }

    [Fact]
    public async Task A_file_is_bounded_by_whoever_fetches_it()
    {
        await using var server = Answering("true", 5 << 20);
        using var http = NewHttp();
        using var downloader = http.NewDownloader();

        Assert.True((await downloader.GetByteArrayAsync(server.Address, Cancel)).Length > 5 << 20);
    }

    private static TelegramHttp NewHttp() => new(TestOutgoing.Default, Options.Create(new TelegramOptions()));

    private static TelegramSettings SettingsFor(RawServer server)
        => TelegramSettings.Read(new SettingValues(new Dictionary<string, string> { ["token"] = "1234:token", ["apiBaseUrl"] = server.Address.ToString() }));

    /// <summary>Answers with this result and so many spaces in front of it.</summary>
    private static RawServer Answering(string result, int spaces)
    {
        var json = Encoding.ASCII.GetBytes($$"""{"ok":true,"result":{{result}}}""");
        var body = new byte[spaces + json.Length];
        body.AsSpan(0, spaces).Fill((byte)' ');
        json.CopyTo(body, spaces);
        return RawServer.Answering($"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {body.Length}\n\n", body);
    }
}
