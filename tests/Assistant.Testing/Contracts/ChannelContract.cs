using Xunit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Contracts;

/// <summary>What every channel keeps to; run on each against an emulated messenger.</summary>
public abstract class ChannelContract
{
    private const int Ann = 5001;
    private const int Bob = 5002;

    /// <summary>Texts that have broken messenger adapters before.</summary>
    public static TheoryData<string> Awkward { get; } =
    [
        "**bold** _italic_ `code` [link](https://example.test/a_b?c=d&e=(f))", "unbalanced **bold and `code", "a_b_c *d* 5 * 3 * 2", "```\nopen fence",
        "```csharp\nvar x = \"<b>&\";\n```", "# Title\n\ntext\n\n- a\n  - b\n1. c\n\n> quoted\n> lines", "| a | b |\n|---|---|\n| 1 | 2 |", "<b>html</b> & &amp; <script>",
        "👨‍👩‍👧 **👍🏽 bold** 多语言 *שלום*", "\\*escaped\\* \\_", "---", "[](https://example.test)", "![image](https://example.test/i.png)", "[x](javascript:alert(1))",
        "   leading and trailing   ", "*", "_", "`", "~~~~", "[", "a\r\nb\r\n", "***~~**_`x`_**~~***", "> > nested\n> quote", "\u202Eright to left\u202C", "<https://example.test>",
    ];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<ChannelRig> NewRigAsync();

