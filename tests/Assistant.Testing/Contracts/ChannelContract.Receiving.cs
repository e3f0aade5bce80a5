using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

// What comes in: all of it, once, in order, and from whom.
public abstract partial class ChannelContract
{
    [Fact]
    public async Task What_somebody_says_reaches_the_gateway()
    {
        await using var rig = await StartAsync();

        await rig.SayAsync(Ann, "你好 👋 <b>&");

        var message = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal(rig.Connection.Id, message.Connection);
        Assert.Equal(rig.ChatOf(Ann).ExternalId, message.Chat.ExternalId);
        Assert.Equal("你好 👋 <b>&", Assert.IsType<InboundContent.Said>(message.Content).Text);
        Assert.True(message.IsAddressed);
        Assert.False(message.Sender.IsBot);
        Assert.NotEmpty(message.Sender.ExternalId);
        Assert.NotEmpty(message.Sender.DisplayName);
        Assert.NotEmpty(message.ExternalMessageId);
    }

    [Fact]
    public async Task Messages_of_a_chat_keep_their_order()
    {
        await using var rig = await StartAsync();
        for (var i = 0; i < 150; i++)
        {
            await rig.SayAsync(i % 3 == 0 ? Bob : Ann, $"message {i:000}");
        }

        var stored = await rig.Gateway.WaitAsync(150, Cancel);

        Assert.All(stored.GroupBy(m => m.Chat.ExternalId), chat => Assert.Equal(chat.Select(Text).Order(StringComparer.Ordinal), chat.Select(Text)));
        Assert.Equal(150, stored.Select(m => m.DedupeKey).Distinct().Count());
        Assert.All(stored.GroupBy(m => m.Chat.ExternalId), chat => Assert.Equal(chat.Count(), chat.Select(m => m.ExternalMessageId).Distinct().Count()));
    }

    [Fact]
    public async Task What_was_not_stored_is_delivered_again()
    {
        await using var rig = await StartAsync();
        rig.Gateway.FailNext();

        await rig.SayAsync(Ann, "precious");
        if (!await IsStoredSoonAsync(rig))
        {
            // The fault rose to the supervisor, which starts again.
            Assert.NotNull(await rig.WaitForEndAsync());
            await rig.StartAsync(Cancel);
        }

        var message = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.Equal("precious", Text(message));
        Assert.True(rig.Gateway.Offered.Count >= 2);
        Assert.Single(rig.Gateway.Offered.Select(m => m.DedupeKey).Distinct());

        async Task<bool> IsStoredSoonAsync(ChannelRig rig)
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            soon.CancelAfter(TimeSpan.FromSeconds(2));
            return await Record.ExceptionAsync(() => rig.Gateway.WaitAsync(1, soon.Token)) is null;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_loses_nothing_and_repeats_nothing(bool losesCursor)
    {
        await using var rig = await NewRigAsync();
        Assert.SkipWhen(rig.ForgetsWhileAway is not null, rig.ForgetsWhileAway ?? "");
        Assert.SkipWhen(losesCursor && rig.NeedsCursor is not null, rig.NeedsCursor ?? "");
        rig.Host.LosesCursor = losesCursor;
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        await rig.StopAsync();
        await rig.SayAsync(Ann, "meanwhile");
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "after");

        Assert.Equal(["before", "meanwhile", "after"], (await rig.Gateway.WaitAsync(3, Cancel)).Select(Text));
    }

