using Xunit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Contracts;

/// <summary>What every channel keeps to; run on each against an emulated messenger.</summary>
public abstract partial class ChannelContract
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
        new string('>', 200) + "x",
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
        await TryAsync(() =>
        {
            rig.FloodNextSend(7);
            return Task.CompletedTask;
        });

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x")).Delay);
        Assert.Empty(rig.ShownTo(Ann));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "x"));
    }

    [Fact]
    public async Task A_fault_of_the_messenger_is_tried_again_later()
    {
        await using var rig = await StartAsync();
        await TryAsync(() =>
        {
            rig.BreakNextSend();
            return Task.CompletedTask;
        });

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x"));
        Assert.Empty(rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_outcome_uncertain()
    {
        await using var rig = await StartAsync();
        await TryAsync(() =>
        {
            rig.LoseNextAnswer();
            return Task.CompletedTask;
        });

        var outcome = await SendAsync(rig, "x");

        Assert.True(outcome is SendOutcome.Uncertain || rig.Channel.Manifest.Can(ChannelCapabilities.IdempotentSend), $"{outcome}");
        Assert.Equal(["x"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_refusal_says_why_without_secrets()
    {
        await using var rig = await StartAsync();
        await TryAsync(() =>
        {
            rig.Refuse(Ann);
            return Task.CompletedTask;
        });

        var reason = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, "x")).Reason;

        AssertNoSecret(rig, reason.ToString());
    }

    [Fact]
    public async Task A_token_that_ends_midway_is_replaced()
    {
        await using var rig = await StartAsync();
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "before"));

        await TryAsync(() =>
        {
            rig.EndToken();
            return Task.CompletedTask;
        });

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "after"));
        Assert.Equal(["before", "after"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task Credentials_that_are_taken_no_more_keep_what_waits()
    {
        await using var rig = await StartAsync();

        await TryAsync(() =>
        {
            rig.RevokeCredentials();
            return Task.CompletedTask;
        });

        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x"));
        AssertNoSecret(rig, later.Reason.ToString());
        Assert.Empty(rig.ShownTo(Ann));
    }

    [Fact]
    public async Task What_is_said_of_the_connection_tells_no_secret()
    {
        await using var rig = await StartAsync();
        await rig.SayAsync(Ann, "hello");
        await rig.Gateway.WaitAsync(1, Cancel);

        Assert.All(rig.Host.Reports, report => AssertNoSecret(rig, report.Detail.ToString()));
        Assert.Contains(rig.Host.Reports, report => report.State == ConnectionState.Up);
    }

    [Fact]
    public async Task A_send_can_be_given_up()
    {
        await using var rig = await StartAsync();
        using var given = new CancellationTokenSource();
        await given.CancelAsync();

        var fault = await Record.ExceptionAsync(() => rig.Session.SendAsync(Message(rig, new MessageBody("x")), given.Token));

        Assert.True(fault is null or OperationCanceledException, $"{fault}");
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

    protected static OutboundMessage Message(ChannelRig rig, MessageBody body, int person = Ann)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(person), body, null, 1, false);

    /// <summary>Does what not every messenger has; where this one has not, the test is skipped with what the rig says.</summary>
    protected static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (NotSupportedException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    private static Task<SendOutcome> SendAsync(ChannelRig rig, string markdown) => rig.Session.SendAsync(Message(rig, new MessageBody(markdown)), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    private static void AssertNoSecret(ChannelRig rig, string text)
    {
        foreach (var secret in rig.Channel.Manifest.Settings.Where(f => f.Kind == SettingKind.Secret).Select(f => rig.Connection.Settings.Find(f.Key)).OfType<string>())
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }

    private async Task<ChannelRig> StartAsync()
    {
        var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }
}
