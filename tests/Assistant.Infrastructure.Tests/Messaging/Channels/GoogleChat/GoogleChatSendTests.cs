using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.GoogleChat;

public sealed class GoogleChatSendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_is_sent_again_is_shown_once_under_its_first_name()
    {
        await using var rig = await StartAsync();
        var message = Message(rig, rig.ChatOf(1), "once");
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));

        var again = Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        var shown = Assert.Single(rig.Google.Shown);
        Assert.Equal((shown.Name, $"{message.Id:D}"), (again.ExternalId, shown.RequestId));
    }

    [Fact]
    public async Task An_answer_in_a_thread_goes_there_and_one_in_a_chat_begins_none()
    {
        await using var rig = await StartAsync();

        await rig.Session.SendAsync(Message(rig, new ExternalChat(GoogleChatRig.Space, $"{GoogleChatRig.Space}/threads/T1", IsGroup: true), "x"), Cancel);
        await rig.Session.SendAsync(Message(rig, rig.ChatOf(1), "x"), Cancel);

        Assert.Equal([$"{GoogleChatRig.Space}/threads/T1", null], rig.Google.Shown.Select(shown => shown.Thread));
    }

    [Theory]
    [InlineData("spaces/..", null)]
    [InlineData("spaces/A/messages", null)]
    [InlineData("people/1", null)]
    [InlineData("spaces/A?x=1", null)]
    [InlineData("spaces/A", "spaces/B/threads/T1")]
    [InlineData("spaces/A", "spaces/A/threads/../x")]
    public async Task What_is_no_chat_is_not_called(string chat, string? thread)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Rejected>(await rig.Session.SendAsync(Message(rig, new ExternalChat(chat, thread), "x"), Cancel));
        Assert.Empty(rig.Google.Shown);
    }

    [Fact]
    public async Task One_token_serves_until_it_ends()
    {
        await using var rig = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => rig.Session.SendAsync(Message(rig, rig.ChatOf(i), "x"), Cancel)));
        Assert.Equal(1, rig.Google.TokensIssued);

        rig.Google.EndTokens();
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, rig.ChatOf(1), "x"), Cancel));

        Assert.Equal(2, rig.Google.TokensIssued);
    }

    [Theory]
    [InlineData(400, typeof(SendOutcome.Rejected))]
    [InlineData(404, typeof(SendOutcome.Rejected))]
    [InlineData(409, typeof(SendOutcome.RetryAfter))]
    [InlineData(500, typeof(SendOutcome.RetryAfter))]
    [InlineData(504, typeof(SendOutcome.Uncertain))]
    public async Task Each_refusal_has_its_ending(int status, Type ending)
    {
        await using var rig = await StartAsync();
        rig.FailNext(status);

        Assert.IsType(ending, await rig.Session.SendAsync(Message(rig, rig.ChatOf(1), "x"), Cancel));
    }

    [Fact]
    public async Task Buttons_name_the_address_an_add_on_is_called_at()
    {
        await using var rig = await StartAsync();

        await rig.Session.SendAsync(Message(rig, rig.ChatOf(1), "") with { Body = new MessageBody("Sure?", [new("Yes", "yes:1")]) }, Cancel);

        var action = Assert.Single(rig.Google.Shown).Message["cardsV2"]![0]!["card"]!["sections"]![0]!["widgets"]![0]!["buttonList"]!["buttons"]![0]!["onClick"]!["action"]!;
        Assert.Equal("https://assistant.example/webhooks/googlechat", (string?)action["function"]);
    }

    [Theory]
    [InlineData("**bold** *italic* ~~gone~~ `code`", "*bold* _italic_ ~gone~ `code`")]
    [InlineData("中文**粗体**文字", "中文\u200B*粗体*\u200B文字")]
    [InlineData("***both***", "_*both*_")]
    [InlineData("# Title\n\ntext", "*Title*\n\ntext")]
    [InlineData("- a\n  - b\n1. c", "• a\n  • b\n1. c")]
    [InlineData("> quoted\n> lines", "> quoted\n> lines")]
    [InlineData("```csharp\na_b * c\n```", "```\na_b * c\n```")]
    [InlineData("[link](https://example.test/?a=1&b=2)", "<https://example.test/?a=1&b=2|link>")]
    [InlineData("[a|b](https://example.test/)", "a|b https://example.test/")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("<https://example.test>", "https://example.test")]
    [InlineData("\\<users/all\\> hello", "<\u200Busers/all> hello")]
    [InlineData("\\*not bold\\* snake_case_name 5 * 3", "*\u200Bnot bold* snake_case_name 5 * 3")]
    [InlineData("1 < 2", "1 < 2")]
    [InlineData("👨‍👩‍👧 *שלום* \u202Eabc\u202C", "👨‍👩‍👧 _שלום_ \u202Eabc\u202C")]
    public void Markdown_is_written_as_chat_reads_it(string markdown, string expected) => Assert.Equal(expected, GoogleChatRenderer.Render(markdown));

    [Fact]
    public void Long_texts_fit()
    {
        foreach (var piece in new[] { "**粗体** ", "<a ", "| a | b |\n|---|---|\n| 1 | 2 |\n", "```\n<x>\n```\n", "> q\n\n", "👩‍💻", "\\* " })
        {
            var markdown = string.Concat(Enumerable.Repeat(piece, GoogleChatRenderer.Limit.Max / piece.Length));

            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(GoogleChatRenderer.Render(markdown)), 1, 30_000);
        }
    }

    private static async Task<GoogleChatRig> StartAsync()
    {
        var rig = await GoogleChatRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static OutboundMessage Message(GoogleChatRig rig, ExternalChat chat, string text)
        => new(Guid.CreateVersion7(), rig.Connection.Id, chat, new MessageBody(text), null, 1, false);
}
