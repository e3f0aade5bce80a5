using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

public sealed class IrcTextTests
{
    private static readonly string[] Seeds =
    [
        "@time=2026-01-01T00:00:00.000Z;msgid=a1;account=lin :lin!l@h.test PRIVMSG #room :assistant: status?", ":lin!l@h.test PRIVMSG assistant :\u0001ACTION waves\u0001",
        ":srv 001 assistant :Welcome", "PING :x", ":lin!l@h.test PRIVMSG assistant :\u0002\u000304,12colour\u000f \u0004ff0000hex",
    ];

    [Fact]
    public void Lines_are_read_as_the_corpus_says()
    {
        foreach (var (id, input, expect) in Vectors.Of("irc-msg-split.json"))
        {
            var line = IrcMessage.Read((string)input["line"]!);
            Assert.True(line is not null, id);
            Assert.Equal(((string?)expect["source"], (string?)expect["verb"]), (line.Source, line.Verb));
            Assert.Equal(expect["params"]!.AsArray().Select(p => (string)p!), line.Parameters);
            Assert.Equal(expect["tags"]!.AsObject().ToDictionary(t => t.Key, t => (string)t.Value!), line.Tags.ToDictionary());
        }
    }

    [Fact]
    public void Lines_are_written_as_the_corpus_says()
    {
        foreach (var (id, input, expect) in Vectors.Of("irc-msg-join.json"))
        {
            var line = new IrcMessage(
                input["tags"]!.AsObject().ToDictionary(t => t.Key, t => (string)t.Value!), (string?)input["source"], (string)input["verb"]!,
                [.. input["params"]!.AsArray().Select(p => (string)p!)]);

            Assert.True(expect["any_of"]!.AsArray().Any(form => (string)form! == line.Write()), $"{id}: {line.Write()}");
        }
    }

    [Fact]
    public void Masks_and_names_are_read_as_the_corpus_says()
    {
        foreach (var (id, input, expect) in Vectors.Of("irc-mask-userhost.json"))
        {
            if (input["mask"] is { } mask)
            {
                Assert.True((bool)expect["match"]! == IrcNames.Matches((string)mask!, (string)input["text"]!), id);
            }
            else
            {
                Assert.Equal((string?)expect["nick"], new IrcMessage(new Dictionary<string, string>(), (string?)input["source"], "X", []).Nick);
            }
        }
    }

    [Fact]
    public void The_recorded_payloads_are_read()
    {
        foreach (var (name, payload) in Vectors.PayloadsOf("irc"))
        {
            var (raw, expect) = ((string)payload["raw"]!, payload["expect"]!);

            var message = Read(raw);

            Assert.True(message is not null, name);
            Assert.Equal((string?)expect["text"], Assert.IsType<InboundContent.Said>(message.Content).Text);
            Assert.Equal((string?)expect["conversation"], message.Chat.ExternalId);
            Assert.Equal((bool?)expect["addressed"] ?? true, message.IsAddressed);
            Assert.Equal(expect["user_hint"] is { } user ? $"net/{(string?)user}" : message.Sender.ExternalId, message.Sender.ExternalId);
        }
    }

    [Theory]
    [InlineData("a\rQUIT", "b")]
    [InlineData("#room\nQUIT", "b")]
    [InlineData("#room", "hello\r\nQUIT")]
    [InlineData("#room", "hello\0")]
    [InlineData("#room extra", "hello")]
    [InlineData("", "hello")]
    public void Nothing_makes_two_lines_of_one(string target, string text)
        => Assert.Throws<ArgumentException>(() => IrcMessage.Of("PRIVMSG", target, text).Write());

    [Theory]
    [InlineData("hi", ":lin!l@h.test PRIVMSG #room :hi", false)]
    [InlineData("hi", ":lin!l@h.test PRIVMSG #room :Assistant, hi", true)]
    [InlineData("hi", ":lin!l@h.test PRIVMSG #room :@assistant hi", true)]
    [InlineData("assistants: hi", ":lin!l@h.test PRIVMSG #room :assistants: hi", false)]
    [InlineData("waves", ":lin!l@h.test PRIVMSG assistant :\u0001ACTION waves\u0001", true)]
    [InlineData("bold red", ":lin!l@h.test PRIVMSG assistant :\u0002bold\u0002 \u000304,01red\u000f", true)]
    [InlineData("1,2", ":lin!l@h.test PRIVMSG assistant :\u0003" + "041,2", true)]
    public void What_is_said_is_read(string text, string line, bool isAddressed)
    {
        var message = Read(line)!;

        Assert.Equal((text, isAddressed), (((InboundContent.Said)message.Content).Text, message.IsAddressed));
    }

