using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Testing.Feishu;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

public sealed class FeishuSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(99991672, typeof(SendOutcome.RetryAfter), "feishu.missing-scope", PauseScope.Connection)]
    [InlineData(230027, typeof(SendOutcome.RetryAfter), "feishu.missing-scope", PauseScope.Connection)]
    [InlineData(230006, typeof(SendOutcome.RetryAfter), "feishu.bot-off", PauseScope.Connection)]
    [InlineData(99991401, typeof(SendOutcome.RetryAfter), "feishu.address-not-allowed", PauseScope.Connection)]
    [InlineData(99991662, typeof(SendOutcome.RetryAfter), "feishu.app-off", PauseScope.Connection)]
    [InlineData(99991400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(230020, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Chat)]
    [InlineData(230049, typeof(SendOutcome.RetryAfter), "feishu.under-way", PauseScope.Chat)]
    [InlineData(1500, typeof(SendOutcome.RetryAfter), "channel.refuses", PauseScope.Chat)]
    [InlineData(230002, typeof(SendOutcome.Rejected), "feishu.not-in-chat", null)]
    [InlineData(230013, typeof(SendOutcome.Rejected), "feishu.not-available", null)]
    [InlineData(230018, typeof(SendOutcome.Rejected), "feishu.chat-forbids", null)]
    [InlineData(230022, typeof(SendOutcome.Rejected), "feishu.censored", null)]
    [InlineData(230028, typeof(SendOutcome.Rejected), "feishu.censored", null)]
    [InlineData(230025, typeof(SendOutcome.Rejected), "feishu.too-long", null)]
    [InlineData(230053, typeof(SendOutcome.Rejected), "feishu.blocked", null)]
    [InlineData(230001, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(int code, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("send", new FeishuFault.Code(code));

        var ended = await SendAsync(rig, new MessageBody("x"));

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
        Assert.Empty(rig.Emulator.Shown);
    }

    [Fact]
    public async Task A_page_of_somebody_in_between_is_not_repeated()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("send", new FeishuFault.Code(230001, "<b>page</b>"));

        Assert.DoesNotContain("page", $"{ReasonOf(await SendAsync(rig, new MessageBody("x")))}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"code\":0}")]
    [InlineData("{\"code\":\"0\"}")]
    [InlineData("{\"code\":0,\"data\":{\"message_id\":\"\\ud800\"}}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_shown(string answer)
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("send", new FeishuFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, new MessageBody("x")));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_under_the_same_key()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("send", new FeishuFault.Cut());

        var outcome = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("x")));

        Assert.Equal(Assert.Single(rig.Emulator.Shown).Id, outcome.ExternalId);
        Assert.Equal(2, rig.Emulator.Calls.Count(call => call == "send"));
    }

    [Fact]
    public async Task An_answer_that_is_lost_twice_is_uncertain()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("send", new FeishuFault.Cut());
        rig.Emulator.Fail("send", new FeishuFault.Cut());

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, new MessageBody("x")));
        Assert.Single(rig.Emulator.Shown);
    }

    [Fact]
    public async Task The_same_message_is_shown_once()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody("x"), null, 1, false);

        var first = await session.SendAsync(message, Cancel);

        Assert.Equal(first, await session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));
        Assert.Single(rig.Emulator.Shown);
    }

    [Fact]
    public async Task In_a_group_an_answer_shows_what_it_answers()
    {
        await using var rig = await FeishuRig.NewAsync();
        var group = new ExternalChat(FeishuEmulator.Group, IsGroup: true);

        await SendAsync(rig, new MessageBody("x"), group, "om_1");
        await SendAsync(rig, new MessageBody("y"), group);
        await SendAsync(rig, new MessageBody("z"), rig.ChatOf(5001), "om_1");

        Assert.Equal(["om_1", null, null], rig.Emulator.Shown.Select(shown => shown.RepliedTo));
        Assert.DoesNotContain(rig.Emulator.Shown, shown => shown.InThread);
    }

    [Theory]
    [InlineData("om_7", "om_7")]
    [InlineData(null, "om_1")]
    [InlineData("../x", "om_1")]
    public async Task What_is_said_in_a_topic_is_answered_in_it(string? answered, string expected)
    {
        await using var rig = await FeishuRig.NewAsync();

        await SendAsync(rig, new MessageBody("x"), new ExternalChat(FeishuEmulator.Group, "omt_1/om_1", IsGroup: true), answered);

        Assert.Equal((expected, true), Assert.Single(rig.Emulator.Shown) is var shown ? (shown.RepliedTo, shown.InThread) : default);
    }

    [Fact]
    public async Task A_message_that_is_gone_is_answered_in_its_chat()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("reply", new FeishuFault.Code(230011));

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("x"), new ExternalChat(FeishuEmulator.Group, IsGroup: true), "om_1"));
        Assert.Null(Assert.Single(rig.Emulator.Shown).RepliedTo);
    }

    [Fact]
    public async Task A_topic_that_is_gone_is_not_answered_somewhere_else()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("reply", new FeishuFault.Code(230011));

        var rejected = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, new MessageBody("x"), new ExternalChat(FeishuEmulator.Group, "omt_1/om_1", IsGroup: true)));

        Assert.Equal("feishu.answered-gone", rejected.Reason.FirstCode);
    }

    [Fact]
    public async Task A_person_can_be_written_to_by_their_own_id()
    {
        await using var rig = await FeishuRig.NewAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new MessageBody("x"), new ExternalChat("ou_5001")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5001")]
    [InlineData("oc_")]
    [InlineData("oc_1/../x")]
    [InlineData("all")]
    public async Task What_is_no_chat_is_said_so_without_asking(string chat)
    {
        await using var rig = await FeishuRig.NewAsync();

        Assert.Equal("channel.no-chat", ReasonOf(await SendAsync(rig, new MessageBody("x"), new ExternalChat(chat))).FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("om_1/image")]
    [InlineData("om_1/image/../../../bot/v3/info")]
    [InlineData("om_1/card/img_1")]
    [InlineData("om_1/file/a b")]
    public async Task A_reference_leads_nowhere_but_to_a_file(string reference)
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Equal(AttachmentFault.Final, (await Assert.ThrowsAsync<AttachmentUnavailableException>(
            () => ((IAttachmentReader)session).OpenAsync(new Attachment("file", reference), Cancel))).Fault);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_token_that_ended_is_replaced_before_a_file_is_given_up()
    {
        await using var rig = await FeishuRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.SendFile(5001, "img_1", [1, 2]);
        await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody("x"), null, 1, false), Cancel);
        rig.Emulator.EndToken();

        await using var content = await ((IAttachmentReader)session).OpenAsync(new Attachment("image", "om_00001/image/img_1"), Cancel);

        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);
        Assert.Equal([1, 2], bytes.ToArray());
    }

    [Theory]
    [InlineData("image", "photo.png", "image/png", "image")]
    [InlineData("voice", "voice.ogg", "audio/ogg", "audio")]
    [InlineData("video", "film.mp4", "video/mp4", "media")]
    [InlineData("audio", "song.mp3", "audio/mpeg", "file")]
    [InlineData("file", "table.xlsx", "application/octet-stream", "file")]
    public async Task A_file_is_shown_as_what_it_is(string kind, string name, string mediaType, string type)
    {
        await using var rig = await FeishuRig.NewAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, kind, name, mediaType));

        Assert.Equal(type, Assert.Single(rig.Emulator.Shown).Type);
    }

    [Fact]
    public async Task What_feishu_does_not_show_as_a_picture_goes_as_a_file()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("upload", new FeishuFault.Code(234039, "Image's resolution exceeds limit"));

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, "image", "large.png", "image/png"));

        Assert.Equal("large.png", rig.Emulator.FileOf(Assert.Single(rig.Emulator.Shown))!.Value.Name);
    }

    [Theory]
    [InlineData(null, "https://open.feishu.cn/", "Feishu 飞书")]
    [InlineData("lark", "https://open.larksuite.com/", "Lark")]
    public void The_platform_is_a_setting(string? site, string address, string name)
    {
        var settings = FeishuSettings.Read(site is null ? SettingValues.Empty : new SettingValues(new Dictionary<string, string> { ["site"] = site }));

        Assert.Equal((address, name), (settings.ApiBaseUrl.AbsoluteUri, settings.Messenger));
    }

    [Theory]
    [InlineData("appId", "", "channel.settings-missing")]
    [InlineData("appId", "cli_of_nobody", "channel.sign-in-refused")]
    [InlineData("apiBaseUrl", "http://127.0.0.1:9", "channel.unreachable")]
    public async Task A_test_says_what_is_wrong(string key, string value, string code)
    {
        await using var rig = await FeishuRig.NewAsync();

        var failed = Assert.Single((await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create(key, value)), Cancel)).Checks, check => !check.IsPassed);

        Assert.Equal(code, failed.Detail.FirstCode);
        Assert.NotNull(failed.Fix);
    }

    [Fact]
    public async Task A_test_tells_how_events_are_proven()
    {
        await using var rig = await FeishuRig.NewAsync();

        async Task<string?> DetailAsync(params IReadOnlyList<KeyValuePair<string, string>> changes)
            => (await rig.Channel.TestAsync(rig.Settings(changes), Cancel)).Checks[^1].Detail.FirstCode;

        Assert.Equal("feishu.events-signed", await DetailAsync());
        Assert.Equal("feishu.events-by-token", await DetailAsync(KeyValuePair.Create("encryptKey", "")));
        Assert.Equal("feishu.no-proof", await DetailAsync(KeyValuePair.Create("encryptKey", ""), KeyValuePair.Create("verificationToken", "")));
    }

    [Fact]
    public async Task A_test_says_which_permission_is_missing()
    {
        await using var rig = await FeishuRig.NewAsync();
        rig.Emulator.Fail("bot", new FeishuFault.Code(99991672, "One of the following scopes is required: [im:message]"));

        var failed = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal(("feishu.missing-scope", "feishu.app-fix"), (failed.Detail.FirstCode, failed.Fix!.FirstCode));
    }

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("feishu", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{FeishuOptions.Section}:NamePatience", "00:00:09")]).GetRequiredService<IOptions<FeishuOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddFeishu()
            .BuildServiceProvider();

    private static async Task<SendOutcome> SendAsync(FeishuRig rig, MessageBody body, ExternalChat? chat = null, string? replyTo = null)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(5001), body, replyTo, 1, false), Cancel);
    }

    private static async Task<SendOutcome> SendFileAsync(FeishuRig rig, string kind, string name, string mediaType)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await ((IFileSender)session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(""), null, 1, false),
            new OutboundFile(kind, name, mediaType, 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3]))), Cancel);
    }

    private static Assistant.Domain.Wording.Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        _ => throw new InvalidOperationException($"{outcome}"),
    };
}
