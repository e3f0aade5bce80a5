using Assistant.Domain.Messaging;
using Assistant.Testing.Servers;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>What is special about mail, with Dovecot and Exim.</summary>
public sealed class EmailServerTests(MailHouse house) : IClassFixture<MailHouse>
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_goes_in_over_smtp_and_an_answer_goes_out_in_its_thread()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        await SubmitAsync(rig, rig.NewMail(Ann, "几点开会？"));
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];

        await rig.Session.SendAsync(Answer(rig, asked, "**九点**"), Cancel);

        var answer = Assert.Single(rig.MailsTo(Ann));
        Assert.Equal("Re: mail-1", answer.Subject);
        Assert.Equal(asked.ExternalMessageId, $"<{answer.InReplyTo}>");
        Assert.Equal([asked.ExternalMessageId.Trim('<', '>')], answer.References);
        Assert.Equal("auto-replied", answer.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(["text/plain", "text/html"], answer.BodyParts.Select(part => part.ContentType.MimeType));
        Assert.Equal("flowed", answer.BodyParts.First().ContentType.Parameters["format"]);
        Assert.Contains("<strong>九点</strong>", answer.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_goes_on_after_a_restart()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        var mail = rig.NewMail(Ann, "more");
        mail.References.Add("begun@x.test");
        mail.References.Add("middle@x.test");
        mail.Subject = "Re: 计划";
        await rig.PutAsync(mail);
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        await rig.Session.SendAsync(Answer(rig, asked, "yes"), Cancel);

        var answer = Assert.Single(rig.MailsTo(Ann));
        Assert.Equal("Re: 计划", answer.Subject);
        Assert.Equal(["begun@x.test", "middle@x.test", asked.ExternalMessageId.Trim('<', '>')], answer.References);
    }

    [Fact]
    public async Task A_thread_that_is_read_again_is_that_of_the_very_mail()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "mine");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        var id = asked.ExternalMessageId.Trim('<', '>');
        var other = rig.NewMail(5002, "for nobody else");
        (other.Subject, other.MessageId) = ("Secret", $"longer-{id}");
        await rig.PutAsync(other);
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();
        await rig.StartAsync(Cancel);

        await rig.Session.SendAsync(Answer(rig, asked, "yes"), Cancel);

        var answer = Assert.Single(rig.MailsTo(Ann));
        Assert.Equal("Re: mail-1", answer.Subject);
        Assert.Equal([id], answer.References);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_names_a_mail_of_somebody_else_learns_nothing_of_it(bool isRestarted)
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        var secret = rig.NewMail(Ann, "for you alone");
        (secret.Subject, secret.MessageId) = ("Secret", "secret@x.test");
        await rig.PutAsync(secret);
        var curious = rig.NewMail(5002, "what is it about?");
        (curious.Subject, curious.InReplyTo) = ("Guess", "secret@x.test");
        await rig.PutAsync(curious);
        var more = rig.NewMail(Ann, "one more thing");
        (more.Subject, more.InReplyTo) = ("Re: Secret", "secret@x.test");
        await rig.PutAsync(more);
        var stranger = (await rig.Gateway.WaitAsync(3, Cancel))[1];
        if (isRestarted)
        {
            await rig.StopAsync();
            await rig.StartAsync(Cancel);
        }

        await rig.Session.SendAsync(Answer(rig, stranger, "Are you still there?") with { ReplyToExternalId = null }, Cancel);

        Assert.Equal("Re: Guess", Assert.Single(rig.MailsTo(5002)).Subject);
    }

    [Fact]
    public async Task Whoever_names_a_mail_of_somebody_else_does_not_learn_what_it_answers()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        var secret = rig.NewMail(Ann, "for you alone");
        secret.MessageId = "secret@x.test";
        secret.References.Add("begun@x.test");
        await rig.PutAsync(secret);
        var curious = rig.NewMail(5002, "what is it about?");
        curious.InReplyTo = "secret@x.test";
        await rig.PutAsync(curious);

        var asked = (await rig.Gateway.WaitAsync(2, Cancel))[1];

        await rig.Session.SendAsync(Answer(rig, asked, "I won't say."), Cancel);

        Assert.Equal(["<secret@x.test>", asked.ExternalMessageId], Assert.Single(rig.MailsTo(5002)).References.Select(reference => $"<{reference}>"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_takes_the_id_of_a_mail_of_somebody_else_has_no_word_in_its_thread(bool isRestarted)
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "mine");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        var other = rig.NewMail(5002, "the same id");
        (other.Subject, other.MessageId) = ("Click here", asked.ExternalMessageId.Trim('<', '>'));
        await rig.PutAsync(other);
        await rig.Gateway.WaitAsync(2, Cancel);
        if (isRestarted)
        {
            await rig.StopAsync();
            await rig.StartAsync(Cancel);
        }

        await rig.Session.SendAsync(Answer(rig, asked, "yes"), Cancel);

        Assert.Equal("Re: mail-1", Assert.Single(rig.MailsTo(Ann)).Subject);
    }

    [Fact]
    public async Task An_answer_that_names_only_the_answered_mail_stays_in_the_thread()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "question");
        var asked = (await rig.Gateway.WaitAsync(1, Cancel))[0];
        var answered = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Answer(rig, asked, "answer"), Cancel));
        var next = rig.NewMail(Ann, "and then?");
        next.InReplyTo = answered.ExternalId.Trim('<', '>');

        await rig.PutAsync(next);

        var then = (await rig.Gateway.WaitAsync(2, Cancel))[1];
        Assert.Equal(asked.Chat, then.Chat with { Title = asked.Chat.Title });
        await rig.Session.SendAsync(Answer(rig, then, "more"), Cancel);
        Assert.Equal(
            [asked.ExternalMessageId, answered.ExternalId, then.ExternalMessageId], rig.MailsTo(Ann)[1].References.Select(reference => $"<{reference}>"));
    }

    [Fact]
    public async Task A_mail_nobody_asked_for_begins_a_thread()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "**Reminder:** the meeting\n\nat nine"));

        var mail = Assert.Single(rig.MailsTo(Ann));
        Assert.Equal("Reminder: the meeting", mail.Subject);
        Assert.Empty(mail.References);
        Assert.Null(mail.InReplyTo);
        Assert.Equal("auto-generated", mail.Headers[HeaderId.AutoSubmitted]);
    }

    [Fact]
    public async Task A_file_that_is_too_large_or_gone_is_not_fetched()
    {
        await using var rig = await house.NewRigAsync(options => options.Options.MaxAttachmentBytes = 1_000);
        await rig.StartAsync(Cancel);
        await rig.SendFileAsync(Ann, new byte[5_000]);
        var file = Assert.IsType<InboundContent.Said>((await rig.Gateway.WaitAsync(1, Cancel))[0].Content).Attachments[0];
        var reader = (IAttachmentReader)rig.Session;

        Assert.Equal(AttachmentFault.TooLarge, (await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(file, Cancel))).Fault);
        foreach (var gone in new[] { "gone", "1/2/3", "1/2/3/<nobody@x.test>", file.Reference.Replace("/2/", "/9/", StringComparison.Ordinal), "1/0/1/x", "1/1/1) FETCH 1:*/x" })
        {
            Assert.Equal(AttachmentFault.Final, (await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(file with { Reference = gone }, Cancel))).Fault);
        }
    }

    [Fact]
    public async Task A_repeated_send_has_the_id_it_had()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("x"), null, 1, false);
        rig.LoseNextAnswer();

        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));
        var again = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal([again.ExternalId, again.ExternalId], rig.MailsTo(Ann).Select(mail => $"<{mail.MessageId}>"));
    }

    [Fact]
    public async Task A_line_that_breaks_before_the_mail_has_sent_nothing()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        rig.Fail(new SmtpFault.CutBefore());

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x"));
        Assert.Empty(rig.ShownTo(Ann));
    }

    [Theory]
    [InlineData("421 4.3.2 closing", PauseScope.Connection, null)]
    [InlineData("450 4.2.0 Greylisted for 5 minutes", PauseScope.Chat, 300)]
    [InlineData("452 4.3.1 no space", PauseScope.Chat, null)]
    public async Task A_server_that_cannot_now_is_asked_again(string answer, PauseScope scope, int? seconds)
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        rig.Fail(new SmtpFault.Answer(answer));

        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "x"));

        Assert.Equal(scope, later.Scope);
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, later.Delay);
    }

    [Fact]
    public async Task What_is_sent_to_no_address_is_refused()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);

        foreach (var chat in new[] { "", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "@" })
        {
            var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat(chat), new MessageBody("x"), null, 1, false);
            Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(message, Cancel));
        }
    }

    [Fact]
    public async Task A_mail_is_flagged_after_it_is_stored_and_not_before()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        rig.Gateway.FailNext();
        await rig.SayAsync(Ann, "precious");
        Assert.NotNull(await rig.WaitForEndAsync());
        Assert.Equal("", Assert.Single(rig.Servers.FlagsOf(rig.Account)));

        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.SayAsync(Ann, "next");
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();

        Assert.Contains("S", rig.Servers.FlagsOf(rig.Account));
    }

    [Fact]
    public async Task The_first_look_takes_what_nobody_has_read()
    {
        await using var rig = await house.NewRigAsync();
        await rig.PutAsync(rig.NewMail(Ann, "answered by somebody long ago"), isRead: true);
        await rig.SayAsync(Ann, "waiting");

        await rig.StartAsync(Cancel);

        Assert.Equal("waiting", Text(Assert.Single(await rig.Gateway.WaitAsync(1, Cancel))));
    }

    [Fact]
    public async Task A_mail_somebody_read_meanwhile_is_still_received()
    {
        await using var rig = await house.NewRigAsync();
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();
        await rig.PutAsync(rig.NewMail(Ann, "read on a phone"), isRead: true);

        await rig.StartAsync(Cancel);

        Assert.Equal(["before", "read on a phone"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    [Fact]
    public async Task More_answers_than_an_hour_has_room_for_are_not_given()
    {
        await using var rig = await house.NewRigAsync(options => options.Settings["answersPerHour"] = "2");
        await rig.StartAsync(Cancel);

        foreach (var text in new[] { "one", "two", "three" })
        {
            await rig.SayAsync(Ann, text);
        }

        await rig.SayAsync(5002, "somebody else");

        Assert.Equal([true, true, false, true], (await rig.Gateway.WaitAsync(4, Cancel)).Select(message => message.IsAddressed));
    }

    [Fact]
    public async Task A_mail_larger_than_is_read_still_says_what_it_says()
    {
        await using var rig = await house.NewRigAsync(options => options.Options.MaxMailBytes = 20_000);
        await rig.StartAsync(Cancel);

        await rig.SendFileAsync(Ann, new byte[100_000]);

        var said = Assert.IsType<InboundContent.Said>((await rig.Gateway.WaitAsync(1, Cancel))[0].Content);
        Assert.Equal("see the file", said.Text);
        await using var file = await ((IAttachmentReader)rig.Session).OpenAsync(Assert.Single(said.Attachments), Cancel);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Cancel);
        Assert.Equal(100_000, bytes.Length);
    }

    private static OutboundMessage Answer(EmailRig rig, InboundMessage to, string markdown)
        => new(Guid.CreateVersion7(), rig.Connection.Id, to.Chat, new MessageBody(markdown), to.ExternalMessageId, 1, false);

    private static Task<SendOutcome> SendAsync(EmailRig rig, string markdown)
        => rig.Session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(markdown), null, 1, false), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    private static async Task SubmitAsync(EmailRig rig, MimeMessage mail)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", rig.Servers.SmtpPort, SecureSocketOptions.None, Cancel);
        await client.AuthenticateAsync(EmailRig.AddressOf(rig.AccountOf(Ann)), MailServers.Password, Cancel);
        await client.SendAsync(mail, Cancel);
    }
}
