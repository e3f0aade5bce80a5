using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Discord;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

public sealed class DiscordGatewayTests
{
    private const int Ann = 5001;
    private const int Bob = 5002;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cut")]
    [InlineData("reconnect")]
    [InlineData("invalid")]
    [InlineData("closed")]
    public async Task A_line_that_ends_is_opened_again_and_nothing_is_lost(string how)
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        End(rig.Emulator, how);
        rig.Emulator.Say(Ann, "meanwhile");
        await DiscordRig.UntilAsync(() => rig.Emulator.Resumes == 1 && rig.Emulator.OpenLines == 1);
        rig.Emulator.Say(Ann, "after");

        Assert.Equal(["before", "meanwhile", "after"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
        Assert.Equal(1, rig.Emulator.Identifies);
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task A_line_that_answers_no_beat_is_dead_and_its_session_goes_on()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.HeartbeatInterval = TimeSpan.FromMilliseconds(150);
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        rig.Emulator.Mute(true);
        await DiscordRig.UntilAsync(() => rig.Emulator.Resumes >= 1);
        rig.Emulator.Mute(false);
        rig.Emulator.Say(Ann, "after");

        Assert.Equal(["before", "after"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.Equal(1, rig.Emulator.Identifies);
    }

    [Fact]
    public async Task Beats_name_the_last_event_that_is_stored()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "one");
        await rig.Gateway.WaitAsync(1, Cancel);

        await DiscordRig.UntilAsync(() => rig.Emulator.Beats.Contains(3)); // READY, the server, the message
    }

    [Fact]
    public async Task A_beat_that_is_asked_for_is_given_at_once()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.AskBeat();

        await DiscordRig.UntilAsync(() => rig.Emulator.Beats.Count > 0);
    }