    [Fact]
    public async Task The_manifest_is_complete()
    {
        await using var rig = await NewRigAsync();
        var manifest = rig.Channel.Manifest;

        Assert.True(Slug.IsValid(manifest.Type));
        Assert.NotEmpty(manifest.DisplayName);
        Assert.Matches("^[Mm][0-9A-Za-z .,-]+$", manifest.Glyph);
        Assert.True(manifest.TextLimit.Max >= 8);
        Assert.All(manifest.Settings, f => Assert.NotEmpty(f.Label.English + f.Help.English));
        Assert.All(manifest.Settings, f => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}|[A-Za-z]", f.Label.Chinese));
        Assert.All(manifest.Settings, f => Assert.Matches("^[a-z][A-Za-z0-9]*$", f.Key));
        Assert.All(manifest.Settings.Where(f => f.Kind == SettingKind.Choice), f => Assert.Contains(f.Choices ?? [], c => f.Default is null || c.Value == f.Default));
        Assert.All(manifest.Settings.SelectMany(f => f.Choices ?? []), c => Assert.True(c.Label is { English.Length: > 0, Chinese.Length: > 0 }));
        Assert.Empty(rig.Connection.Settings.Check(manifest.Settings));
    }

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
    public async Task A_message_is_shown_once_and_has_an_id()
    {
        await using var rig = await StartAsync();

        var first = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "one"));
        var second = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "two"));

        Assert.NotEqual(first.ExternalId, second.ExternalId);
        Assert.Equal(["one", "two"], rig.ShownTo(Ann));
    }

    [Theory]
    [MemberData(nameof(Awkward))]
    public async Task Any_text_can_be_shown(string markdown)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, markdown));
        Assert.False(string.IsNullOrWhiteSpace(Assert.Single(rig.ShownTo(Ann))));
    }

    [Fact]
    public async Task A_long_reply_is_shown_in_parts_and_in_order()
    {
        await using var rig = await StartAsync();
        var words = Enumerable.Range(0, rig.Channel.Manifest.TextLimit.Max / 2).Select(i => i % 9 == 0 ? $"**w{i}**" : i % 40 == 1 ? $"w{i}.\n\n" : $"w{i}");

        foreach (var part in OutboundParts.For(rig.Channel.Manifest, new MessageBody(string.Join(' ', words))))
        {
            Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, part), Cancel));
        }

        var shown = rig.ShownTo(Ann);
        Assert.True(shown.Count > 1);
        Assert.All(shown, text => Assert.True(rig.Channel.Manifest.TextLimit.Measure(text) <= rig.Channel.Manifest.TextLimit.Max));
        Assert.Equal(
            Enumerable.Range(0, rig.Channel.Manifest.TextLimit.Max / 2).Select(i => i % 40 == 1 && i % 9 != 0 ? $"w{i}." : $"w{i}"),
            string.Join(' ', shown).Replace("**", "", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_text_of_exactly_the_limit_is_shown()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new string('x', rig.Channel.Manifest.TextLimit.Max)));
    }

    [Fact]
    public async Task A_flood_limit_says_when_to_try_again()
    {
        await using var rig = await StartAsync();
        rig.FloodNextSend(7);

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x")).Delay);
        Assert.Empty(rig.ShownTo(Ann));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "x"));
    }

    [Fact]
    public async Task A_fault_of_the_messenger_is_tried_again_later()
    {
        await using var rig = await StartAsync();
        rig.BreakNextSend();

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x"));
        Assert.Empty(rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_outcome_uncertain()
    {
        await using var rig = await StartAsync();
        rig.LoseNextAnswer();

        var outcome = await SendAsync(rig, "x");

        Assert.True(outcome is SendOutcome.Uncertain || rig.Channel.Manifest.Can(ChannelCapabilities.IdempotentSend), $"{outcome}");
        Assert.Equal(["x"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_refusal_says_why_without_secrets()
    {
        await using var rig = await StartAsync();
        rig.Refuse(Ann);

        var reason = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, "x")).Reason;

        AssertNoSecret(rig, reason.ToString());
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
    public async Task Typing_never_fails()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Channel.Manifest.Can(ChannelCapabilities.Typing), "The channel shows no typing.");

        await Assert.IsType<ITypingIndicator>(rig.Session, exactMatch: false).ShowTypingAsync(rig.ChatOf(Ann), Cancel);
        await ((ITypingIndicator)rig.Session).ShowTypingAsync(new ExternalChat("nobody"), Cancel);
    }

    [Fact]
    public async Task A_probe_tells_a_message_shown_from_one_not_shown()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Session is IDeliveryProbe, "The messenger cannot tell.");
        await rig.SayAsync(Ann, "question");
        var known = (await rig.Gateway.WaitAsync(1, Cancel)).Select(m => m.ExternalMessageId).ToHashSet();
        rig.LoseNextAnswer();
        var shown = Message(rig, new MessageBody("**answer**"));
        await rig.Session.SendAsync(shown, Cancel);
        var probe = (IDeliveryProbe)rig.Session;

        var finding = await probe.FindAsync(shown, known, Cancel);
        Assert.NotNull(finding?.ExternalId);
        Assert.Equal(new DeliveryFinding(null), await probe.FindAsync(Message(rig, new MessageBody("never sent"), Bob), known, Cancel));
        Assert.Equal(["answer"], rig.ShownTo(Ann).Select(t => t.Trim('*')));
    }

    [Fact]
    public async Task A_test_of_good_settings_passes()
    {
        await using var rig = await NewRigAsync();

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.True(test.IsPassed, string.Join('\n', test.Checks));
        Assert.NotEmpty(test.Checks);
    }

    [Fact]
    public async Task A_test_of_wrong_settings_says_how_to_mend_them()
    {
        await using var rig = await NewRigAsync();

        var test = await rig.Channel.TestAsync(rig.WrongSettings, Cancel);

        var failed = Assert.Single(test.Checks, c => !c.IsPassed);
        Assert.NotNull(failed.Fix);
        AssertNoSecret(rig, $"{failed.Detail}{failed.Fix}");
    }

    [Fact]
    public async Task Bad_callbacks_are_answered_not_thrown()
    {
        await using var rig = await StartAsync();
        Assert.SkipUnless(rig.Session is IWebhookReceiver, "The channel has no webhook.");

        foreach (var body in new[] { "", "{", "null", "[]", "{\"update_id\":1}", "\0\u0001" })
        {
            var request = new WebhookRequest(
                "POST", new Dictionary<string, string>(), new Dictionary<string, string>(), System.Text.Encoding.UTF8.GetBytes(body));

            var reply = await ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel);

            Assert.InRange(reply.Status, 400, 499);
        }

        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task Receiving_ends_when_it_is_cancelled()
    {
        await using var rig = await StartAsync();

        await rig.StopAsync();
    }

    protected static OutboundMessage Message(ChannelRig rig, MessageBody body, int person = Ann)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(person), body, null, 1, false);

    private static Task<SendOutcome> SendAsync(ChannelRig rig, string markdown) => rig.Session.SendAsync(Message(rig, new MessageBody(markdown)), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    private static void AssertNoSecret(ChannelRig rig, string text)
    {
        foreach (var field in rig.Channel.Manifest.Settings.Where(f => f.Kind == SettingKind.Secret))
        {
            Assert.DoesNotContain(rig.Connection.Settings.Require(field.Key), text, StringComparison.Ordinal);
        }
    }

    private async Task<ChannelRig> StartAsync()
    {
        var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }
}
