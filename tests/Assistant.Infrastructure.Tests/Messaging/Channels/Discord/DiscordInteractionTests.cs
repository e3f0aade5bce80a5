using Assistant.Domain.Messaging;
using Assistant.Testing.Discord;
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

    private static OutboundMessage NewMessage(DiscordRig rig, MessageBody body)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), body, null, 1, false);

    private static Task<SendOutcome> SendAsync(DiscordRig rig, MessageBody body) => rig.Session.SendAsync(NewMessage(rig, body), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}
