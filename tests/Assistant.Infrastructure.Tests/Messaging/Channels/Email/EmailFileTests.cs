using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Servers;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>Files to people as mails, with Dovecot and Exim.</summary>
public sealed class EmailFileTests(MailHouse house) : IClassFixture<MailHouse>
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_answers_in_the_thread_like_a_text()
    {
        await using var rig = await StartAsync();
        await rig.SayAsync(Ann, "the plan?");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, asked.Chat, new MessageBody(""), asked.ExternalMessageId, 1, false);

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("计划.pdf", "application/pdf", "plan"u8.ToArray()), message));

        var mail = Assert.Single(rig.MailsTo(Ann));
        Assert.Equal("Re: mail-1", mail.Subject);
        Assert.Equal(asked.ExternalMessageId, $"<{mail.InReplyTo}>");
        Assert.Equal([asked.ExternalMessageId.Trim('<', '>')], mail.References);
        Assert.Equal("auto-replied", mail.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("计划.pdf", mail.TextBody!.TrimEnd());
    }

    [Theory]
    [InlineData("image/png", "image/png")]
    [InlineData("text/html", "text/html")]
    [InlineData("message/rfc822", "application/octet-stream")] // those do not go in base64
    [InlineData("multipart/mixed", "application/octet-stream")]
    [InlineData("no type\r\nBcc: eve@x.test", "application/octet-stream")]
    public async Task A_file_is_attached_and_never_part_of_what_the_mail_shows(string mediaType, string sentAs)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("thing", mediaType, [1, 2, 3])));

        var mail = Assert.Single(rig.MailsTo(Ann));
        var file = Assert.IsAssignableFrom<MimePart>(Assert.Single(mail.Attachments));
        Assert.Equal((sentAs, ContentDisposition.Attachment, 3), (file.ContentType.MimeType, file.ContentDisposition!.Disposition, file.ContentDisposition.Size));
        Assert.Null(mail.HtmlBody);
        Assert.Empty(mail.Bcc);
    }

    [Fact]
    public async Task A_name_is_one_for_programs_of_every_age()
    {
        await using var rig = await StartAsync();

        await SendAsync(rig, File("报告.pdf", "application/pdf", [1]));

        var file = Assert.Single(Assert.Single(rig.MailsTo(Ann)).Attachments);
        Assert.Contains("filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf", file.Headers[HeaderId.ContentDisposition], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("name=\"=?utf-8?", Raw(file.Headers, HeaderId.ContentType), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_repeated_file_has_the_id_it_had()
    {
        await using var rig = await StartAsync();
        var message = Message(rig);
        rig.LoseNextAnswer();

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, File("a.txt", "text/plain", [1]), message));
        var again = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.txt", "text/plain", [1]), message with { Attempt = 2, MayRepeat = true }));

        Assert.Equal([again.ExternalId, again.ExternalId], rig.MailsTo(Ann).Select(mail => $"<{mail.MessageId}>"));
    }

    [Fact]
    public async Task The_largest_file_arrives()
    {
        await using var rig = await StartAsync();
        var content = new byte[rig.Channel.Manifest.LargestFile];
        RandomNumberGenerator.Fill(content);

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("large.bin", "application/octet-stream", content)));

        Assert.True(content.AsSpan().SequenceEqual(Assert.Single(rig.FilesShownTo(Ann)).Content));
        Assert.True(Assert.Single(rig.Servers.MailsOf(rig.AccountOf(Ann))).Length < 25_000_000, "Most providers take no more.");
    }

    [Fact]
    public async Task A_server_that_takes_less_is_quoted()
    {
        await using var rig = await StartAsync();
        rig.Fail(new SmtpFault.Answer("552 5.3.4 Message size exceeds fixed limit"));

        var refused = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("large.bin", "application/octet-stream", [1])));

        Assert.Equal(Phrase.Of("channel.refuses", ("name", "127.0.0.1"), ("says", "552 5.3.4 Message size exceeds fixed limit")), refused.Reason);
    }

    [Fact]
    public async Task A_file_that_reads_forward_only_arrives()
    {
        await using var rig = await StartAsync();
        var file = File("a.txt", "text/plain", []) with { SizeBytes = 5, OpenAsync = _ => Task.FromResult<Stream>(new ForwardOnly("hello"u8.ToArray())) };

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, file));

        Assert.Equal("hello", Encoding.UTF8.GetString(Assert.Single(rig.FilesShownTo(Ann)).Content));
    }

    [Fact]
    public async Task A_session_ended_during_a_send_does_not_change_how_that_send_ended()
    {
        await using var rig = await StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var content = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = SendAsync(rig, File("a.txt", "text/plain", []) with
        {
            SizeBytes = 5,
            OpenAsync = _ =>
            {
                asked.TrySetResult();
                return content.Task;
            },
        });
        await asked.Task.WaitAsync(Cancel);

        await rig.StopAsync();
        content.SetResult(new MemoryStream("hello"u8.ToArray()));

        Assert.IsType<SendOutcome.Delivered>(await sending);
        Assert.Equal("hello", Encoding.UTF8.GetString(Assert.Single(rig.FilesShownTo(Ann)).Content));
    }

    private async Task<EmailRig> StartAsync()
    {
        var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static OutboundMessage Message(EmailRig rig) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(""), null, 1, false);

    private static OutboundFile File(string name, string mediaType, byte[] content)
        => new("file", name, mediaType, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)));

    private static Task<SendOutcome> SendAsync(EmailRig rig, OutboundFile file, OutboundMessage? message = null)
        => ((IFileSender)rig.Session).SendFileAsync(message ?? Message(rig), file, Cancel);

    private static string Raw(HeaderList headers, HeaderId id) => Encoding.ASCII.GetString(headers.Single(header => header.Id == id).RawValue);

    private sealed class ForwardOnly(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
