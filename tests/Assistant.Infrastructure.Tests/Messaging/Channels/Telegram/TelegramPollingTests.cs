using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Telegram;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramPollingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_confirmed_before_it_is_stored()
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Say(5001, "one");
        rig.Emulator.Say(5002, "two");
        rig.Gateway.FailNext();

        await rig.StartAsync(Cancel);

        Assert.IsType<IOException>(await rig.WaitForEndAsync());
        Assert.Equal(2, rig.Emulator.UnconfirmedUpdates);
        Assert.Null(rig.Host.Cursor);
    }

    [Fact]
    public async Task A_batch_is_offered_in_order_before_any_commit_ends()
    {
        await using var rig = await TelegramRig.NewAsync();
        for (var i = 0; i < 90; i++)
        {
            rig.Emulator.Say(5001 + i % 7, $"{i:00}");
        }

        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(90, Cancel);

        Assert.Equal(Enumerable.Range(0, 90).Select(i => $"{i:00}"), rig.Gateway.Offered.Select(m => ((InboundContent.Said)m.Content).Text));
    }

    [Fact]
    public async Task A_webhook_left_behind_is_removed()
    {
        await using var rig = await TelegramRig.NewAsync();
        await PostAsync(rig, "setWebhook", "{\"url\":\"http://127.0.0.1:9/old\"}");

        await rig.StartAsync(Cancel);
        await rig.SayAsync(5001, "hello");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Null(rig.Emulator.WebhookUrl);
    }

    [Fact]
    public async Task A_conflict_right_after_a_restart_is_no_alarm()
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Fail("getUpdates", new TelegramFault.Error(409, "Conflict: terminated by other getUpdates request"));

        await rig.StartAsync(Cancel);

        Assert.DoesNotContain(rig.Host.Reports, r => r.State == ConnectionState.Degraded);
        Assert.False(rig.HasEnded);
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public async Task A_conflict_that_lasts_is_reported_in_plain_words()
    {
        await using var rig = await TelegramRig.NewAsync(configure: o => o.ConflictPatience = TimeSpan.Zero, pollSeconds: 0);
        rig.Emulator.Fail("getUpdates", Enumerable.Repeat<TelegramFault>(new TelegramFault.Error(409, "Conflict: terminated by other getUpdates request"), 2).ToArray());

        await rig.StartAsync(Cancel);

        Assert.Contains(rig.Host.Reports, r => r.State == ConnectionState.Degraded && r.Detail == Phrase.Of("telegram.conflict"));
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public async Task Polls_that_succeed_between_two_conflicts_end_none()
    {
        var time = new FakeTimeProvider();
        await using var rig = await TelegramRig.NewAsync(time: time);
        await rig.StartAsync(Cancel);

        await ConflictAsync();
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
        time.Advance(TimeSpan.FromSeconds(31));
        await ConflictAsync();

        Assert.Equal((ConnectionState.Degraded, Phrase.Of("telegram.conflict")), rig.Host.Reports[^1]);
        time.Advance(TimeSpan.FromSeconds(60));
        await rig.SayAsync(5001, "in peace");
        await rig.Gateway.WaitAsync(5, Cancel);
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);

        // A busy bot: what is polled for is there before and after the conflict.
        async Task ConflictAsync()
        {
            var received = rig.Gateway.Stored.Count;
            rig.Emulator.Fail("getUpdates", new TelegramFault.Error(409, "Conflict: terminated by other getUpdates request"));
            await rig.SayAsync(5001, "before");
            await AdvanceUntilAsync(time, () => rig.Gateway.Stored.Count == received + 1);
            await rig.SayAsync(5001, "after");
            await AdvanceUntilAsync(time, () => rig.Gateway.Stored.Count == received + 2);
        }
    }

    [Fact]
    public async Task One_of_an_album_is_answered_whichever_way_it_is_cut()
    {
        await using var rig = await TelegramRig.NewAsync();
        SendPicture(rig, 5001, "a1");
        SendPicture(rig, 5001, "a1", "what is this?");
        SendPicture(rig, 5002, "a1");
        SendPicture(rig, 5001, "a2");
        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(4, Cancel);

        SendPicture(rig, 5001, "a1");
        SendPicture(rig, 5001, "a2");
        SendPicture(rig, 5001, "a1", "and this?");
        await rig.SayAsync(5001, "text");
        var stored = await rig.Gateway.WaitAsync(8, Cancel);

        Assert.Equal([false, true, true, true, false, false, true, true], stored.Select(m => m.IsAddressed));
        Assert.Equal(8, stored.Select(m => m.ExternalMessageId).Distinct().Count());
    }

    [Fact]
    public async Task An_album_that_comes_again_is_answered_as_before()
    {
        await using var rig = await TelegramRig.NewAsync();
        SendPicture(rig, 5001, "a1");
        SendPicture(rig, 5001, "a1");
        rig.Gateway.FailNext();
        await rig.StartAsync(Cancel);
        Assert.IsType<IOException>(await rig.WaitForEndAsync());

        await rig.StartAsync(Cancel);

        Assert.Equal([true, false], (await rig.Gateway.WaitAsync(2, Cancel)).OrderBy(m => m.ExternalMessageId, StringComparer.Ordinal).Select(m => m.IsAddressed));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_fault_of_telegram_is_survived(int code)
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Fail("getUpdates", code == 429 ? TelegramFault.TooMany(1) : new TelegramFault.Error(code, "Internal Server Error"), new TelegramFault.Cut(false));

        await rig.StartAsync(Cancel);
        await rig.SayAsync(5001, "hello");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal(ConnectionState.Up, rig.Host.Reports[^1].State);
    }

    [Fact]
    public async Task A_wrong_token_ends_the_session_and_says_so()
    {
        await using var rig = await TelegramRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection with { Settings = rig.WrongSettings });

        var fault = await Record.ExceptionAsync(() => session.RunAsync(rig.Host, Cancel));

        Assert.Equal(Phrase.Of("telegram.token-refused"), Assert.IsType<PhrasedException>(fault).Reason);
    }

    [Theory]
    [InlineData("""{"message_id":"not a number"}""")]
    [InlineData("""{"message_id":1,"date":-99999999999999,"chat":{"id":5001,"type":"private"},"text":"long ago"}""")]
    [InlineData("""{"message_id":1,"date":99999999999999,"chat":{"id":5001,"type":"private"},"text":"far off"}""")]
    public async Task An_update_that_cannot_be_read_does_not_stop_the_others(string message)
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Say(5001, "before");
        rig.Emulator.Inject(new JsonObject { ["message"] = JsonNode.Parse(message) });
        rig.Emulator.Say(5001, "after");

        await rig.StartAsync(Cancel);

        Assert.Equal(["before", "after"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(m => ((InboundContent.Said)m.Content).Text));
    }

    [Theory]
    [InlineData("-8", true)]
    [InlineData("-1", false)]
    public async Task An_old_offset_is_not_used_after_update_ids_may_have_started_again(string days, bool received)
    {
        await using var rig = await TelegramRig.NewAsync();
        var at = TimeProvider.System.GetUtcNow().AddDays(double.Parse(days, System.Globalization.CultureInfo.InvariantCulture));
        rig.Host.Cursor = $"900000@{at.ToUnixTimeSeconds()}";
        rig.Emulator.Say(5001, "numbered lower");

        await rig.StartAsync(Cancel);
        await rig.Emulator.WaitAsync(e => e.Calls.Count(c => c.Method == "getUpdates") >= 2, Cancel);

        Assert.Equal(received ? 1 : 0, rig.Gateway.Stored.Count);
    }

    [Theory]
    [InlineData("7000/", false)]
    [InlineData("222/", true)]
    [InlineData("70/", true)]
    [InlineData("", false)]
    public async Task Another_bots_offset_is_not_used(string bot, bool received)
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Host.Cursor = $"{bot}900000@{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        rig.Emulator.Say(5001, "numbered lower");

        await rig.StartAsync(Cancel);
        await rig.Emulator.WaitAsync(e => e.Calls.Count(c => c.Method == "getUpdates") >= 2, Cancel);

        Assert.Equal(received ? 1 : 0, rig.Gateway.Stored.Count);
    }

    [Fact]
    public async Task The_offset_is_stored_with_its_bot()
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Say(5001, "hello");

        await rig.StartAsync(Cancel);
        await rig.Emulator.WaitAsync(e => e.Calls.Count(c => c.Method == "getUpdates") >= 2, Cancel);

        Assert.StartsWith($"{rig.Emulator.BotId}/", rig.Host.Cursor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_waited_is_looked_for_under_its_former_id_and_every_edit()
    {
        await using var rig = await TelegramRig.NewAsync();
        rig.Emulator.Say(5001, "waited");
        await rig.StartAsync(Cancel);
        var waited = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        await rig.Emulator.WaitAsync(e => e.Calls.Count(c => c.Method == "getUpdates") >= 2, Cancel);

        await rig.SayAsync(5001, "said now");
        await rig.EditLastAsync(5001, "edited");

        var later = await rig.Gateway.WaitAsync(3, Cancel);
        Assert.Equal(new FormerId($"5001:{waited.ExternalMessageId.Split(':')[1]}", rig.Connection.UpdatedAt), waited.Former);
        Assert.Equal([false, true], later.Skip(1).Select(m => m.Former is not null));
    }

    [Fact]
    public async Task A_press_is_answered_after_it_is_stored_even_when_the_answer_fails()
    {
        await using var rig = await TelegramRig.NewAsync();
        await rig.StartAsync(Cancel);
        var question = rig.Emulator.Show(5001, "Approve?");
        rig.Emulator.Fail("answerCallbackQuery", new TelegramFault.Error(400, "Bad Request: query is too old"));

        rig.Emulator.Press(5001, question.Id, "yes");
        var second = rig.Emulator.Press(5001, question.Id, "no");

        Assert.Equal(2, (await rig.Gateway.WaitAsync(2, Cancel)).Count);
        await rig.Emulator.WaitAsync(e => e.Calls.Any(c => c.Method == "answerCallbackQuery" && (string?)c.Parameters["callback_query_id"] == second), Cancel);
    }

    private static void SendPicture(TelegramRig rig, long person, string album, string? caption = null) => rig.Emulator.Say(person, "", message =>
    {
        message.Remove("text");
        message["media_group_id"] = album;
        message["photo"] = new JsonArray(new JsonObject { ["file_id"] = "p", ["file_unique_id"] = "p", ["width"] = 1, ["height"] = 1 });
        if (caption is not null)
        {
            message["caption"] = caption;
        }
    });

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(5), end.Token);
        }
    }

    private static async Task PostAsync(TelegramRig rig, string method, string json)
    {
        using var http = new HttpClient();
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"{rig.Emulator.BaseUrl}/bot{rig.Emulator.Token}/{method}"), content, Cancel);
        response.EnsureSuccessStatusCode();
    }
}
