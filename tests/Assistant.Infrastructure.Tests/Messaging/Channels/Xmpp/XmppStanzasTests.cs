using System.Text;
using System.Xml;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>From the wire to a message: recorded payloads, and what nobody would send.</summary>
public sealed class XmppStanzasTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Every_recorded_payload_is_understood()
    {
        foreach (var (_, payload) in Vectors.PayloadsOf("xmpp"))
        {
            var (raw, expect) = ((string)payload["raw"]!, payload["expect"]!);
            var message = await ReadAsync(Encoding.UTF8.GetBytes(raw), raw.Contains("groupchat", StringComparison.Ordinal));

            Assert.NotNull(message);
            Assert.EndsWith(":" + (string)expect["message_id"]!, message.DedupeKey, StringComparison.Ordinal);
            Assert.Equal((string)expect["user"]!, message.Sender.ExternalId);
            Assert.Equal((string)expect["conversation"]!, message.Chat.ExternalId);
            Assert.Equal((string)expect["text"]!, Assert.IsType<InboundContent.Said>(message.Content).Text);
            Assert.True(message.IsAddressed);
        }
    }

    [Theory]
    [InlineData("<replace xmlns='urn:xmpp:message-correct:0' id='m0'/><body>new</body>", "m0", "new")]
    [InlineData("<retract xmlns='urn:xmpp:message-retract:1' id='m0'/><body>fallback</body>", "m0", null)]
    [InlineData("<apply-to xmlns='urn:xmpp:fasten:0' id='m0'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>", "m0", null)]
    public async Task Corrections_and_retractions_name_the_message(string content, string id, string? text)
    {
        var message = await ReadAsync(Encoding.UTF8.GetBytes($"<message from='lin@x.test/a' type='chat' id='m1'>{content}</message>"), false);

        Assert.Equal(id, message!.ExternalMessageId);
        Assert.Equal(text is null ? new InboundContent.Deleted() : new InboundContent.Edited(text), message.Content);
    }

    [Fact]
    public async Task An_id_in_anothers_name_is_not_believed()
    {
        var forged = "<message from='lin@x.test/a' type='chat' id='m1'><body>hi</body><stanza-id xmlns='urn:xmpp:sid:0' id='s-1' by='evil.test'/></message>";

        Assert.Equal("id:lin@x.test/m1", (await ReadAsync(Encoding.UTF8.GetBytes(forged), false))!.DedupeKey);
    }

    [Theory]
    [InlineData("assistant: do it", "do it", true)]
    [InlineData("@Assistant, do it", "do it", true)]
    [InlineData("assistant do it.", "do it.", true)]
    [InlineData("assistant", "assistant", true)]
    [InlineData("assistants do it", "assistants do it", false)]
    [InlineData("assistant-2 should do it", "assistant-2 should do it", false)]
    [InlineData("assistant.home: do it", "assistant.home: do it", false)]
    [InlineData("assistant_2: do it", "assistant_2: do it", false)]
    [InlineData("assistant_: do it", "assistant_: do it", false)]
    public async Task Somebody_whose_name_only_begins_like_the_assistants_is_somebody_else(string body, string text, bool isAddressed)
    {
        var message = (await ReadAsync(Encoding.UTF8.GetBytes($"<message from='room@rooms.x.test/lin' type='groupchat' id='m1'><body>{body}</body></message>"), true))!;

        Assert.Equal((text, isAddressed), (Assert.IsType<InboundContent.Said>(message.Content).Text, message.IsAddressed));
    }

    [Theory]
    [InlineData("eu.siacs.conversations.axolotl", "<header sid='7'/><payload>AA==</payload>", "🔒 OMEMO")]
    [InlineData("eu.siacs.conversations.axolotl", "<header sid='7'/>", null)]
    [InlineData("urn:xmpp:omemo:2", "<header sid='7'/><payload>AA==</payload>", "🔒 OMEMO")]
    [InlineData("urn:xmpp:omemo:2", "<header sid='7'/>", null)]
    public async Task What_is_sealed_is_told_and_an_exchange_of_keys_is_not(string sealing, string content, string? text)
    {
        var message = await ReadAsync(Encoding.UTF8.GetBytes($"<message from='lin@x.test/a' type='chat' id='m1'><encrypted xmlns='{sealing}'>{content}</encrypted></message>"), false);

        Assert.Equal(text, (message?.Content as InboundContent.Said)?.Text);
    }

    [Theory]
    [InlineData("<message from='club@rooms.x.test' id='m1'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='lin@x.test/a'><reason>Come</reason></invite></x><body>Come</body></message>")]
    [InlineData("<message from='lin@x.test/a' type='normal' id='m1'><x xmlns='jabber:x:conference' jid='club@rooms.x.test'/><body>Come to club@rooms.x.test</body></message>")]
    [InlineData("<message from='lin@x.test/a' id='m1'><x xmlns='jabber:x:conference' jid='club@rooms.x.test' reason='Come'/></message>")]
    public async Task An_invitation_to_a_room_is_nothing_that_was_said(string stanza) => Assert.Null(await ReadAsync(Encoding.UTF8.GetBytes(stanza), false));

    [Fact]
    public async Task What_somebody_says_alone_through_a_room_is_said()
    {
        const string Private = "<message from='room@rooms.x.test/lin' type='chat' id='m1'><body>hi</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>";

        Assert.Equal("room@rooms.x.test/lin", (await ReadAsync(Encoding.UTF8.GetBytes(Private), true))!.Chat.ExternalId);
    }

    [Fact]
    public async Task Whatever_comes_gives_a_message_or_none()
    {
        byte[][] seeds =
        [
            .. new[]
            {
                "<message from='lin@x.test/a' to='bot@x.test' type='chat' id='m1'><body>hi</body><stanza-id xmlns='urn:xmpp:sid:0' id='s' by='bot@x.test'/></message>",
                "<message from='room@rooms.x.test/lin' type='groupchat' id='m2'><body>assistant: x</body><reply xmlns='urn:xmpp:reply:0' id='a' to='room@rooms.x.test/assistant'/>"
                    + "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='3'/></fallback><x xmlns='jabber:x:oob'><url>https://x.test/a.png</url></x></message>",
            }.Select(Encoding.UTF8.GetBytes),
        ];

        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            foreach (var isRoom in (bool[])[true, false])
            {
                var fault = await Record.ExceptionAsync(() => ReadAsync(input, isRoom));
                Assert.True(fault is null or XmlException, $"{seed}: {fault}");
            }
        }
    }

    [Fact]
    public async Task What_is_too_deep_is_passed_over_and_the_rest_is_read()
    {
        var deep = string.Concat(Enumerable.Repeat("<a x='1'>t", 70)) + "<b/><![CDATA[c]]>" + string.Concat(Enumerable.Repeat("</a>", 70));
        using var reader = NewReader($"<message id='m1'><body>hi</body>{deep}<thread/></message><presence/>");
        await reader.ReadRootAsync();

        var message = (await reader.ReadAsync())!;

        Assert.Equal(["body", "a", "thread"], message.Elements().Select(element => element.Name.LocalName));
        Assert.Equal(64, message.Descendants().Max(element => element.AncestorsAndSelf().Count()));
        Assert.Equal(new string('t', 63), message.Element(XmppNames.Client + "a")!.Value);
        Assert.Equal("presence", (await reader.ReadAsync())!.Name.LocalName);
        Assert.Null(await reader.ReadAsync());
    }

    [Theory]
    [InlineData("<x><body>…</body></x>")]
    [InlineData("<x y='…'/>")]
    public async Task Of_what_is_too_large_the_head_is_left(string content)
    {
        using var reader = NewReader($"<message id='m1'>{content.Replace("…", new string('x', 600_000), StringComparison.Ordinal)}<y/></message><presence/>");
        await reader.ReadRootAsync();

        var message = (await reader.ReadAsync())!;

        Assert.Equal(("m1", 0), (message.Get("id"), message.Nodes().Count()));
        Assert.Equal("presence", (await reader.ReadAsync())!.Name.LocalName);
    }

    [Fact]
    public async Task A_head_that_is_too_large_is_empty()
    {
        using var reader = NewReader($"<message id='{new string('x', 600_000)}'>{new string('x', 100_000)}</message><presence/>");
        await reader.ReadRootAsync();

        Assert.Empty((await reader.ReadAsync())!.Attributes());
        Assert.Equal("presence", (await reader.ReadAsync())!.Name.LocalName);
    }

    [Fact]
    public async Task What_is_larger_than_servers_pass_on_ends_the_stream()
    {
        using var reader = NewReader($"<message><body>{new string('x', 3_000_000)}</body></message>");
        await reader.ReadRootAsync();

        await Assert.ThrowsAsync<XmlException>(reader.ReadAsync);
    }

    [Fact]
    public void Every_vector_of_a_sign_in_comes_out()
    {
        foreach (var (id, input, expect) in Vectors.Of("xmpp-auth.json").Where(vector => vector.Id.StartsWith("scram", StringComparison.Ordinal)))
        {
            var sasl = XmppSasl.Choose([(string)input["mechanism"]!], (string)input["user"]!, (string)input["password"]!, false, (string)input["client_nonce"]!)!;

            Assert.Equal((string)expect["client_first"]!, Encoding.UTF8.GetString(sasl.First()));
            Assert.Equal((string)expect["client_final"]!, Encoding.UTF8.GetString(sasl.Answer(Encoding.UTF8.GetBytes((string)input["server_first"]!))!));
            Assert.True(sasl.IsProven(Encoding.UTF8.GetBytes((string)expect["server_final"]!)), id);
            Assert.False(sasl.IsProven("v=AAAA"u8.ToArray()));
        }
    }

    [Fact]
    public void Every_vector_of_capabilities_comes_out()
    {
        foreach (var (id, input, expect) in Vectors.Of("xmpp-auth.json").Where(vector => vector.Id.StartsWith("caps", StringComparison.Ordinal)))
        {
            var identities = input["identities"]!.AsArray().Select(one => ((string)one![0]!, (string)one[1]!, (string)one[2]!, (string)one[3]!));

            Assert.True((string)expect["ver"]! == XmppCapabilities.Hash(identities, input["features"]!.AsArray().Select(feature => (string)feature!)), id);
        }
    }

    [Theory]
    [InlineData("**bold** and _it_ `c`", "*bold* and _it_ `c`")]
    [InlineData("中文**粗体**后", "中文\u200A*粗体*\u200A后")]
    [InlineData("[label](https://x.test)", "label (https://x.test)")]
    [InlineData("```\ncode\n```", "```\ncode\n```")]
    [InlineData("\\*no mark\\*", "\u2060*no mark*")]
    public void Markdown_becomes_message_styling(string markdown, string styled) => Assert.Equal(styled, XmppText.Render(markdown));

    private static XmppReader NewReader(string stanzas) => NewReader(Encoding.UTF8.GetBytes(stanzas));

    private static XmppReader NewReader(byte[] stanzas) => new(new MemoryStream(
        [.. "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"u8, .. stanzas, .. "</stream:stream>"u8]));

    private static async Task<InboundMessage?> ReadAsync(byte[] stanza, bool isRoom)
    {
        using var reader = NewReader(stanza);
        await reader.ReadRootAsync();
        var element = await reader.ReadAsync();
        var room = isRoom ? new XmppRoom("room@rooms.x.test", "assistant") : new XmppRoom("bot@x.test", "", isRoom: false);
        var reading = new XmppReading(new ConnectionId("x"), GroupRule.Of(SettingValues.Empty), new HashSet<string> { "robot@x.test" });
        return element is null ? null : XmppStanzas.Read(element, room, room, reading, null, Now);
    }
}
