using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Testing.DingTalk;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.DingTalk;

public sealed class DingTalkSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403, typeof(SendOutcome.RetryAfter), "dingtalk.missing-permission", PauseScope.Connection)]
    [InlineData("Forbidden.AccessDenied.IpNotInWhiteList", 403, typeof(SendOutcome.RetryAfter), "dingtalk.address-not-allowed", PauseScope.Connection)]
    [InlineData("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData("Throttling.User", 400, typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData("ServiceUnavailable", 503, typeof(SendOutcome.RetryAfter), "channel.own-fault", PauseScope.Chat)]
    [InlineData("staffId.notExisted", 400, typeof(SendOutcome.Rejected), "dingtalk.person-unknown", null)]
    [InlineData("resource.not.found", 400, typeof(SendOutcome.Rejected), "dingtalk.robot-unknown", null)]
    [InlineData("invalidParameter.openConversationId", 400, typeof(SendOutcome.Rejected), "dingtalk.not-in-group", null)]
    [InlineData("something.new", 400, typeof(SendOutcome.Rejected), "channel.refuses", null)]
    public async Task Each_refusal_is_told_in_words(string code, int status, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("send", new DingTalkFault.Refusal(code, status));

        var ended = await SendAsync(rig, "x");

        Assert.IsType(outcome, ended);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
    }

    [Fact]
    public async Task A_page_of_somebody_in_between_is_not_repeated()
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("send", new DingTalkFault.Refusal("<b>code</b>", 400, "<b>page</b>"));

        var reason = $"{ReasonOf(await SendAsync(rig, "x"))}";

        Assert.DoesNotContain("page", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"processQueryKey\":5}")]
    [InlineData("{\"processQueryKey\":\"\\ud800\"}")]
    public async Task An_answer_that_cannot_be_read_leaves_it_open_whether_it_was_shown(string answer)
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("send", new DingTalkFault.Answer(answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, "x"));
    }

    [Fact]
    public async Task A_success_that_reached_nobody_is_none()
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("send", new DingTalkFault.Answer("""{"processQueryKey":"q","invalidStaffIdList":["user5001"]}"""));
        rig.Emulator.Fail("send", new DingTalkFault.Answer("""{"processQueryKey":"q","invalidStaffIdList":[],"flowControlledStaffIdList":["user5001"]}"""));

        Assert.Equal("dingtalk.person-unknown", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, "x")).Reason.FirstCode);
        Assert.Equal(PauseScope.Chat, Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x")).Scope);
    }

    [Fact]
    public async Task A_group_is_written_to_by_its_conversation()
    {
        await using var rig = await DingTalkRig.NewAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "**x**", new ExternalChat(DingTalkEmulator.Group, IsGroup: true)));

        Assert.Equal((DingTalkEmulator.Group, "sampleMarkdown"), Assert.Single(rig.Emulator.Shown) is var shown ? (shown.Target, shown.Key) : default);
    }

    [Theory]
    [InlineData("cid5001/x+==", "dingtalk.outsider")]
    [InlineData("", "channel.no-chat")]
    [InlineData("a b", "channel.no-chat")]
    public async Task Whom_a_robot_cannot_write_to_is_said_without_asking(string chat, string code)
    {
        await using var rig = await DingTalkRig.NewAsync();

        Assert.Equal(code, Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, "x", new ExternalChat(chat))).Reason.FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_file_that_lies_elsewhere_is_not_fetched_from_the_private_network()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        rig.Emulator.Fail("download", new DingTalkFault.Answer("""{"downloadUrl":"http://127.0.0.1:9/metadata"}"""));
        rig.Emulator.Fail("download", new DingTalkFault.Answer("""{"downloadUrl":"file:///etc/passwd"}"""));

        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)session).OpenAsync(new Attachment("file", "code"), Cancel));
        }
    }

    [Theory]
    [InlineData("image", "photo.png", "image/png", "sampleImageMsg")]
    [InlineData("image", "photo.webp", "image/webp", "sampleFile")]
    [InlineData("voice", "voice.ogg", "audio/ogg", "sampleFile")]
    [InlineData("file", "报告.pdf", "application/pdf", "sampleFile")]
    public async Task A_file_is_shown_as_what_it_is(string kind, string name, string mediaType, string key)
    {
        await using var rig = await DingTalkRig.NewAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, kind, name, mediaType));

        Assert.Equal(key, Assert.Single(rig.Emulator.Shown).Key);
    }

    [Fact]
    public async Task What_dingtalk_does_not_show_as_a_picture_goes_as_a_file()
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("upload", new DingTalkFault.Answer("""{"errcode":40005,"errmsg":"不合法的文件类型"}"""));

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, "image", "odd.png", "image/png"));

        Assert.Equal("odd.png", rig.Emulator.FileOf(Assert.Single(rig.Emulator.Shown))!.Value.Name);
    }

    [Fact]
    public async Task A_token_that_ended_is_replaced_before_a_file_is_given_up()
    {
        await using var rig = await DingTalkRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody("x"), null, 1, false), Cancel);
        rig.Emulator.EndToken();

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(session, rig, "file", "a.txt", "text/plain"));
    }

    [Theory]
    [InlineData("clientSecret", "", "channel.settings-missing")]
    [InlineData("clientSecret", "wrong", "channel.sign-in-refused")]
    [InlineData("apiBaseUrl", "http://127.0.0.1:9", "channel.unreachable")]
    public async Task A_test_says_what_is_wrong(string key, string value, string code)
    {
        await using var rig = await DingTalkRig.NewAsync();

        var failed = Assert.Single((await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create(key, value)), Cancel)).Checks, check => !check.IsPassed);

        Assert.Equal(code, failed.Detail.FirstCode);
        Assert.NotNull(failed.Fix);
        Assert.Equal(0, rig.Emulator.OpenStreams);
    }

    [Fact]
    public async Task A_test_tries_the_stream_where_it_is_used()
    {
        await using var rig = await DingTalkRig.NewAsync();
        rig.Emulator.Fail("open", new DingTalkFault.Refusal("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403));

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.Equal([true, false], test.Checks.Select(check => check.IsPassed));
        Assert.Equal("dingtalk.stream-fix", test.Checks[1].Fix!.FirstCode);
        Assert.Single((await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create("mode", "webhook")), Cancel)).Checks);
    }

    [Fact]
    public void Files_are_handed_in_at_the_older_interface()
    {
        var settings = DingTalkSettings.Read(Assistant.Domain.Settings.SettingValues.Empty);

        Assert.Equal(("https://api.dingtalk.com/", "https://oapi.dingtalk.com/"), (settings.ApiBaseUrl.AbsoluteUri, settings.UploadBaseUrl.AbsoluteUri));
    }

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("dingtalk", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{DingTalkOptions.Section}:SignatureTolerance", "02:00:00")]).GetRequiredService<IOptions<DingTalkOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDingTalk()
            .BuildServiceProvider();

    private static async Task<SendOutcome> SendAsync(DingTalkRig rig, string markdown, ExternalChat? chat = null)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(5001), new MessageBody(markdown), null, 1, false), Cancel);
    }

    private static async Task<SendOutcome> SendFileAsync(DingTalkRig rig, string kind, string name, string mediaType)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await SendFileAsync(session, rig, kind, name, mediaType);
    }

    private static Task<SendOutcome> SendFileAsync(IChannelSession session, DingTalkRig rig, string kind, string name, string mediaType)
        => ((IFileSender)session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(""), null, 1, false),
            new OutboundFile(kind, name, mediaType, 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3]))), Cancel);

    private static Assistant.Domain.Wording.Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        _ => throw new InvalidOperationException($"{outcome}"),
    };
}
