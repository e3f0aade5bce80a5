using Assistant.Domain.Messaging;
using Assistant.Testing.Slack;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Slack;

public sealed class SlackFileTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_shown_in_the_thread()
    {
        await using var rig = await SlackRig.NewAsync();

        var sent = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, new ExternalChat(SlackEmulator.Group, IsGroup: true, ThreadId: "1767225600.000009")));

        var shown = Assert.Single(rig.Emulator.Shared);
        Assert.Equal((sent.ExternalId, SlackEmulator.Group, "1767225600.000009", "plan.txt"), (shown.Id, shown.Channel, shown.Thread, shown.Name));
    }

    [Theory]
    [InlineData("https://evil.test/upload")]
    [InlineData("https://slack.com.evil.test/upload")]
    [InlineData("http://files.slack.com/upload")]
    [InlineData("https://files.slack.com:8443/upload")]
    [InlineData("/upload/F1")]
    public async Task An_address_that_is_not_one_of_Slacks_gets_nothing(string address)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("files.getUploadURLExternal", new SlackFault.Answer($$"""{"ok":true,"upload_url":"{{address}}","file_id":"F1"}"""));

        Assert.Equal("slack.foreign-address", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig)).Reason.FirstCode);
        Assert.Equal(["files.getUploadURLExternal"], rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("files.getUploadURLExternal")]
    [InlineData("upload")]
    public async Task A_lost_answer_before_the_file_is_shown_leaves_no_doubt(string step)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail(step, new SlackFault.Cut());

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig));
        Assert.Empty(rig.Emulator.Shared);
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"ok\":true}")]
    [InlineData("{\"ok\":true,\"upload_url\":5,\"file_id\":\"F1\"}")]
    public async Task An_address_that_cannot_be_read_is_asked_for_again(string answer)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("files.getUploadURLExternal", new SlackFault.Answer(answer));

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig));
    }

    [Fact]
    public async Task An_answer_to_the_last_step_that_cannot_be_read_leaves_it_open_whether_it_was_shown()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("files.completeUploadExternal", new SlackFault.Answer("<html>"));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig));
    }

    [Fact]
    public async Task A_file_that_is_not_taken_in_is_given_up()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Fail("upload", new SlackFault.Status(400));

        Assert.Equal("channel.refuses", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig)).Reason.FirstCode);
    }

    [Fact]
    public async Task A_file_for_a_chat_that_takes_none_is_given_up()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Refuse(Ann);

        Assert.Equal("slack.archived", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig)).Reason.FirstCode);
    }

    [Fact]
    public async Task Without_the_scope_files_wait_and_nothing_else_does()
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Scopes = "chat:write,files:read";

        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig));

        Assert.Equal(("slack.missing-scope", PauseScope.Chat), (later.Reason.FirstCode, later.Scope));
    }

    [Theory]
    [InlineData("chat:write,files:read,files:write", "slack.files-ready")]
    [InlineData("chat:write,files:read", "slack.files-wait")]
    [InlineData("chat:write,files:write", "slack.files-unread")]
    public async Task A_test_looks_for_the_scopes(string scopes, string code)
    {
        await using var rig = await SlackRig.NewAsync();
        rig.Emulator.Scopes = scopes;

        var test = await rig.Channel.TestAsync(rig.Settings(), Cancel);

        var check = test.Checks[^1];
        Assert.Equal(("slack.check-files", code, code == "slack.files-ready"), (check.Name.FirstCode, check.Detail.FirstCode, check.IsPassed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_page_for_signing_in_is_nobodys_file(bool isRedirect)
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.SendFile(Ann, "F7", [1, 2, 3]);
        var file = Assert.Single(((InboundContent.Said)(await rig.Gateway.WaitAsync(1, Cancel))[0].Content).Attachments);
        if (isRedirect)
        {
            rig.Emulator.RevokeToken();
        }
        else
        {
            rig.Emulator.Scopes = "chat:write,files:write";
        }

        var fault = await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)rig.Session).OpenAsync(file, Cancel));

        Assert.Equal(("slack.missing-scope", AttachmentFault.Passing), (fault.Reason.FirstCode, fault.Fault));
    }

    [Fact]
    public async Task A_page_that_somebody_sends_is_theirs()
    {
        await using var rig = await SlackRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Scopes = "chat:write"; // the emulator shows a page, as Slack does of a file that is one
        rig.Emulator.SendFile(Ann, "F7", [1, 2, 3], page => page["mimetype"] = "text/html");
        var file = Assert.Single(((InboundContent.Said)(await rig.Gateway.WaitAsync(1, Cancel))[0].Content).Attachments);

        await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(file, Cancel);

        Assert.Equal('<', content.ReadByte());
    }

    private static Task<SendOutcome> SendAsync(SlackRig rig, ExternalChat? chat = null)
    {
        var session = rig.Channel.Open(rig.Connection);
        var file = new OutboundFile("file", "plan.txt", "text/plain", 8, _ => Task.FromResult<Stream>(new MemoryStream("the plan"u8.ToArray())));
        return ((IFileSender)session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(Ann), new MessageBody(""), null, 1, false), file, Cancel);
    }
}
