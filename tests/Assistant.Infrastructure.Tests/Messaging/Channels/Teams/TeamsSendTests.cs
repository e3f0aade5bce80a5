using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Testing.Teams;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

public sealed class TeamsSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("public", "https://smba.trafficmanager.net/emea/", true)]
    [InlineData("public", "https://smba.trafficmanager.net/teams", true)]
    [InlineData("public", "https://smba.infra.gcc.teams.microsoft.com/gcc/", true)]
    [InlineData("public", "http://smba.trafficmanager.net/emea/", false)]
    [InlineData("public", "https://smba.trafficmanager.net:8443/emea/", false)]
    [InlineData("public", "https://evil.trafficmanager.net/emea/", false)]
    [InlineData("public", "https://smba.trafficmanager.net.evil.example/", false)]
    [InlineData("public", "https://smba.trafficmanager.net@evil.example/", false)]
    [InlineData("public", "https://evil.example/smba.trafficmanager.net/", false)]
    [InlineData("public", "https://smba.infra.gov.teams.microsoft.us/gcch/", false)]
    [InlineData("us-government", "https://smba.infra.gov.teams.microsoft.us/gcch/", true)]
    [InlineData("us-government", "https://smba.infra.dod.teams.microsoft.us/dod/", true)]
    [InlineData("china", "https://frontend.botapi.msg.infra.teams.microsoftonline.cn/cn/", true)]
    [InlineData("china", "https://smba.trafficmanager.net/emea/", false)]
    public void The_token_goes_to_the_connector_of_the_cloud_only(string cloud, string service, bool isConnector)
    {
        var settings = TeamsSettings.Read(new SettingValues(new Dictionary<string, string> { ["cloud"] = cloud }));
        var servers = new TeamsServers(settings);

        servers.Note("a:1", service);

        Assert.Equal(isConnector, settings.IsConnector(new Uri(service)));
        Assert.Equal(isConnector ? new Uri(service) : settings.Connector, servers.Of("a:1"));
    }

    [Fact]
    public async Task An_unknown_server_is_heard_and_never_sent_to()
    {
        await using var rig = await StartAsync();
        var activity = rig.Teams.NewMessage("5001", "answer me there");
        activity["serviceUrl"] = "https://198.51.100.7/emea/";

        var reply = await ((IWebhookReceiver)rig.Session).ReceiveAsync(
            TeamsRig.RequestOf(activity, rig.Teams.Authorize(change: claims => claims["serviceurl"] = "https://198.51.100.7/emea/")), rig.Gateway, Cancel);

        Assert.Equal((200, 1), (reply.Status, rig.Gateway.Stored.Count));
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, new ExternalChat("a:5001"), "here"), Cancel));
        Assert.Single(rig.Teams.Shown);
        Assert.Null(rig.Host.Cursor);
    }

    [Fact]
    public async Task The_last_server_outlives_a_restart()
    {
        await using var rig = await StartAsync();
        var south = $"{rig.Teams.Address}/apac/";
        var activity = rig.Teams.NewMessage("5001", "hello");
        activity["serviceUrl"] = south;

        await ((IWebhookReceiver)rig.Session).ReceiveAsync(TeamsRig.RequestOf(activity, rig.Teams.Authorize(change: claims => claims["serviceurl"] = south)), rig.Gateway, Cancel);

        Assert.Equal(south, rig.Host.Cursor);
        var servers = new TeamsServers(TeamsSettings.Read(rig.Connection.Settings));
        servers.Resume(rig.Host.Cursor);
        Assert.Equal(new Uri(south), servers.Of("a:other"));
        servers.Resume("https://evil.example/");
        Assert.Equal(new Uri(south), servers.Of("a:other"));
    }

    [Fact]
    public async Task An_answer_in_a_channel_goes_into_its_thread()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, new ExternalChat("19:c1@thread.tacv2", "1767225000000", IsGroup: true), "x"), Cancel));

        Assert.Equal(TeamsRig.Group, Assert.Single(rig.Teams.Shown).Conversation);
    }

    [Theory]
    [InlineData("..", null)]
    [InlineData("", null)]
    [InlineData("19:c1@thread.tacv2", "../../admin")]
    public async Task What_is_no_chat_is_not_called(string chat, string? thread)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, new ExternalChat(chat, thread), "x"), Cancel));
        Assert.Empty(rig.Teams.Shown);
    }

    [Fact]
    public async Task One_token_serves_until_it_ends()
    {
        await using var rig = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => rig.Session.SendAsync(Message(rig, new ExternalChat($"a:{i}"), "x"), Cancel)));
        Assert.Equal(1, rig.Teams.TokensIssued);

        rig.Teams.EndTokens();
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, new ExternalChat("a:1"), "x"), Cancel));

        Assert.Equal(2, rig.Teams.TokensIssued);
    }

    [Theory]
    [InlineData(412, typeof(SendOutcome.RetryAfter))]
    [InlineData(502, typeof(SendOutcome.RetryAfter))]
    [InlineData(504, typeof(SendOutcome.Uncertain))]
    [InlineData(413, typeof(SendOutcome.Rejected))]
    [InlineData(404, typeof(SendOutcome.Rejected))]
    [InlineData(400, typeof(SendOutcome.Rejected))]
    public async Task Each_refusal_has_its_ending(int status, Type ending)
    {
        await using var rig = await StartAsync();
        rig.FailNext(status);

        Assert.IsType(ending, await rig.Session.SendAsync(Message(rig, new ExternalChat("a:1"), "x"), Cancel));
    }

    [Fact]
    public async Task A_conversation_that_is_too_fast_pauses_alone()
    {
        await using var rig = await StartAsync();
        var outcomes = new List<SendOutcome>();
        for (var i = 0; i < 8; i++)
        {
            outcomes.Add(await rig.Session.SendAsync(Message(rig, new ExternalChat("a:1"), "x"), Cancel));
        }

        var pause = outcomes.OfType<SendOutcome.RetryAfter>().First();
        Assert.Equal((TimeSpan.FromSeconds(1), PauseScope.Chat), (pause.Delay, pause.Scope));
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, new ExternalChat("a:2"), "x"), Cancel));
    }

    [Fact]
    public async Task Many_buttons_stand_in_rows_of_six()
    {
        await using var rig = await StartAsync();
        var body = new MessageBody("Choose", [.. Enumerable.Range(0, 8).Select(i => new MessageButton($"B{i}", $"b:{i}"))]);

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, new ExternalChat("a:1"), "") with { Body = body }, Cancel));

        var card = Assert.Single(rig.Teams.Shown).Activity["attachments"]![0]!["content"]!;
        Assert.Equal([6, 2], card["body"]!.AsArray().Select(row => row!["actions"]!.AsArray().Count));
    }

    [Fact]
    public async Task Typing_is_shown_where_the_answer_will_be()
    {
        await using var rig = await StartAsync();

        await ((ITypingIndicator)rig.Session).ShowTypingAsync(new ExternalChat("19:c1@thread.tacv2", "1767225000000"), Cancel);

        Assert.Equal([TeamsRig.Group], rig.Teams.Typing);
    }

    [Fact]
    public async Task A_file_at_a_private_address_is_not_fetched()
    {
        await using var rig = await StartAsync();
        await using var other = await TeamsEmulator.StartAsync();
        other.AddFile("secret", [1]);
        var reader = (IAttachmentReader)rig.Session;

        foreach (var address in new[] { $"{other.Address}/files/secret", other.Address.Replace("http:", "https:", StringComparison.Ordinal), "https://169.254.169.254/latest", "file:///etc/passwd" })
        {
            await Assert.ThrowsAsync<AttachmentUnavailableException>(() => reader.OpenAsync(new Attachment("file", address), Cancel));
        }
    }

    [Fact]
    public async Task A_picture_at_the_connector_opens_with_our_token()
    {
        await using var rig = await StartAsync();
        rig.Teams.AddFile("p1", [7, 8]);

        await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("image", $"{rig.Teams.ServiceUrl}v3/attachments/p1/views/original"), Cancel);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);

        Assert.Equal([7, 8], bytes.ToArray());
    }

    [Theory]
    [InlineData("**bold** *italic* ~~gone~~ `code`", "<b>bold</b> <i>italic</i> <s>gone</s> <code>code</code>")]
    [InlineData("中文**粗体**文字", "中文<b>粗体</b>文字")]
    [InlineData("***both***", "<i><b>both</b></i>")]
    [InlineData("# Title\n\ntext", "<b>Title</b><br/><br/>text")]
    [InlineData("- a\n  - b\n1. c", "• a<br/>&#160;&#160;• b<br/>1. c")]
    [InlineData("> quoted\n> lines", "<blockquote>quoted<br/>lines</blockquote>")]
    [InlineData("```csharp\nif (a < b)\n{\n    c();\n}\n```", "<pre>if (a &lt; b)\n{\n    c();\n}</pre>")]
    [InlineData("[link](https://example.test/?a=1&b=2)", "<a href=\"https://example.test/?a=1&amp;b=2\">link</a>")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("[](https://example.test/)", "<a href=\"https://example.test/\">https://example.test/</a>")]
    [InlineData("[![alt](https://example.test/i.png)](https://example.test/)", "<a href=\"https://example.test/i.png\">alt</a> (https://example.test/)")]
    [InlineData("<at>Everyone</at> <b>&", "&lt;at&gt;Everyone&lt;/at&gt; &lt;b&gt;&amp;")]
    [InlineData("👨‍👩‍👧 *שלום* \u202Eabc\u202C", "👨‍👩‍👧 <i>שלום</i> \u202Eabc\u202C")]
    [InlineData("a\u0001b\uFFFFc", "abc")]
    public void Markdown_is_written_as_teams_reads_it(string markdown, string expected) => Assert.Equal(expected, TeamsRenderer.Render(markdown));

    [Fact]
    public void Long_texts_fit_and_are_well_formed()
    {
        foreach (var piece in new[] { "**粗体** ", "&<>\" ", "| a | b |\n|---|---|\n| 1 | 2 |\n", "```\n<x>\n```\n", "> q\n\n", "👩‍💻" })
        {
            var markdown = string.Concat(Enumerable.Repeat(piece, TeamsRenderer.Limit.Max / piece.Length));

            var text = TeamsRenderer.Render(markdown);

            Assert.NotEmpty(System.Xml.Linq.XElement.Parse($"<div>{text}</div>").Value);
            Assert.True(System.Text.Encoding.UTF8.GetByteCount(text) < 60_000);
        }
    }

    private static async Task<TeamsRig> StartAsync()
    {
        var rig = await TeamsRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static OutboundMessage Message(TeamsRig rig, ExternalChat chat, string text)
        => new(Guid.CreateVersion7(), rig.Connection.Id, chat, new MessageBody(text), null, 1, false);
}