    [Theory]
    [InlineData(":lin!l@h.test NOTICE assistant :hi")]
    [InlineData(":lin!l@h.test PRIVMSG assistant :\u0001VERSION\u0001")]
    [InlineData(":lin!l@h.test PRIVMSG assistant :\u0001" + "DCC SEND file 1 2 3\u0001")]
    [InlineData(":assistant!a@h.test PRIVMSG #room :my own words")]
    [InlineData(":irc.test.local PRIVMSG assistant :from a server")]
    [InlineData(":otherbot!b@h.test PRIVMSG #room :assistant: hi")]
    [InlineData(":lin!l@h.test PRIVMSG somebody :not to us")]
    [InlineData(":lin!l@h.test PRIVMSG assistant :\u0002\u000f")]
    public void What_is_not_said_to_us_is_not_read(string line) => Assert.Null(Read(line));

    [Fact]
    public void An_account_is_who_it_is_and_a_nick_only_with_its_host()
    {
        var known = Read("@account=lin;msgid=m1;time=2026-01-02T03:04:05.000Z :other!x@y PRIVMSG assistant :hi")!;
        var unknown = Read(":lin!l@h.test PRIVMSG assistant :hi")!;

        Assert.Equal(("net/account:lin", "m1", "m1"), (known.Sender.ExternalId, known.DedupeKey, known.ExternalMessageId));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), known.SentAt);
        Assert.Equal("net/lin!l@h.test", unknown.Sender.ExternalId);
        Assert.NotEqual(unknown.DedupeKey, Read(":lin!l@h.test PRIVMSG assistant :hi")!.DedupeKey);
        Assert.NotEqual(unknown.Chat, Read(":lin!thief@elsewhere PRIVMSG assistant :hi")!.Chat); // the name is the same; the conversation is not
    }

    [Fact]
    public void Whatever_comes_is_a_line_or_none()
    {
        foreach (var (seed, input) in MutatedBytes.Of([.. Seeds.Select(Encoding.UTF8.GetBytes)]))
        {
            var fault = Record.Exception(() => Read(Encoding.Latin1.GetString(input)));
            Assert.True(fault is null, $"Input {seed}: {fault}");
        }
    }

    [Theory]
    [InlineData("**bold** _it_ ~~no~~ `code`", "\u0002" + "bold\u0002 \u001dit\u001d \u001eno\u001e \u0011" + "code\u0011")]
    [InlineData("**b _i_**", "\u0002" + "b \u001di\u001d\u0002")]
    [InlineData("[label](https://example.test/a_b)", "label (https://example.test/a_b)")]
    [InlineData("a\n\n```\nx\ny\n```", "a|x|y")]
    [InlineData("- a\n- b", "• a|• b")]
    [InlineData("> q", "> q")]
    [InlineData("/quit and \u0001VERSION\u0001", "/quit and VERSION")]
    public void Markdown_becomes_lines(string markdown, string lines) => Assert.Equal(lines.Split('|'), IrcText.Lines(markdown, 400, 12));

    [Fact]
    public void What_is_set_off_goes_on_in_the_next_line()
        => Assert.All(IrcText.Lines("**" + string.Join(' ', Enumerable.Repeat("word", 50)) + "**", 60, 12), line => Assert.StartsWith("\u0002", line, StringComparison.Ordinal));

    [Theory]
    [InlineData("你好，世界。")]
    [InlineData("👨‍👩‍👧")]
    [InlineData("e\u0301")]
    [InlineData("שלום ")]
    [InlineData("word ")]
    public void No_line_is_too_long_and_no_character_is_cut(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_500 / Encoding.UTF8.GetByteCount(unit))).Trim();

        var lines = IrcText.Lines(text, 97, 12);

        Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 97));
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
        var clusters = new System.Globalization.StringInfo(text).LengthInTextElements;
        Assert.True(unit.Contains(' ', StringComparison.Ordinal) || clusters == lines.Sum(line => new System.Globalization.StringInfo(line).LengthInTextElements));
    }

    [Fact]
    public void A_poem_has_no_more_lines_than_the_server_bears()
    {
        var lines = IrcText.Lines(string.Join('\n', Enumerable.Range(1, 100).Select(i => $"- line {i}")), 400, 12);

        Assert.InRange(lines.Count, 2, 12);
        Assert.Contains("line 100", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_pace_is_a_burst_and_then_a_line_at_a_time()
    {
        var clock = new FakeTimeProvider();
        var pace = new IrcPace(5, TimeSpan.FromSeconds(2), clock);

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(TimeSpan.Zero, pace.Take()));
        Assert.Equal(TimeSpan.FromSeconds(2), pace.Take());
        Assert.Equal(TimeSpan.FromSeconds(4), pace.WaitFor(1));
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (pace.Backlog, pace.WaitFor(5)));
    }

    private static InboundMessage? Read(string line)
    {
        var settings = IrcSettings.Read(new SettingValues([new("host", "localhost"), new("nick", "assistant"), new("ignore", "*bot!*@*")])).Settings!;
        return IrcMessage.Read(line) is { } message ? IrcReader.Read(message, new ConnectionId("net"), "assistant", settings, DateTimeOffset.UnixEpoch) : null;
    }
}
