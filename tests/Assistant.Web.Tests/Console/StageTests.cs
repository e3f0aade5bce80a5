using System.Globalization;
using System.Net;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Console;

/// <summary>The operators' rooms over HTTP, as a browser first gets them.</summary>
public sealed class StageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("conversations", "Li Wei")]
    [InlineData("conversations?view=waiting", "waiting for a person")]
    [InlineData("people", "K7QM2XPA")]
    [InlineData("audit", "Conversation taken over")]
    [InlineData("audit?action=user.signin.failed", "anna@example.org")]
    [InlineData("dead-letters", "The person has blocked the bot")]
    public async Task A_room_shows_what_it_is_about_before_any_script_runs(string path, string expected)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        using var browser = new HttpClient { BaseAddress = host.Address };

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync(new Uri(path, UriKind.Relative), Cancel));

        Assert.Contains(expected, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conversations", "等待人工处理")]
    [InlineData("people", "等待准入")]
    [InlineData("audit", "接管会话")]
    [InlineData("dead-letters", "助手无法回答")]
    public async Task A_room_speaks_chinese_to_a_chinese_browser(string path, string expected)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        using var browser = new HttpClient { BaseAddress = host.Address };
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync(new Uri(path, UriKind.Relative), Cancel));

        Assert.Contains(expected, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_only_drawn_ahead_does_not_mark_what_nobody_has_seen_as_read()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        using var browser = new HttpClient { BaseAddress = host.Address };
        var docker = new Uri($"conversations/{host.Services.GetRequiredService<StagedConversations>().Docker}", UriKind.Relative);

        var first = await browser.GetStringAsync(docker, Cancel);
        var second = await browser.GetStringAsync(docker, Cancel);

        Assert.Contains("data-row=\"unread\"", first, StringComparison.Ordinal);
        Assert.Contains("data-row=\"unread\"", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "This page stopped working.", "Load again")]
    [InlineData("zh-CN", "此页面已停止工作。", "重新加载")]
    public async Task A_page_brings_the_words_for_when_it_stops(string language, string words, string way)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        using var browser = new HttpClient { BaseAddress = host.Address };
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync(new Uri("people", UriKind.Relative), Cancel));

        var bar = page[page.IndexOf("id=\"blazor-error-ui\"", StringComparison.Ordinal)..];
        Assert.Contains(words, bar, StringComparison.Ordinal);
        Assert.Matches($"class=\"[^\"]*\\breload\\b[^>]*>{way}<", bar);
    }

    [Fact(Explicit = true)]
    public async Task Stands_on_the_port_named_by_STAGE_PORT_until_stopped()
    {
        var port = int.Parse(Environment.GetEnvironmentVariable("STAGE_PORT") ?? "0", CultureInfo.InvariantCulture);
        await using var host = await ConsoleHost.StartAsync(port, Cancel, DeskStage.Add);
        var feed = host.Services.GetRequiredService<ILiveFeed>();
        var (turn, docker) = (Guid.CreateVersion7(), host.Services.GetRequiredService<StagedConversations>().Docker);
        const string Reply = "I have written to **Tom**. Until he answers you could start Docker on port 8081, which is free on pine.";
        for (var length = 0; ; length = (length + 3) % (Reply.Length * 2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
            feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, docker, turn, Reply[..Math.Min(length, Reply.Length)]));
            feed.Publish(new LiveEvent.Typing(TenantId.Default, docker, AuthorKind.Person, "Li Wei", IsTyping: true));
        }
    }
}
