using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Tests.Messaging.Calls;
using Assistant.Infrastructure.Tests.Outgoing;
using Microsoft.Extensions.Options;
using Telegram.Bot;
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
        var settings = TelegramSettings.Read(new SettingValues(new Dictionary<string, string> { ["token"] = "1234:token", ["apiBaseUrl"] = server.Address.ToString() }));
        var hanging = http.Of(new ConnectionId("one")).NewClient(settings).GetMe(Cancel);
        await isHanging.Task.WaitAsync(Cancel);

        var bot = await http.Of(new ConnectionId("two")).NewClient(settings).GetMe(Cancel).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);

        Assert.Equal(1, bot.Id);
        Assert.False(hanging.IsCompleted);
    }
}
