using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Signal;
using Assistant.Testing.Messaging;
using Assistant.Testing.Signal;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Signal;

/// <summary>What is special to Signal: identities, mentions, quotations, challenges, styles, and what nobody would send.</summary>
public sealed class SignalTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_daemon_is_not_looked_for_where_the_console_listens()
        => Assert.NotEqual(8080, new Uri(SignalSettings.Fields.Single(field => field.Key == "daemon").Default!).Port);

    [Fact]
    public void Every_recorded_payload_is_understood()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("signal"))
        {
            var (body, expect) = (payload["body"]!, payload["expect"]!);

            var message = NewReader().Read(Encoding.UTF8.GetBytes(body.ToJsonString()));

            Assert.True(message is not null, name);
            Assert.Equal((string)expect["message_id"]!, message.DedupeKey);
            Assert.Equal((string)expect["message_id"]!, message.ExternalMessageId);
            Assert.Equal((string)expect["user"]!, message.Sender.ExternalId);
            Assert.Equal((string)expect["conversation"]!, message.Chat.ExternalId);
            Assert.Equal((string)expect["text"]!, Assert.IsType<InboundContent.Said>(message.Content).Text);
        }
    }

    [Theory]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"typingMessage":{"action":"STARTED","timestamp":5}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"receiptMessage":{"when":5,"isDelivery":true}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"callMessage":{}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"dataMessage":{"timestamp":5,"message":null,"reaction":{"emoji":"👍","targetSentTimestamp":4}}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"dataMessage":{"timestamp":5,"message":null,"sticker":{"packId":"aa","stickerId":1}}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"self","timestamp":5,"dataMessage":{"timestamp":5,"message":"own"}}}""")]
    [InlineData("""{"envelope":{"sourceNumber":"+15550100001","timestamp":5,"syncMessage":{"sentMessage":{"message":"own"}}}}""")]
    [InlineData("""{"envelope":{"sourceUuid":"u","timestamp":5,"dataMessage":{"timestamp":-5,"message":"before all time"}}}""")]
    [InlineData("""{"envelope":{"timestamp":5,"dataMessage":{"timestamp":5,"message":"from nobody"}}}""")]
    [InlineData("""{"exception":{"message":"decryption failed"},"account":"+15550100001"}""")]
    public void What_is_nothing_for_the_assistant_is_none(string json) => Assert.Null(NewReader().Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("{0}")]
    [InlineData("""{{"jsonrpc":"2.0","method":"receive","params":{0}}}""")]
    [InlineData("""{{"jsonrpc":"2.0","method":"receive","params":{{"subscription":0,"result":{0}}}}}""")]
    public void An_event_may_come_in_any_of_its_covers(string cover)
    {
        const string inner = """{"envelope":{"sourceUuid":"u","sourceName":"Lin","timestamp":5,"dataMessage":{"timestamp":5,"message":"hi"}}}""";

        var message = NewReader().Read(Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, cover, inner)));

        Assert.Equal(("u/5", "Lin", new InboundContent.Said("hi").Text), (message!.ExternalMessageId, message.Sender.DisplayName, ((InboundContent.Said)message.Content).Text));
    }

    [Theory]
    [InlineData("\uFFFC, what is it?", "self", 0, "what is it?", true)]
    [InlineData("ask \uFFFC about it", "other", 4, "ask @Bob about it", false)]
    [InlineData("😀 \uFFFC hello", "self", 3, "😀  hello", true)]
    [InlineData("no place", "self", 400, "no place", true)]
    [InlineData("no mark", "self", -1, "no mark", true)]
    public void A_mention_becomes_a_name_or_an_address(string text, string who, int start, string expected, bool isAddressed)
    {
        var envelope = new JsonObject
        {
            ["envelope"] = new JsonObject
            {
                ["sourceUuid"] = "u", ["timestamp"] = 5,
                ["dataMessage"] = new JsonObject
                {
                    ["timestamp"] = 5, ["message"] = text, ["groupInfo"] = new JsonObject { ["groupId"] = "Zw==" },
                    ["mentions"] = new JsonArray(new JsonObject { ["name"] = "Bob", ["uuid"] = who, ["start"] = start, ["length"] = 1 }),
                },
            },
        };

        var message = NewReader().Read(Encoding.UTF8.GetBytes(envelope.ToJsonString()))!;

        Assert.Equal((expected, isAddressed), (((InboundContent.Said)message.Content).Text, message.IsAddressed));
    }

    [Fact]
    public void Whatever_comes_gives_a_message_or_none()
    {
        byte[][] seeds =
        [
            """{"envelope":{"sourceUuid":"u","sourceName":"Lin","timestamp":5,"dataMessage":{"timestamp":5,"message":"\uFFFC hi","mentions":[{"uuid":"self","start":0,"length":1}],"groupInfo":{"groupId":"Zw=="},"quote":{"id":4,"authorUuid":"self"},"attachments":[{"contentType":"image/png","id":"x","size":3}]}}}"""u8.ToArray(),
            """{"envelope":{"sourceUuid":"u","timestamp":6,"editMessage":{"targetSentTimestamp":5,"dataMessage":{"timestamp":6,"message":"new"}}}}"""u8.ToArray(),
            """{"envelope":{"sourceUuid":"u","timestamp":7,"dataMessage":{"timestamp":7,"remoteDelete":{"timestamp":5}}}}"""u8.ToArray(),
            "{\"envelope\":{\"sourceUuid\":\"\\ud800\",\"timestamp\":5,\"dataMessage\":{\"timestamp\":5,\"message\":\"\\udc00\"}}}"u8.ToArray(),
        ];
        var reader = NewReader();

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            Assert.True(Record.Exception(() => reader.Read(input)) is null, $"{seed}");
        }
    }

    [Fact]
    public async Task Whatever_stream_comes_ends()
    {
        byte[][] seeds = ["id: 7\r\nevent: receive\r\ndata: {\"a\":\ndata: 1}\n\n:\n\nid:8\ndata:{}\n\n"u8.ToArray()];

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var stream = new SignalStream(new MemoryStream(input), maxBytes: 64);
            var fault = await Record.ExceptionAsync(async () =>
            {
                while (await stream.ReadAsync(Cancel) is not null)
                {
                }
            });
            Assert.True(fault is null or IOException, $"{seed}: {fault}");
        }
    }

    [Fact]
    public async Task A_stream_is_taken_apart()
    {
        var stream = new SignalStream(new MemoryStream("id: 7\r\nevent: receive\r\ndata: {\"a\":\ndata: 1}\n\n:\n\nid:8\n: remark\ndata:{}\n\nhalf"u8.ToArray()));

        var first = await stream.ReadAsync(Cancel);
        var (second, third, fourth) = (await stream.ReadAsync(Cancel), await stream.ReadAsync(Cancel), await stream.ReadAsync(Cancel));

        Assert.Equal(("7", "{\"a\":\n1}"), (first!.Id, Encoding.UTF8.GetString(first.Data)));
        Assert.Equal([0, 0, 2], [second!.Data.Length, third!.Data.Length, fourth!.Data.Length]);
        Assert.Equal("8", fourth.Id);
        Assert.Null(await stream.ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("**bold** _it_ ~~gone~~ `code`", "bold it gone code", "0:4:BOLD 5:2:ITALIC 8:4:STRIKETHROUGH 13:4:MONOSPACE")]
    [InlineData("中文**粗体**👍 *斜*", "中文粗体👍 斜", "2:2:BOLD 7:1:ITALIC")]
    [InlineData("[label](https://x.test) <https://y.test>", "label (https://x.test) https://y.test", "")]
    [InlineData("> **said**\n\nanswer", "> said\n\nanswer", "")]
    [InlineData("> was ~~10~~ 8", "> was ~~10~~ 8", "")]
    [InlineData("2*3*4 and *so*", "2*3*4 and so", "10:2:ITALIC")]
    [InlineData("*both **nested***", "both nested", "0:11:ITALIC 5:6:BOLD")]
    [InlineData("```\nx = 1\n```", "x = 1", "0:5:MONOSPACE")]
    [InlineData("***", "———", "")]
    public void Markdown_becomes_text_and_styles(string markdown, string text, string styles)
    {
        var rendered = SignalText.Render(markdown);

        Assert.Equal((text, styles), (rendered.Text, string.Join(' ', rendered.Styles)));
    }

    [Fact]
    public async Task An_answer_quotes_what_it_answers()
    {
        await using var rig = await StartAsync();
        await rig.SayAsync(Ann, "question?");
        var asked = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));

        await rig.Session.SendAsync(Message(rig, "answer", rig.ChatOf(Ann), asked.ExternalMessageId), Cancel);
        await rig.Session.SendAsync(Message(rig, "to something old", rig.ChatOf(Ann), "nobody/5"), Cancel);

        var quoted = rig.Daemon.Shown[0].Call;
        Assert.Equal((SignalRig.Aci(Ann), "question?"), ((string)quoted["quoteAuthor"]!, (string)quoted["quoteMessage"]!));
        Assert.Equal(asked.ExternalMessageId, $"{quoted["quoteAuthor"]}/{quoted["quoteTimestamp"]}");
        Assert.Null(rig.Daemon.Shown[1].Call["quoteTimestamp"]);
    }

    [Fact]
    public async Task A_reply_to_the_assistant_in_a_group_is_addressed_to_it()
    {
        await using var rig = await StartAsync();
        var sent = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, "hello", new ExternalChat($"group:{SignalRig.Group}", IsGroup: true)), Cancel));
        var envelope = rig.NewGroupMessage(Ann, "really?", isMention: false);
        envelope["dataMessage"]!["quote"] = new JsonObject { ["id"] = rig.Daemon.Shown[0].Timestamp, ["authorUuid"] = SignalDaemon.Aci };

        await rig.HappenAsync(envelope);

        var message = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.True(message.IsAddressed);
        Assert.Equal(sent.ExternalId, ((InboundContent.Said)message.Content).ReplyToExternalId);
        Assert.Equal(SignalRig.Group, rig.Daemon.Shown[0].Chat);
    }

    [Fact]
    public async Task Typing_is_shown_where_the_answer_will_be()
    {
        await using var rig = await StartAsync();

        await ((ITypingIndicator)rig.Session).ShowTypingAsync(rig.ChatOf(Ann), Cancel);
        await ((ITypingIndicator)rig.Session).ShowTypingAsync(new ExternalChat($"group:{SignalRig.Group}", IsGroup: true), Cancel);

        Assert.Equal([SignalRig.Aci(Ann), SignalRig.Group], rig.Daemon.Typing);
    }

    [Theory]
    [InlineData(-5, "RATE_LIMIT_FAILURE", "token", 86_400L, "signal.challenge", true)]
    [InlineData(-5, "RATE_LIMIT_FAILURE", null, null, "channel.pause", true)]
    [InlineData(-4, "IDENTITY_FAILURE", null, null, "signal.untrusted", false)]
    [InlineData(-3, "NETWORK_FAILURE", null, null, "signal.offline", true)]
    public async Task A_failure_is_told_in_words_and_waits_where_waiting_helps(int code, string type, string? token, long? retryAfter, string reason, bool waits)
    {
        await using var rig = await StartAsync();
        rig.Daemon.Fail(_ => SignalDaemon.Failure(code, type, token, retryAfter));

        var outcome = await rig.Session.SendAsync(Message(rig, "x", rig.ChatOf(Ann)), Cancel);

        var (says, delay) = outcome switch
        {
            SendOutcome.RetryAfter later => (later.Reason, later.Delay),
            SendOutcome.Rejected refusal => (refusal.Reason, null),
            _ => throw new InvalidOperationException($"{outcome}"),
        };
        Assert.Equal((reason, waits), (says.FirstCode, outcome is SendOutcome.RetryAfter));
        Assert.Equal(retryAfter is null ? null : TimeSpan.FromSeconds(retryAfter.Value), retryAfter is null ? null : delay);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("u:name.01")]
    [InlineData("group:--x")]
    [InlineData("+")]
    [InlineData("")]
    public async Task What_is_no_chat_reaches_no_command(string chat)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, "x", new ExternalChat(chat)), Cancel));
        Assert.Empty(rig.Daemon.Shown);
    }

    [Fact]
    public async Task A_large_file_is_read_while_it_comes()
    {
        await using var rig = await StartAsync();
        var content = Enumerable.Range(0, 6_000_001).Select(i => (byte)(i * 31 >> 4)).ToArray();
        rig.Daemon.AddFile("large", content);

        await using var file = await ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", "large"), Cancel);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Cancel);

        Assert.Equal(content, bytes.ToArray());
    }

    [Fact]
    public async Task A_file_that_takes_longer_than_other_calls_is_shown_once()
    {
        await using var rig = await SignalRig.NewAsync(callTimeout: TimeSpan.FromSeconds(1));
        await rig.StartAsync(Cancel);
        rig.Daemon.FileDuration = TimeSpan.FromSeconds(2);
        var file = new OutboundFile("file", "plan.pdf", "application/pdf", 4, _ => Task.FromResult<Stream>(new MemoryStream("plan"u8.ToArray())));

        var outcome = await ((IFileSender)rig.Session).SendFileAsync(Message(rig, "", rig.ChatOf(Ann)), file, Cancel);

        Assert.IsType<SendOutcome.Delivered>(outcome);
        Assert.Equal(["plan"], rig.FilesShownTo(Ann).Select(shown => Encoding.UTF8.GetString(shown.Content)));
    }

    private static SignalReader NewReader() => new(
        new ConnectionId("s"), GroupRule.Of(SettingValues.Empty), SignalDaemon.Account, new HashSet<string> { SignalDaemon.Account, "self" });

    private static OutboundMessage Message(SignalRig rig, string markdown, ExternalChat chat, string? replyTo = null)
        => new(Guid.CreateVersion7(), rig.Connection.Id, chat, new MessageBody(markdown), replyTo, 1, false);

    private static async Task<SignalRig> StartAsync()
    {
        var rig = await SignalRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }
}