    [Fact]
    public async Task A_session_that_is_forgotten_leaves_no_gap()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "hello");
        rig.Emulator.SayInGroup(Bob, "everybody?", isMention: true);
        await rig.Gateway.WaitAsync(2, Cancel);

        rig.Emulator.ForgetSessions();
        rig.Emulator.Say(Ann, "missed in private");
        rig.Emulator.SayInGroup(Bob, "missed on the server", isMention: true);
        rig.Emulator.CutLines();
        await DiscordRig.UntilAsync(() => rig.Emulator.Identifies == 2 && rig.Emulator.OpenLines == 1);
        rig.Emulator.Say(Ann, "after");

        var stored = await rig.Gateway.WaitAsync(5, Cancel);
        Assert.Equal(["after", "everybody?", "hello", "missed in private", "missed on the server"], stored.Select(Text).Order(StringComparer.Ordinal));
        Assert.Equal(["hello", "missed in private", "after"], stored.Where(m => !m.Chat.IsGroup).Select(Text));
        Assert.All(stored.Where(m => m.Chat.IsGroup), message => Assert.True(message.IsAddressed));
    }

    [Fact]
    public async Task A_long_gap_is_read_page_by_page_and_in_order()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "message 000");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();

        rig.Emulator.ForgetSessions();
        for (var i = 1; i <= 230; i++)
        {
            rig.Emulator.Say(Ann, $"message {i:000}");
        }

        rig.Emulator.Fail("list", new DiscordFault.Flood(0.05));
        await rig.StartAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 231).Select(i => $"message {i:000}"), (await rig.Gateway.WaitAsync(231, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_gap_that_cannot_be_read_now_is_read_later()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "before");
        rig.Emulator.SayInGroup(Bob, "before too", isMention: false);
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();

        rig.Emulator.ForgetSessions();
        rig.Emulator.Say(Ann, "missed");
        rig.Emulator.SayInGroup(Bob, "missed too", isMention: false);
        rig.Emulator.Fail("list", new DiscordFault.Answer(500, ""));
        await rig.StartAsync(Cancel);
        Assert.Equal("channel.own-fault", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
        await rig.StartAsync(Cancel);

        Assert.Equal(["before", "before too", "missed", "missed too"], (await rig.Gateway.WaitAsync(4, Cancel)).Select(Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_chat_that_cannot_be_read_at_all_keeps_no_other_waiting()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Bob, "read");
        rig.Emulator.Say(Ann, "left out");
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();

        rig.Emulator.ForgetSessions();
        rig.Emulator.Say(Bob, "missed");
        rig.Emulator.Fail("list", new DiscordFault.Refusal(400, 50024, "Cannot execute action on this channel type"));
        await rig.StartAsync(Cancel);

        Assert.Equal("missed", Text((await rig.Gateway.WaitAsync(3, Cancel))[2]));
    }

    [Fact]
    public async Task A_crash_between_two_servers_reads_the_gap_again()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.SayInGroup(Bob, "before", isMention: true);
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();
        rig.Emulator.ForgetSessions();
        rig.Emulator.SayInGroup(Bob, "missed", isMention: true);

        rig.Gateway.FailNext();
        await rig.StartAsync(Cancel);
        Assert.IsType<IOException>(await rig.WaitForEndAsync());
        rig.Emulator.ForgetSessions();
        await rig.StartAsync(Cancel);

        Assert.Equal(["before", "missed"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    [Fact]
    public async Task An_old_cursor_repeats_what_is_known_and_loses_nothing()
    {
        await using var rig = await DiscordRig.NewAsync(options => options.CursorInterval = TimeSpan.FromMinutes(10));
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "first"); // a new chat is written down at once
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Host.LosesCursor = true;
        rig.Emulator.Say(Ann, "second");
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();
        rig.Emulator.Say(Ann, "third");

        await rig.StartAsync(Cancel);

        Assert.Equal(["first", "second", "third"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
        Assert.Equal((1, 1), (rig.Emulator.Identifies, rig.Emulator.Resumes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"session":"gone","resume":"wss://elsewhere.test","seq":7,"last":"1","direct":["1300000000000005001"]}""")]
    [InlineData("""{"session":"","seq":-1,"last":"x","direct":[null,"x"]}""")]
    public async Task Any_cursor_leads_to_a_session(string cursor)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Host.Cursor = cursor;

        await rig.StartAsync(Cancel);
        if (cursor.Contains("elsewhere", StringComparison.Ordinal))
        {
            // The token goes to Discord only.
            Assert.Equal("channel.forbidden-address", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
            return;
        }

        rig.Emulator.Say(Ann, "hello");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
    }

    [Theory]
    [InlineData(4004, "channel.sign-in-refused")]
    [InlineData(4010, "channel.refuses")]
    [InlineData(4011, "discord.too-large")]
    [InlineData(4014, "discord.intent-missing")]
    public async Task Some_ends_only_a_person_can_mend(int code, string reason)
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.CloseLines(code);

        Assert.Equal(reason, Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Theory]
    [InlineData(4007)]
    [InlineData(4009)]
    [InlineData(1000)]
    public async Task Some_ends_begin_a_new_session(int code)
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.CloseLines(code);
        await DiscordRig.UntilAsync(() => rig.Emulator.Identifies == 2 && rig.Emulator.OpenLines == 1);
        rig.Emulator.Say(Ann, "hello");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal(0, rig.Emulator.Resumes);
    }

    [Fact]
    public async Task An_intent_that_is_switched_off_is_said_so()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.AllowsMessageContent = false;

        await rig.StartAsync(Cancel);

        Assert.Equal("discord.intent-missing", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task Without_the_intent_mentions_and_direct_chats_are_read()
    {
        await using var rig = await DiscordRig.NewAsync(null, KeyValuePair.Create("readAll", "false"));
        rig.Emulator.AllowsMessageContent = false;
        await rig.StartAsync(Cancel);

        rig.Emulator.SayInGroup(Bob, "nobody hears this", isMention: false);
        rig.Emulator.SayInGroup(Bob, "you hear this", isMention: true);
        rig.Emulator.Say(Ann, "and this");

        Assert.Equal(["you hear this", "and this"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    [Fact]
    public async Task No_session_is_begun_when_none_is_left_for_today()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.StartsLeft = 0;

        await rig.StartAsync(Cancel);

        Assert.Equal("discord.too-many-starts", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
        Assert.Equal(0, rig.Emulator.Identifies);
    }

    [Fact]
    public async Task The_gateway_is_discords_only()
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Emulator.GatewayAddress = "wss://elsewhere.test";

        await rig.StartAsync(Cancel);

        Assert.Equal("channel.forbidden-address", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
    }

    [Fact]
    public async Task A_deletion_in_private_names_the_person_also_after_a_restart()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(Ann, "never mind");
        var said = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.DeleteLast(Ann);

        var deleted = (await rig.Gateway.WaitAsync(2, Cancel))[1];
        Assert.IsType<InboundContent.Deleted>(deleted.Content);
        Assert.Equal((said.Sender, said.ExternalMessageId), (deleted.Sender, deleted.ExternalMessageId));
    }

    [Fact]
    public async Task On_a_server_a_deletion_by_nobody_known_is_left_alone()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var known = rig.Emulator.SayInGroup(Bob, "known", isMention: true);
        await rig.Gateway.WaitAsync(1, Cancel);

        rig.Emulator.Tell("MESSAGE_DELETE_BULK", new() { ["ids"] = new System.Text.Json.Nodes.JsonArray("77", (string)known["id"]!), ["channel_id"] = DiscordEmulator.Group, ["guild_id"] = DiscordEmulator.Guild });
        rig.Emulator.Say(Ann, "still here");

        var stored = await rig.Gateway.WaitAsync(3, Cancel);
        Assert.Equal((string)known["id"]!, stored[1].ExternalMessageId);
        Assert.IsType<InboundContent.Deleted>(stored[1].Content);
        Assert.Equal("still here", Text(stored[2]));
    }

    private static void End(DiscordEmulator emulator, string how)
    {
        switch (how)
        {
            case "cut":
                emulator.CutLines();
                break;
            case "reconnect":
                emulator.AskReconnect();
                break;
            case "invalid":
                emulator.Invalidate(isResumable: true);
                break;
            default:
                emulator.CloseLines(4000);
                break;
        }
    }

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}
