using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Matrix;
using Assistant.Testing.Matrix;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Matrix;

public sealed class MatrixSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain 你好", "plain 你好", null)]
    [InlineData("two\nlines", "two\nlines", null)]
    [InlineData("**bold** _italic_ ~~gone~~ `a<b`", "bold italic ~~gone~~ a<b", "<p><strong>bold</strong> <em>italic</em> <del>gone</del> <code>a&lt;b</code></p>")]
    [InlineData("这是**重点**内容", "这是重点内容", "<p>这是<strong>重点</strong>内容</p>")]
    [InlineData("3*4*5 and *so*", "3*4*5 and so", "<p>3*4*5 and <em>so</em></p>")]
    [InlineData("***both***", "both", "<p><em><strong>both</strong></em></p>")]
    [InlineData("# Title\n\ntext", "Title\n\ntext", "<h1>Title</h1><p>text</p>")]
    [InlineData("- a\n  - b\n\n3. c", "• a\n  • b\n3. c", "<ul><li>a<ul><li>b</li></ul></li></ul><ol start=\"3\"><li>c</li></ol>")]
    [InlineData("- [x] done\n- [ ] to do", "☑ done\n☐ to do", "<ul><li>☑ done</li><li>☐ to do</li></ul>")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines", "<blockquote><p>quoted<br>lines</p></blockquote>")]
    [InlineData("```csharp\nvar x = \"<b>&\";\n```", "var x = \"<b>&\";", "<pre><code class=\"language-csharp\">var x = &quot;&lt;b&gt;&amp;&quot;;</code></pre>")]
    [InlineData("| a | b |\n|---|---|\n| 一 | **2** |", "a  │ b\n───┼──\n一 │ 2", "<table><tr><th>a</th><th>b</th></tr><tr><td>一</td><td><strong>2</strong></td></tr></table>")]
    [InlineData("[here](https://example.test/?a=b&c=\"d\")", "here (https://example.test/?a=b&c=\"d\")", "<p><a href=\"https://example.test/?a=b&amp;c=&quot;d&quot;\">here</a></p>")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))", null)]
    [InlineData("<https://example.test>", "https://example.test", "<p><a href=\"https://example.test\">https://example.test</a></p>")]
    [InlineData("[![alt](https://i.test/i.png)](https://example.test)", "alt (https://i.test/i.png) (https://example.test)", "<p><a href=\"https://example.test\">alt</a></p>")]
    [InlineData("<script>alert(1)</script> & <b>x</b>", "<script>alert(1)</script> & <b>x</b>", null)]
    [InlineData("<mx-reply>x</mx-reply> **@room**", "<mx-reply>x</mx-reply> @room", "<p>&lt;mx-reply&gt;x&lt;/mx-reply&gt; <strong>@room</strong></p>")]
    [InlineData("👨‍👩‍👧 **👍🏽** *שלום*", "👨‍👩‍👧 👍🏽 שלום", "<p>👨‍👩‍👧 <strong>👍🏽</strong> <em>שלום</em></p>")]
    [InlineData("a\u0001b", "ab", null)]
    [InlineData("---", "———", "<hr>")]
    public void Markdown_is_said_in_words_and_as_html(string markdown, string body, string? html)
    {
        var content = MatrixContent.OfText(Message(markdown), "m.notice");

        Assert.Equal((body, html), ((string)content["body"]!, (string?)content["formatted_body"]));
        Assert.Equal(html is null ? null : "org.matrix.custom.html", (string?)content["format"]);
        Assert.Empty(content["m.mentions"]!.AsObject());
    }

    [Fact]
    public void An_event_that_html_would_make_too_large_goes_without()
    {
        var content = MatrixContent.OfText(Message("**x** " + new string('&', 19_000)), "m.notice");

        Assert.False(content.ContainsKey("formatted_body"));
        Assert.False(content.ContainsKey("format"));
    }

    [Theory]
    [InlineData("&")]
    [InlineData("\"")]
    [InlineData("\\\\")]
    [InlineData("a\n\n")]
    [InlineData("*锅炉* ")]
    [InlineData("👩🏽‍🚒")]
    public async Task As_much_as_the_manifest_promises_is_taken(string words)
    {
        await using var rig = await MatrixRig.NewAsync();
        await using var session = rig.Channel.Open(rig.Connection);
        var text = "**x** " + string.Concat(Enumerable.Repeat(words, (MatrixContent.Limit.Max - 6) / MatrixContent.Limit.Measure(words)));

        var ended = await session.SendAsync(Message(text) with { Chat = rig.ChatOf(5001) }, Cancel);

        Assert.IsType<SendOutcome.Delivered>(ended);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "$q", """{"m.in_reply_to":{"event_id":"$q"}}""")]
    [InlineData("$t", null, """{"rel_type":"m.thread","event_id":"$t","is_falling_back":true,"m.in_reply_to":{"event_id":"$t"}}""")]
    [InlineData("$t", "$q", """{"rel_type":"m.thread","event_id":"$t","is_falling_back":false,"m.in_reply_to":{"event_id":"$q"}}""")]
    [InlineData("elsewhere", "5:7", null)]
    public void A_reply_and_a_thread_are_named(string? thread, string? replyTo, string? relation)
    {
        var message = Message("x") with { Chat = new ExternalChat("!r:x.test", thread), ReplyToExternalId = replyTo };

        Assert.Equal(relation, MatrixContent.OfText(message, "m.text")["m.relates_to"]?.ToJsonString());
    }

    [Theory]
    [InlineData(403, "M_FORBIDDEN", typeof(SendOutcome.Rejected), "matrix.not-in-room", null)]
    [InlineData(404, "M_NOT_FOUND", typeof(SendOutcome.Rejected), "matrix.no-room", null)]
    [InlineData(413, "M_TOO_LARGE", typeof(SendOutcome.Rejected), "matrix.too-large", null)]
    [InlineData(404, "M_UNRECOGNIZED", typeof(SendOutcome.Rejected), "matrix.unrecognized", null)]
    [InlineData(400, "M_BAD_JSON", typeof(SendOutcome.Rejected), "channel.refuses", null)]
    [InlineData(400, "<b>page</b>", typeof(SendOutcome.Rejected), "channel.refuses", null)]
    [InlineData(403, "M_USER_DEACTIVATED", typeof(SendOutcome.RetryAfter), "matrix.account-closed", PauseScope.Connection)]
    [InlineData(401, "M_USER_LOCKED", typeof(SendOutcome.RetryAfter), "matrix.account-closed", PauseScope.Connection)]
    [InlineData(403, "M_CONSENT_NOT_GIVEN", typeof(SendOutcome.RetryAfter), "matrix.consent", PauseScope.Connection)]
    [InlineData(429, "M_LIMIT_EXCEEDED", typeof(SendOutcome.RetryAfter), "channel.pause", PauseScope.Connection)]
    [InlineData(500, "M_UNKNOWN", typeof(SendOutcome.RetryAfter), "channel.own-fault", PauseScope.Chat)]
    [InlineData(504, "M_UNKNOWN", typeof(SendOutcome.Uncertain), "channel.own-fault", null)]
    public async Task Each_refusal_is_told_in_words(int status, string code, Type outcome, string phrase, PauseScope? scope)
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.Fail("send", new MatrixFault.Refusal(status, code));

        var ended = await SendAsync(rig);

        Assert.IsType(outcome, ended);
        Assert.Equal(phrase, ReasonOf(ended).FirstCode);
        Assert.Equal(scope, (ended as SendOutcome.RetryAfter)?.Scope);
    }

    [Theory]
    [InlineData("""{"room_id":"x"}""")]
    [InlineData("<html>captive</html>")]
    public async Task An_answer_without_an_event_leaves_the_outcome_uncertain(string answer)
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.Fail("send", new MatrixFault.Answer(200, answer));

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig));
    }

    [Fact]
    public async Task A_wrong_password_keeps_what_waits()
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.ChangePassword();

        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig));

        Assert.Equal(("matrix.wrong-password", PauseScope.Connection), (later.Reason.FirstCode, later.Scope));
        Assert.DoesNotContain(rig.Emulator.Calls, call => call == "PUT send");
    }

    [Theory]
    [InlineData("notice", "m.notice")]
    [InlineData("text", "m.text")]
    public async Task Messages_are_of_the_kind_that_is_set(string setting, string type)
    {
        await using var rig = await MatrixRig.NewAsync();
        await using var session = rig.Channel.Open(MatrixRig.ConnectionWith(rig.Settings(KeyValuePair.Create("messages", setting))));

        Assert.IsType<SendOutcome.Delivered>(await session.SendAsync(Message("x") with { Chat = rig.ChatOf(5001) }, Cancel));

        Assert.Equal(type, (string?)Assert.Single(rig.Emulator.Shown(MatrixEmulator.ChatOf(5001)))["content"]!["msgtype"]);
    }

    [Fact]
    public async Task A_room_of_another_messenger_is_refused_without_a_call()
    {
        await using var rig = await MatrixRig.NewAsync();

        Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, new ExternalChat("C100")));
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public async Task A_test_leaves_no_session_behind()
    {
        await using var rig = await MatrixRig.NewAsync();

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.True(test.IsPassed);
        Assert.Equal(["POST login", "GET whoami", "POST logout"], rig.Emulator.Calls);
        Assert.Contains(test.Checks, check => check.Detail.FirstCode == "matrix.encryption-not-read");
    }

    [Theory]
    [InlineData("homeserver")]
    [InlineData("user")]
    [InlineData("password")]
    public async Task What_is_needed_is_asked_for(string key)
    {
        await using var rig = await MatrixRig.NewAsync();

        var test = await rig.Channel.TestAsync(rig.Settings(KeyValuePair.Create(key, "")), Cancel);

        Assert.Equal("channel.settings-missing", Assert.Single(test.Checks).Detail.FirstCode);
        Assert.Empty(rig.Emulator.Calls);
    }

    [Fact]
    public void The_channel_comes_with_its_registration()
        => Assert.Equal("matrix", Assert.Single(Services([]).GetServices<IChannel>()).Manifest.Type);

    [Fact]
    public void Wrong_options_stop_the_start() => Assert.Throws<OptionsValidationException>(
        () => Services([new($"{MatrixOptions.Section}:TimelineLimit", "0")]).GetRequiredService<IOptions<MatrixOptions>>().Value);

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
        => new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddMatrix()
            .BuildServiceProvider();

    private static async Task<SendOutcome> SendAsync(MatrixRig rig, ExternalChat? chat = null)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await session.SendAsync(Message("x") with { Chat = chat ?? rig.ChatOf(5001) }, Cancel);
    }

    private static OutboundMessage Message(string markdown)
        => new(Guid.CreateVersion7(), new ConnectionId("matrix"), new ExternalChat("!r:x.test"), new MessageBody(markdown), null, 1, false);

    private static Assistant.Domain.Wording.Phrase ReasonOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        SendOutcome.Rejected rejected => rejected.Reason,
        _ => throw new InvalidOperationException($"{outcome}"),
    };
}
