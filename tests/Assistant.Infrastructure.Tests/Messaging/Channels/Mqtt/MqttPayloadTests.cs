using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Testing.Messaging;
using MQTTnet.Formatter;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Mqtt;

public sealed class MqttPayloadTests
{
    private static readonly string[] Seeds =
    [
        """{"id":"01J1","from":"panel-kitchen","text":"lights off","ts":1767225600}""", """{"id":7,"text":"你好 👋","replyTo":"x"}""", "lights off", """{"text":"\ud83d\ude00"}""",
    ];

    [Theory]
    [InlineData("""{"id":"a","text":"hi"}""", "a", "hi", null)]
    [InlineData("""{"id":7,"text":"hi","from":" Panel\u0007 "}""", "7", "hi", "Panel")]
    [InlineData("lights off", null, "lights off", null)]
    [InlineData("[1]", null, "[1]", null)]
    [InlineData("""{"id":"","text":"hi"}""", null, "hi", null)]
    public void What_a_device_says_is_read(string payload, string? id, string text, string? from)
    {
        var said = MqttPayload.Read(Bytes(payload));

        Assert.Equal((id, text, from), (said?.Id, said?.Text, said?.From));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"text":" "}""")]
    [InlineData("""{"text":7}""")]
    [InlineData("""{"text":"\ud83d"}""")]
    public void What_says_nothing_is_nothing(string payload) => Assert.Null(MqttPayload.Read(Bytes(payload)));

    [Fact]
    public void What_is_no_text_or_too_much_of_it_is_nothing()
    {
        Assert.Null(MqttPayload.Read(new ReadOnlySequence<byte>([0xC3, 0x28])));
        Assert.Null(MqttPayload.Read(Bytes(new string('x', MqttPayload.MaxBytes + 1))));
        Assert.NotNull(MqttPayload.Read(Bytes(new string('x', MqttPayload.MaxBytes))));
    }

    [Fact]
    public void Whatever_is_published_is_a_message_or_none()
    {
        foreach (var (seed, input) in MutatedBytes.Of([.. Seeds.Select(Encoding.UTF8.GetBytes)]))
        {
            var fault = Record.Exception(() => MqttPayload.Read(new ReadOnlySequence<byte>(input)));
            Assert.True(fault is null, $"Input {seed}: {fault}");
        }
    }

    [Fact]
    public void The_longest_answer_fits_however_it_is_written()
    {
        foreach (var c in new[] { "\u0001", "\"", "汉", "\\" })
        {
            Assert.InRange(MqttPayload.Write(Message(string.Concat(Enumerable.Repeat(c, MqttPayload.Limit.Max))), DateTimeOffset.UnixEpoch).Length, 1, MqttPayload.MaxBytes);
        }
    }

    [Fact]
    public void An_answer_has_words_for_devices_and_markdown_for_screens()
    {
        var message = Message("**Done**: `light.off`") with { ReplyToExternalId = "01J1" };

        var answer = JsonNode.Parse(MqttPayload.Write(message, DateTimeOffset.UnixEpoch.AddSeconds(5)))!;

        Assert.Equal(
            ($"{message.Id}", "Done: light.off", "**Done**: `light.off`", "01J1", 5),
            ((string?)answer["id"], (string?)answer["text"], (string?)answer["markdown"], (string?)answer["replyTo"], (int)answer["ts"]!));
    }

    [Theory]
    [InlineData("home/in/lin", "lin", null)]
    [InlineData("home/in/lin/lunch", "lin", "lunch")]
    [InlineData("home/in/", null, null)]
    [InlineData("home/in/lin/a/b", null, null)]
    [InlineData("home/in//a", null, null)]
    [InlineData("home/out/lin", null, null)]
    [InlineData("other/in/lin", null, null)]
    public void Who_speaks_is_in_the_topic(string topic, string? user, string? conversation)
    {
        var chat = new MqttTopics("home").ChatOf(topic);

        Assert.Equal((user, conversation), (chat?.ExternalId, chat?.ThreadId));
        Assert.Equal(chat is null ? null : topic.Replace("/in/", "/out/", StringComparison.Ordinal), chat is null ? null : new MqttTopics("home").Out(chat));
    }

    [Theory]
    [InlineData("lin/+")]
    [InlineData("#")]
    [InlineData("")]
    [InlineData("a\0")]
    public void A_chat_that_would_be_several_topics_has_none(string chat) => Assert.Null(new MqttTopics("home").Out(new ExternalChat(chat)));

    [Fact]
    public void The_recorded_payloads_are_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("mqtt"))
        {
            var (body, expect) = (payload["body"]!, payload["expect"]!);
            var topic = (string)body["topic"]!;
            var root = topic[..topic.IndexOf("/in/", StringComparison.Ordinal)];

            var said = MqttPayload.Read(Bytes(body["payload"]!.ToJsonString()));

            Assert.True((string?)expect["message_id"] == said?.Id, name);
            Assert.Equal((string?)expect["text"], said?.Text);
            Assert.Equal((string?)expect["conversation"], new MqttTopics(root).ChatOf(topic)?.ExternalId);
            Assert.Equal((string?)expect["user"], said?.From); // what it calls itself: shown, and never who it is
        }
    }

    [Fact]
    public void The_package_writes_numbers_as_the_standard_says()
    {
        foreach (var (_, input, expect) in Vectors.Of("mqtt.json").Where(vector => vector.Input["value"] is not null))
        {
            var writer = new MqttBufferWriter(16, 64);
            writer.WriteVariableByteInteger((uint)input["value"]!);
            Assert.Equal((string)expect["hex"]!, Convert.ToHexStringLower(writer.GetBuffer().AsSpan(0, writer.Length)));
        }
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static OutboundMessage Message(string markdown)
        => new(Guid.CreateVersion7(), new ConnectionId("house"), new ExternalChat("lin"), new MessageBody(markdown), null, 1, false);
}
