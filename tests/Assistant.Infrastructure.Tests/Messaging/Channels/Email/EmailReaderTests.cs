using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Testing.Messaging;
using MailKit.Security;
using MimeKit;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

public sealed class EmailReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_recorded_mails_are_read_as_they_are_meant()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("email"))
        {
            var expect = payload["expect"]!;
            var mail = Read((string)payload["raw"]!);
            if ((string)expect["kind"]! == "ignored")
            {
                Assert.True(mail is null or { Message.Sender.IsBot: true } or { Message.IsAddressed: false }, name);
                continue;
            }

            var said = Said(mail);
            Assert.Equal((string)expect["message_id"]!, mail!.Message.ExternalMessageId);
            Assert.Equal((string)expect["user"]!, mail.Message.Sender.ExternalId);
            Assert.Equal((string)expect["conversation"]!, mail.Message.Chat.ThreadId);
            Assert.Equal((string)expect["text"]!, said.Text);
            Assert.Equal((string?)expect["reply_to"], said.ReplyToExternalId);
            if ((string?)expect["subject"] is { } subject)
            {
                Assert.Equal(subject, mail.Subject);
            }
        }
    }

    [Fact]
    public void The_vectors_hold()
    {
        foreach (var (id, input, expect) in Vectors.Of("email.json"))
        {
            if ((string?)input["header"] is { } header && (string?)expect["text"] is { } text)
            {
                Assert.True(text == MimeKit.Utils.Rfc2047.DecodeText(Encoding.ASCII.GetBytes(header)), id);
            }
            else if ((string?)input["header"] is { } typed && expect is JsonObject parameters)
            {
                var type = ContentType.Parse(typed[(typed.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                Assert.All(parameters, parameter => Assert.Equal((string)parameter.Value!, type.Parameters[parameter.Key]));
            }
            else
            {
                var challenge = new SaslMechanismOAuth2((string)input["user"]!, (string)input["token"]!).Challenge("", TestContext.Current.CancellationToken);
                Assert.Equal((string)expect["base64"]!, challenge);
            }
        }
    }

    [Fact]
    public void A_chinese_mail_of_any_encoding_is_read()
    {
        var gbk = Encoding.GetEncoding("gb2312");
        byte[] raw =
        [
            .. Encoding.ASCII.GetBytes($"From: =?gb2312?B?{Convert.ToBase64String(gbk.GetBytes("李琳"))}?= <Lin@X.Test>\r\nTo: a@h.test\r\nMessage-ID: <g@x.test>\r\n"
                + $"Subject: =?gb2312?B?{Convert.ToBase64String(gbk.GetBytes("回复：会议"))}?=\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
            .. Encoding.ASCII.GetBytes(Convert.ToBase64String(gbk.GetBytes("明天几点开会？"))),
        ];

        var mail = Read(raw)!;

        Assert.Equal("明天几点开会？", Said(mail).Text);
        Assert.Equal("会议", mail.Subject);
        Assert.Equal(new ExternalSender("lin@x.test", "李琳"), mail.Message.Sender);
    }

    [Theory]
    [InlineData("text/plain", "plain <b>", "text/html", "<p>page</p>", "plain <b>")]
    [InlineData("text/html", "<p>page</p>", "text/plain", "plain", "plain")]
    [InlineData("text/plain", " \n", "text/html", "<p>page &amp; more</p>", "page & more")]
    public void Plain_text_is_preferred_and_html_becomes_words(string first, string one, string second, string other, string text)
        => Assert.Equal(text, Said(Read(Mail($"Content-Type: multipart/alternative; boundary=b", $"--b\nContent-Type: {first}; charset=utf-8\n\n{one}\n--b\nContent-Type: {second}; charset=utf-8\n\n{other}\n--b--"))).Text);

    [Fact]
    public void A_flowed_text_is_joined_again()
        => Assert.Equal(
            "one long line and more\ntwo", Said(Read(Mail("Content-Type: text/plain; format=flowed", "one long \nline and more\ntwo"))).Text);

    [Fact]
    public void The_line_above_a_signature_is_not_joined()
        => Assert.Equal("Yes, please.", Said(Read(Mail("Subject: Re: plan\nContent-Type: text/plain; format=flowed", "Yes, please.\n-- \nLin"))).Text);

    [Fact]
    public void A_mail_without_words_says_its_subject() => Assert.Equal("are you there", Said(Read(Mail("Subject: Re: are you there", ""))).Text);

    [Theory]
    [InlineData("What are your opening hours on Sunday?", "Sent from my iPhone", "What are your opening hours on Sunday?")]
    [InlineData("Please cancel my order 4711 until Friday", "Thanks\n-- \nAnn", "Please cancel my order 4711 until Friday\nThanks")]
    [InlineData("Please cancel my order", "-- \nAnn\nExample Ltd.", "Please cancel my order")]
    [InlineData("请取消我的订单", "谢谢！\n\n发自我的iPhone", "请取消我的订单\n谢谢！")]
    [InlineData("Opening hours", "Opening hours on Sunday, please?", "Opening hours on Sunday, please?")]
    [InlineData("FW: order 4711", "When does it come?", "order 4711\nWhen does it come?")]
    [InlineData("Help", "Sent from my iPhone", "Help")]
    [InlineData("会议", "明天几点开会？", "明天几点开会？")]
    [InlineData("Question", "When do you open?", "When do you open?")]
    [InlineData("My data, please", "Forget me.", "Forget me.")]
    [InlineData("Hello there", "/link ABCDE-FGHJK", "/link ABCDE-FGHJK")]
    public void The_subject_of_a_mail_that_answers_nothing_is_said_first(string subject, string text, string said)
        => Assert.Equal(said, Said(Read(Mail($"Subject: {subject}\nContent-Type: text/plain; charset=utf-8", text))).Text);

    [Theory]
    [InlineData("Subject: Re: our order 4711")]
    [InlineData("Subject: our order 4711\nIn-Reply-To: <p@x.test>")]
    [InlineData("Subject: our order 4711\nReferences: <p@x.test>")]
    public void The_subject_of_an_answer_is_not_said_again(string headers) => Assert.Equal("Yes, please.", Said(Read(Mail(headers, "Yes, please."))).Text);

    [Theory]
    [InlineData("Please translate the attached letter", "Please translate the attached letter")]
    [InlineData("letter", "")]
    [InlineData("New letter 7", "")]
    public void Of_a_file_the_subject_says_what_to_do_with_it(string subject, string said)
        => Assert.Equal(said, Said(Read(Mail(
            $"Subject: {subject}\nContent-Type: multipart/mixed; boundary=b",
            "--b\nContent-Type: text/plain\n\nSent from my iPhone\n--b\nContent-Type: application/pdf; name=\"New letter 7.pdf\"\n\nx\n--b--"))).Text);

    [Theory]
    [InlineData("Subject: FW: Invoice\nIn-Reply-To: <p@x.test>")]
    [InlineData("Subject: Fwd: Re: Invoice\nReferences: <p@x.test>")]
    [InlineData("Subject: WG: Invoice\nIn-Reply-To: <p@x.test>")]
    [InlineData("Subject: 转发：发票\nIn-Reply-To: <p@x.test>")]
    [InlineData("Subject: Invoice")]
    public void What_was_forwarded_is_read(string headers)
    {
        const string Text = "Can you summarise this?\n\nFrom: Bo <bo@x.test>\nSent: Thursday\nTo: Lin\nSubject: Invoice\n\nIt is due.";

        Assert.Equal(Text, Said(Read(Mail(headers + "\nContent-Type: text/plain; charset=utf-8", Text))).Text);
        Assert.Equal("Please translate\n-----Original Message-----\nFrom: Bo\nSent: now\nTo: Lin\nGuten Tag", Said(Read(Mail(
            headers + "\nContent-Type: text/html", "<div>Please translate</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> Bo<br><b>Sent:</b> now<br><b>To:</b> Lin</div><div>Guten Tag</div>"))).Text);
    }

    [Theory]
    [InlineData("Subject: Re: FW: Invoice")]
    [InlineData("Subject: Invoice\nIn-Reply-To: <p@x.test>")]
    public void What_is_answered_is_not(string headers)
        => Assert.Equal("Yes.", Said(Read(Mail(headers, "Yes.\n\nFrom: Bo <bo@x.test>\nSent: Thursday\nTo: Lin\nSubject: Invoice\n\nIs it due?"))).Text);

    [Fact]
    public void Files_name_their_place_in_the_mail()
    {
        var said = Said(Read(Mail(
            "Content-Type: multipart/mixed; boundary=m",
            "--m\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nwords\n--a\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>words</p>\n--r\nContent-Type: image/png; name=logo.png\n\nx\n--r--\n--a\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--a--\n"
            + "--m\nContent-Type: image/jpeg\nContent-Disposition: attachment; filename=\"../../etc/ph\u0001oto.jpg\"\n\nx\n--m\nContent-Type: message/rfc822\n\nSubject: inner\n\nold words\n--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\nx\n--m--")));

        Assert.Equal("words", said.Text);
        Assert.Equal(
            [("file", "7/9/1.3/<m@x.test>", null), ("image", "7/9/2/<m@x.test>", "photo.jpg"), ("file", "7/9/3/<m@x.test>", "inner.eml"), ("file", "7/9/4/<m@x.test>", "winmail.dat")],
            said.Attachments.Select(file => (file.Kind, file.Reference, file.FileName)));
    }

    [Fact]
    public void A_mail_that_is_one_file_is_part_one()
        => Assert.Equal("7/9/1/<m@x.test>", Assert.Single(Said(Read(Mail("Content-Type: application/pdf; name=a.pdf", "x"))).Attachments).Reference);

    [Fact]
    public void A_thread_is_named_by_its_beginning()
    {
        Assert.Equal("<m@x.test>", Read(Mail("", "x"))!.Message.Chat.ThreadId);
        Assert.Equal("<p@x.test>", Read(Mail("In-Reply-To: <p@x.test>", "x"))!.Message.Chat.ThreadId);
        Assert.Equal("<r@x.test>", Read(Mail("References: <r@x.test> <p@x.test>\nIn-Reply-To: <p@x.test>", "x"))!.Message.Chat.ThreadId);
        Assert.Equal(["<r@x.test>", "<p@x.test>", "<m@x.test>"], Read(Mail("References: <r@x.test>\nIn-Reply-To: <p@x.test>", "x"))!.References);
    }

    [Fact]
    public void An_id_longer_than_storage_has_room_for_is_its_hash()
    {
        var thread = Read(Mail($"References: <{new string('r', 400)}@x.test>", "x"))!.Message.Chat.ThreadId!;

        Assert.StartsWith("#", thread, StringComparison.Ordinal);
        Assert.Null(EmailIds.FromKey(thread));
    }

    [Fact]
    public void What_a_mail_is_known_by_is_what_it_says_and_not_the_way_it_came()
    {
        var once = Key(Mail("", "x"));

        Assert.Equal(once, Key("Received: by elsewhere\r\nDelivered-To: alias@h.test\r\n" + Mail("", "x")));
        Assert.NotEqual(once, Key(Mail("", "another text under the same id")));
        Assert.NotEqual(Key(Mail("", "x", id: null)), Key(Mail("Subject: other", "x", id: null)));

        static string Key(string raw) => Read(raw)!.Message.DedupeKey;
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied")]
    [InlineData("Auto-Submitted: auto-generated; owner=x")]
    [InlineData("Return-Path: <>")]
    [InlineData("List-Id: <news.x.test>")]
    [InlineData("List-Unsubscribe: <https://x.test>")]
    [InlineData("Precedence: bulk")]
    [InlineData("Precedence: LIST")]
    [InlineData("X-Auto-Response-Suppress: OOF, AutoReply")]
    [InlineData("X-Autoreply: yes")]
    [InlineData("From: Mailer <MAILER-DAEMON@x.test>")]
    [InlineData("From: no-reply@x.test")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=b")]
    public void Mail_of_machines_is_marked_as_such(string header) => Assert.True(Read(Mail(header, "x"))!.Message.Sender.IsBot);

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Return-Path: <lin@x.test>")]
    [InlineData("Precedence: normal")]
    [InlineData("X-Auto-Response-Suppress: None")]
    public void Mail_of_people_is_not(string header) => Assert.False(Read(Mail(header, "x"))!.Message.Sender.IsBot);

    [Fact]
    public void Our_own_mail_and_mail_of_nobody_is_nothing()
    {
        Assert.Null(Read(Mail("From: Assistant <A@H.test>", "x")));
        Assert.Null(Read("Subject: s\r\n\r\nx"));
        Assert.Null(Read("From: undisclosed:;\r\n\r\nx"));
        Assert.Null(Read(""));
    }

    [Theory]
    [InlineData("To: a@h.test\nCc: bo@x.test", true)]
    [InlineData("To: bo@x.test\nCc: A@h.test", false)]
    [InlineData("To: alias@h.test", true)]
    [InlineData("To: a@h.test\nCc: a@h.test", true)]
    public void A_copy_for_information_is_not_answered(string headers, bool isAddressed) => Assert.Equal(isAddressed, Read(Mail(headers, "x"))!.Message.IsAddressed);

    [Theory]
    [InlineData("mx.h.test; dmarc=pass header.from=x.test", true)]
    [InlineData("mx.h.test; spf=fail smtp.mailfrom=evil.test; dmarc=fail header.from=x.test", false)]
    [InlineData("mx.h.test; dkim=pass header.d=x.test; dmarc=fail header.from=x.test", false)]
    [InlineData("MX.H.TEST; dkim=pass header.d=x.test", true)]
    [InlineData("mx.h.test; dkim=pass header.d=evil.test", false)]
    [InlineData("mx.h.test; dkim=pass header.d=test", false)]
    [InlineData("mx.h.test; dkim=fail header.d=x.test; spf=pass smtp.mailfrom=lin@x.test", true)]
    [InlineData("mx.h.test; spf=pass smtp.mailfrom=lin@evil.test", false)]
    [InlineData("mx.h.test; dmarc=pass header.from=evil.test", false)]
    [InlineData("mx.evil.test; dmarc=pass header.from=x.test", false)]
    [InlineData("mx.h.test; none", false)]
    [InlineData("mx.h.test", false)]
    public void A_sender_is_who_the_own_server_says_or_a_stranger(string results, bool isProven)
    {
        var mail = Read(Mail($"Authentication-Results: {results}", "x"), ("authservId", "mx.h.test"))!.Message;

        Assert.Equal(isProven ? "lin@x.test" : "unproven:lin@x.test", mail.Sender.ExternalId);
        Assert.Equal(mail.Sender.ExternalId, mail.Chat.ExternalId);
    }

    [Fact]
    public void What_came_from_outside_proves_nothing()
    {
        const string Forged = "Authentication-Results: mx.h.test; dmarc=pass header.from=x.test\r\n";

        Assert.Equal(
            "unproven:lin@x.test",
            Read("Authentication-Results: mx.h.test; dmarc=fail header.from=x.test\r\nReceived: from outside by mx.h.test\r\n" + Forged + Mail("", "x"), ("authservId", "mx.h.test"))!.Message.Sender.ExternalId);
        Assert.Equal("unproven:lin@x.test", Read(Forged + "From: bo@x.test\r\n" + Mail("", "x"), ("authservId", "mx.h.test"))!.Message.Sender.ExternalId.Replace("bo@", "lin@", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_proven_say_where_answers_go()
    {
        var mail = Mail("Reply-To: Office <office@y.test>", "x");

        Assert.Equal("lin@x.test", Read(mail)!.Message.Chat.ExternalId);
        Assert.Equal("unproven:lin@x.test", Read(mail, ("authservId", "mx.h.test"))!.Message.Chat.ExternalId);
        Assert.Equal("office@y.test", AnswersGoTo(ReadProven("x.test", mail)));
    }

    [Fact]
    public void Where_answers_are_wanted_makes_no_chat_another_persons()
    {
        const string Thread = "\nReferences: <ann@y.test>\nIn-Reply-To: <ann@y.test>";
        var own = ReadProven("y.test", Mail("From: ann@y.test", "x", id: "ann@y.test"));
        var foreign = ReadProven("x.test", Mail("From: mallory@x.test\nReply-To: Ann@y.test" + Thread, "x"));
        var long1 = new string('l', 60) + "@" + string.Join('.', Enumerable.Repeat(new string('d', 30), 3)) + ".test";

        Assert.Equal(("ann@y.test", "mallory@x.test>ann@y.test"), (own.Chat.ExternalId, foreign.Chat.ExternalId));
        Assert.Equal(own.Chat.ThreadId, foreign.Chat.ThreadId);
        Assert.Equal("ann@y.test", AnswersGoTo(foreign));
        Assert.Equal(long1, AnswersGoTo(ReadProven("x.test", Mail($"From: lin@x.test\nReply-To: {long1}", "x"))));

        // Of addresses for which there is no room beside each other, the writer's stays.
        var from = $"{new string('f', 30)}@x.test";
        Assert.Equal(from, ReadProven("x.test", Mail($"From: {from}\nReply-To: {new string('b', 20)}{long1}", "x")).Chat.ExternalId);
    }

    [Theory]
    [InlineData("\"mallory>ann\"@x.test")]
    [InlineData("\"a<b\"@x.test")]
    public void An_address_that_could_be_taken_for_two_is_none(string address)
    {
        Assert.Null(Read(Mail($"From: {address}", "x")));
        Assert.Equal("lin@x.test", ReadProven("x.test", Mail($"Reply-To: {address}", "x")).Chat.ExternalId);
    }

    [Fact]
    public void A_time_in_the_future_is_now()
    {
        Assert.Equal(Now, Read(Mail("Date: Thu, 01 Jan 2099 00:00:00 +0000", "x"))!.Message.SentAt);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Read(Mail("Date: Thu, 01 Jan 2026 08:00:00 +0800", "x"))!.Message.SentAt);
    }

    [Fact]
    public void Whatever_comes_is_a_mail_or_none()
    {
        var seeds = new[]
        {
            Mail("Content-Type: multipart/mixed; boundary=m\nReferences: <a@b> <c@d>\nAuthentication-Results: mx.h.test; dkim=pass header.d=x.test", "--m\nContent-Type: text/html; charset=gb2312\nContent-Transfer-Encoding: base64\n\nPGI+5L2g\n--m\nContent-Type: image/png; name*=utf-8''%E4%BD%A0.png\n\nx\n--m--"),
            Mail("Content-Type: multipart/alternative; boundary=b", "--b\nContent-Type: text/plain; format=flowed; delsp=yes\n\n> a \n> b\n--b\nContent-Type: text/html\n\n<div class=gmail_quote><a href=x>y</a><blockquote>z\n--b--"),
            Mail("Subject: =?utf-8?q?=E4=BD?= =?gbk?b?xOM=?=\nContent-Type: message/rfc822", "From: x@y\n\nOn 2026 a wrote:\n> b"),
        }.Select(Encoding.UTF8.GetBytes).ToArray();

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => Read(input, ("authservId", "mx.h.test")));
            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    [Fact]
    public void Nesting_without_end_is_read_as_far_as_it_makes_sense()
    {
        var raw = new StringBuilder("From: lin@x.test\r\n");
        for (var i = 0; i < 3_000; i++)
        {
            raw.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\r\n\r\n--b").Append(i).Append("\r\n");
        }

        Assert.NotNull(Read(raw.ToString()));
    }

    private static InboundMessage ReadProven(string domain, string mail)
        => Read($"Authentication-Results: mx.h.test; dmarc=pass header.from={domain}\r\n" + mail, ("authservId", "mx.h.test"))!.Message;

    private static string? AnswersGoTo(InboundMessage message) => EmailAddresses.TryParse(message.Chat, out var mailbox) ? mailbox.Address : null;

    private static string Mail(string headers, string body, string? id = "m@x.test")
    {
        var raw = headers.Length > 0 ? headers + "\n" : "";
        raw += raw.Contains("From:", StringComparison.Ordinal) ? "" : "From: Lin <lin@x.test>\n";
        raw += id is null ? "" : $"Message-ID: <{id}>\n";
        return (raw + "\n" + body).ReplaceLineEndings("\r\n");
    }

    private static InboundContent.Said Said(ReadMail? mail)
    {
        Assert.NotNull(mail);
        return Assert.IsType<InboundContent.Said>(mail.Message.Content);
    }

    private static ReadMail? Read(string raw, params (string Key, string Value)[] more) => Read(Encoding.UTF8.GetBytes(raw), more);

    private static ReadMail? Read(byte[] raw, params (string Key, string Value)[] more)
    {
        var settings = more.ToDictionary();
        settings["address"] = raw.AsSpan().IndexOf("assistant@h.test"u8) >= 0 ? "assistant@h.test" : "a@h.test";
        return new EmailReader(EmailSettings.Read(new SettingValues(settings)), new EmailOptions())
            .Read(new MemoryStream(raw), new MailPlace(new ConnectionId("mail"), 7, 9, Now));
    }
}
