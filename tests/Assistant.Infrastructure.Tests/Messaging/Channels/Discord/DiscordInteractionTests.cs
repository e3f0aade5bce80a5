using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Testing;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;
using Assistant.Testing.Discord;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Discord;

/// <summary>Presses and commands that come over the gateway: answered in time, and after they are stored.</summary>
public sealed class DiscordInteractionTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_press_is_acknowledged_in_time_and_after_it_is_stored()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        await SendAsync(rig, new MessageBody("Which?", [new("Yes", "yes")]));

        var id = rig.Emulator.Press(Ann, "yes");

        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        Assert.Equal(6, rig.Emulator.Answers[id]);
        Assert.Equal(new InboundContent.Pressed("yes", "Yes"), Assert.Single(rig.Gateway.Stored).Content);
        Assert.Equal(0, rig.Emulator.LateAnswers);
    }

    [Fact]
    public async Task The_answer_to_a_command_stands_where_it_is_waited_for()
    {
        await using var rig = await DiscordRig.NewAsync(null, KeyValuePair.Create("command", "Ask"));
        await rig.StartAsync(Cancel);
        Assert.Equal("question", (string?)Assert.Single(rig.Emulator.Commands["ask"]["options"]!.AsArray())!["name"]);

        var id = rig.Emulator.Use(Ann, "ask", "what is due today?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        var message = NewMessage(rig, new MessageBody("**Nothing.**")) with { ReplyToExternalId = asked.ExternalMessageId };
        rig.Emulator.Fail("fill", new DiscordFault.Cut());
        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));
        var first = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));
        var second = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(NewMessage(rig, new MessageBody("And tomorrow?")), Cancel));

        Assert.Equal(("what is due today?", "zh-CN", 5), (Text(asked), asked.Sender.Locale, rig.Emulator.Answers[id]));
        Assert.Equal([("**Nothing.**", first.ExternalId), ("And tomorrow?", second.ExternalId)], rig.Emulator.Shown.Select(shown => (shown.Text, shown.Id)));
        Assert.DoesNotContain("post", rig.Emulator.Calls.SkipLast(1));
        Assert.All(rig.Emulator.Shown, shown => Assert.Equal(4, (int)shown.Post["flags"]!));
    }

    [Fact]
    public async Task A_turn_says_which_command_its_answer_is_for()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var id = rig.Emulator.Use(Ann, "ask", "what is due today?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));

        await AnswerAsync(rig, asked);

        Assert.Equal("Hello.", Assert.Single(rig.Emulator.Shown).Text);
        Assert.Contains("fill", rig.Emulator.Calls);
        Assert.DoesNotContain("post", rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_turn_answers_an_ordinary_message_by_a_message()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        await rig.SayInGroupAsync(Ann, "what is due today?", isMention: true);
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];

        await AnswerAsync(rig, asked);

        Assert.Null(Assert.Single(rig.Emulator.Shown).Post["message_reference"]);
    }

    [Theory]
    [InlineData("**Nothing.**", 1)]
    [InlineData("The second part of a long answer.", 2)]
    public async Task An_answer_that_was_filled_in_before_a_crash_is_found_and_not_shown_again(string text, int shown)
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var id = rig.Emulator.Use(Ann, "ask", "what is due today?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        var message = NewMessage(rig, new MessageBody("**Nothing.**")) with { ReplyToExternalId = asked.ExternalMessageId };
        var first = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message, Cancel));
        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        var again = Assert.IsType<SendOutcome.Delivered>(
            await rig.Session.SendAsync(message with { Id = Guid.CreateVersion7(), Body = new MessageBody(text), Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal(shown, rig.Emulator.Shown.Count);
        Assert.Equal(shown == 1, first.ExternalId == again.ExternalId);
    }

    [Fact]
    public async Task What_still_shows_that_it_is_thought_about_is_answered_by_a_message()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var id = rig.Emulator.Use(Ann, "ask", "what is due today?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(
            NewMessage(rig, new MessageBody("Nothing.")) with { ReplyToExternalId = asked.ExternalMessageId, Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal("Nothing.", Assert.Single(rig.Emulator.Shown).Text);
    }

    [Fact]
    public async Task A_command_nobody_waits_for_any_more_is_answered_by_a_message()
    {
        await using var rig = await DiscordRig.NewAsync();
        await rig.StartAsync(Cancel);
        var id = rig.Emulator.Use(Ann, "ask", "still there?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        rig.Emulator.Fail("fill", new DiscordFault.Refusal(401, 50027, "Invalid Webhook Token"));

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(NewMessage(rig, new MessageBody("Yes.")) with { ReplyToExternalId = asked.ExternalMessageId }, Cancel));

        Assert.Equal("Yes.", Assert.Single(rig.Emulator.Shown).Text);
        Assert.Null(rig.Emulator.Shown[0].Post["message_reference"]);
    }

    [Theory]
    [InlineData(true, "管理员")]
    [InlineData(false, "不回答")]
    public async Task A_command_that_is_not_let_in_says_so_to_them_alone(bool isPairing, string words)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Gateway.TurnsAwayWith = isPairing ? new GatewayOutcome.PairingRequired() : new GatewayOutcome.Refused(Phrase.Of("access.blocked"));
        await rig.StartAsync(Cancel);

        foreach (var id in new[] { rig.Emulator.Use(Ann, "ask", "let me in"), rig.Emulator.Use(Ann, "ask", "once more") })
        {
            await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
            Assert.Equal((4, 64), (rig.Emulator.Answers[id], (int)rig.Emulator.AnsweredWith[id]["flags"]!));
            Assert.Contains(words, (string)rig.Emulator.AnsweredWith[id]["content"]!, StringComparison.Ordinal);
        }

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(
            rig, new MessageBody("Your code is 7."), DiscordIds.OfCommand(rig.Emulator.Answers.Keys.Max()!)));
        Assert.DoesNotContain("fill", rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_command_where_nothing_is_answered_says_so_to_them_alone()
    {
        await using var rig = await DiscordRig.NewAsync(null, KeyValuePair.Create("groups", "never"));
        await rig.StartAsync(Cancel);
        var command = rig.Emulator.NewCommand(Ann, "ask", "anybody?");
        (command["guild_id"], command["channel_id"], command["channel"], command["locale"]) = (DiscordEmulator.Guild, DiscordEmulator.Group, null, "en-GB");

        var id = rig.Emulator.Tell(command);

        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        Assert.Equal((4, 64), (rig.Emulator.Answers[id], (int)rig.Emulator.AnsweredWith[id]["flags"]!));
        Assert.Contains("does not answer", (string)rig.Emulator.AnsweredWith[id]["content"]!, StringComparison.Ordinal);
        Assert.False(Assert.Single(rig.Gateway.Stored).IsAddressed);
    }

    [Theory]
    [InlineData("en-GB", "A person has taken over")]
    [InlineData("zh-CN", "人工接管")]
    public async Task A_command_where_people_answer_says_so_to_them_alone(string locale, string words)
    {
        await using var rig = await DiscordRig.NewAsync();
        rig.Gateway.IsHeld = true;
        await rig.StartAsync(Cancel);
        var command = rig.Emulator.NewCommand(Ann, "ask", "anybody?");
        command["locale"] = locale;

        var id = rig.Emulator.Tell(command);

        await DiscordRig.UntilAsync(() => rig.Emulator.Answers.ContainsKey(id));
        Assert.Equal((4, 64), (rig.Emulator.Answers[id], (int)rig.Emulator.AnsweredWith[id]["flags"]!));
        Assert.Contains(words, (string)rig.Emulator.AnsweredWith[id]["content"]!, StringComparison.Ordinal);

        // What the person says then is a message like any other.
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("Anna here."), DiscordIds.OfCommand(id)));
        Assert.DoesNotContain("fill", rig.Emulator.Calls);
    }

    [Fact]
    public async Task An_answer_that_is_quicker_than_the_acknowledgement_waits_for_it()
    {
        await using var rig = await DiscordRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var command = rig.Emulator.NewCommand(Ann, "ask", "quick?");
        await ((IWebhookReceiver)session).ReceiveAsync(DiscordRig.Signed(command), rig.Gateway, Cancel);
        var message = NewMessage(rig, new MessageBody("Quick.")) with { ReplyToExternalId = rig.Gateway.Stored[0].ExternalMessageId };

        var early = await session.SendAsync(message, Cancel);
        rig.Emulator.Answers[(string)command["id"]!] = 5; // Discord has read what the callback was answered
        var late = await session.SendAsync(message with { Attempt = 2 }, Cancel);

        var pause = Assert.IsType<SendOutcome.RetryAfter>(early);
        Assert.Equal(TimeSpan.FromSeconds(1), pause.Delay);
        Assert.Equal(PauseScope.Chat, pause.Scope);
        Assert.IsType<SendOutcome.Delivered>(late);
        Assert.Equal(["fill", "fill"], rig.Emulator.Calls);
    }

    /// <summary>Has a turn answer what was asked, and shows what it hands to the senders.</summary>
    private static async Task AnswerAsync(DiscordRig rig, InboundMessage asked)
    {
        var (ports, line, outbox) = (await MemoryPorts.OpenAsync(), new QuietLine { Manifest = rig.Channel.Manifest, Running = rig.Connection }, new HandedOver());
        await ports.Tenants.EnsureAsync(rig.Connection.Tenant, "Home", Cancel);
        var audit = new AuditDraft(
            rig.Connection.Tenant, ports.Clock.GetUtcNow(), Actor.System, AuditActions.ConnectionSaved, "connection/discord", "local", AuditDraft.NoDetails);
        await ports.Connections.PutAsync(rig.Connection, audit, Cancel);
        var stored = await ports.Inbox.StoreAsync(
            rig.Connection, asked, sender => AccessRules.Decide(rig.Connection.Access, sender.Standing, "en", ports.Clock.GetUtcNow()), Cancel);
        var processor = new TurnProcessor(
            ports.Turns, ports.Recall, new ScriptedReplies(), line, line, ports.Connections, outbox, new InMemoryLiveFeed(), TurnLimits.Default, ports.Clock);

        await processor.ProcessNextAsync(Assert.IsType<InboxOutcome.Stored>(stored).Conversation, Cancel);

        var row = Assert.Single(outbox.Rows).Claimed!;
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(
            new OutboundMessage(row.Id, row.Connection, row.Chat, row.Body, row.ReplyToExternalId, row.Attempts, row.MayRepeat), Cancel));
    }

    private static OutboundMessage NewMessage(DiscordRig rig, MessageBody body)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), body, null, 1, false);

    private static Task<SendOutcome> SendAsync(DiscordRig rig, MessageBody body, string? answers = null)
        => rig.Session.SendAsync(NewMessage(rig, body) with { ReplyToExternalId = answers }, Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}