    [Fact]
    public async Task Buttons_are_shown_and_come_back_when_pressed()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.Buttons), "The channel has no buttons.");
        await rig.SayAsync(Ann, "hello");
        var sent = await rig.Session.SendAsync(Message(rig, new MessageBody("Approve?", [new("Yes", "yes:1"), new("No", "no:1")])), Cancel);

        await rig.PressAsync(Ann, "no:1");

        var pressed = (await rig.Gateway.WaitAsync(2, Cancel))[1];
        Assert.Equal(new InboundContent.Pressed("no:1", "No"), pressed.Content);
        Assert.Equal(Assert.IsType<SendOutcome.Delivered>(sent).ExternalId, pressed.ExternalMessageId);
    }

    [Fact]
    public async Task An_edit_names_the_message_it_changes()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.InboundEdits), "The messenger reports no edits.");
        await rig.SayAsync(Ann, "frist");

        await rig.EditLastAsync(Ann, "first");
        await rig.EditLastAsync(Ann, "first!");

        var stored = await rig.Gateway.WaitAsync(3, Cancel);
        Assert.Equal(new InboundContent.Edited("first!"), stored[2].Content);
        Assert.Single(stored.Select(m => m.ExternalMessageId).Distinct());
    }

    [Fact]
    public async Task A_deletion_names_the_message()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.InboundDeletions), "The messenger reports no deletions.");
        await rig.SayAsync(Ann, "never mind");

        await rig.DeleteLastAsync(Ann);

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.IsType<InboundContent.Deleted>(stored[1].Content);
        Assert.Single(stored.Select(m => m.ExternalMessageId).Distinct());
    }

    [Fact]
    public async Task In_a_group_the_assistant_is_addressed_by_its_name()
    {
        await using var rig = await StartAsync();

        await TryAsync(() => rig.SayInGroupAsync(Ann, "lunch, anybody?", isMention: false));
        await rig.SayInGroupAsync(Bob, "what is the time? 几点了", isMention: true);

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.All(stored, message => Assert.True(message.Chat.IsGroup));
        Assert.Single(stored.Select(message => message.Chat.ExternalId).Distinct());
        Assert.Equal(2, stored.Select(message => message.Sender.ExternalId).Distinct().Count());
        Assert.Equal([("lunch, anybody?", false), ("what is the time? 几点了", true)], stored.Select(message => (Text(message).Trim(), message.IsAddressed)));
    }

    [Fact]
    public async Task What_a_bot_says_is_not_taken_for_a_persons_word()
    {
        await using var rig = await StartAsync();

        await TryAsync(() => rig.SayAsBotAsync("I am a bot too"));
        await rig.SayAsync(Ann, "I am not");

        Assert.Equal(["I am not"], (await WaitForAsync(rig, "I am not")).Where(message => !message.Sender.IsBot).Select(Text));
    }

    [Fact]
    public async Task What_the_assistant_sent_does_not_come_back()
    {
        await using var rig = await StartAsync();
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "echo?"));

        await TryAsync(rig.EchoLastAsync);
        await rig.SayAsync(Ann, "no echo");

        Assert.Equal(["no echo"], (await WaitForAsync(rig, "no echo")).Select(Text));
    }

    [Fact]
    public async Task A_redelivery_is_one_message()
    {
        await using var rig = await StartAsync();
        await rig.SayAsync(Ann, "once");
        await rig.Gateway.WaitAsync(1, Cancel);

        await TryAsync(rig.RedeliverLastAsync);
        await rig.SayAsync(Ann, "then");

        Assert.Equal(["once", "then"], (await WaitForAsync(rig, "then")).Select(Text));
    }

    [Fact]
    public async Task An_unknown_event_stops_nothing()
    {
        await using var rig = await StartAsync();

        await TryAsync(rig.SendUnknownAsync);
        await rig.SayAsync(Ann, "still here");

        Assert.Equal(["still here"], (await WaitForAsync(rig, "still here")).Select(Text));
    }

    [Fact]
    public async Task A_file_can_be_opened()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.InboundAttachments), "The channel takes no files.");

        await rig.SendFileAsync(Ann, [1, 2, 3]);

        var attachment = Assert.Single(Assert.IsType<InboundContent.Said>((await rig.Gateway.WaitAsync(1, Cancel))[0].Content).Attachments);
        AssertNoSecret(rig, attachment.Reference);
        await using var content = await Assert.IsType<IAttachmentReader>(rig.Session, exactMatch: false).OpenAsync(attachment, Cancel);
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);
        Assert.Equal([1, 2, 3], bytes.ToArray());
        await Assert.ThrowsAsync<AttachmentUnavailableException>(
            () => ((IAttachmentReader)rig.Session).OpenAsync(attachment with { Reference = "gone" }, Cancel));
    }

    [Fact]
    public async Task A_voice_note_is_sound_and_can_be_opened()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.InboundAttachments), "The channel takes no files.");

        await TryAsync(() => rig.SendVoiceAsync(Ann, [.. "OggS"u8]));

        var note = await ReadAsync(rig, Assert.Single(await rig.Gateway.WaitAsync(1, Cancel)), [.. "OggS"u8]);
        Assert.Equal(rig.VoiceKind, note.Kind);
        AssertNoSecret(rig, note.Reference);
    }

    [Fact]
    public async Task Receiving_ends_when_it_is_cancelled()
    {
        await using var rig = await StartAsync();

        await rig.StopAsync();
    }

    /// <summary>What was stored once this text is among it.</summary>
    private static async Task<IReadOnlyList<InboundMessage>> WaitForAsync(ChannelRig rig, string text)
    {
        for (var count = 1; ; count++)
        {
            var stored = await rig.Gateway.WaitAsync(count, Cancel);
            if (stored.Any(message => message.Content is InboundContent.Said said && said.Text == text))
            {
                return stored;
            }
        }
    }
}
