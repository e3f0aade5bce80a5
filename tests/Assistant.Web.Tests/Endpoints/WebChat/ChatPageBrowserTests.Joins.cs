using System.Text.RegularExpressions;
using Assistant.Domain.Conversations;
using Assistant.Web.Hubs;
using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <content>What a page is told while it comes in, or reads what it missed.</content>
public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task What_is_said_while_a_page_comes_in_is_shown()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        var (desk, _) = await OpenAsync(first, house);
        await SayAsync(desk, "hello");
        await desk.Locator(".menu summary").ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Go on with another device" }).ClickAsync();
        var link = await desk.Locator(".pass input").InputValueAsync();
        var phone = await second.NewPageAsync();
        var line = await HeldLine.HoldAsync(phone);

        var joining = line.WithholdAsync("Join");
        await phone.GotoAsync(link);
        var answer = await joining;
        line.TellMessage(2, "said meanwhile");
        line.Tell(answer);

        await Expect(phone.Locator(".log .balloon")).ToHaveTextAsync(["hello", "said meanwhile"]);
    }

    [Fact]
    public async Task What_is_said_while_a_page_comes_in_leaves_the_way_back_open()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "long ago");
        await SayMoreAsync(house, ChatHistory.PageSize);

        var joining = line.WithholdAsync("Join");
        await page.ReloadAsync();
        var answer = await joining;
        line.TellMessage(ChatHistory.PageSize + 2, "said meanwhile");
        line.Tell(answer);

        await page.GetByRole(AriaRole.Button, new() { Name = "Show earlier messages" }).ClickAsync();
        await Expect(page.Locator(".log .balloon").First).ToHaveTextAsync("long ago");
        await Expect(page.Locator(".log .balloon").Last).ToHaveTextAsync("said meanwhile");
    }

    [Fact]
    public async Task What_is_said_while_a_page_that_missed_too_much_reads_is_shown()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "long ago");

        var answer = await line.WithholdCatchUpAsync();
        line.TellMessage(1000, "said meanwhile");
        line.Tell(Regex.Replace(answer, "\"result\":.*", "\"result\":{\"messages\":[],\"replaces\":true,\"hasEarlier\":true,\"retryAfterMs\":0,\"from\":950}}"));

        await Expect(page.Locator(".log .balloon")).ToHaveTextAsync(["said meanwhile"]);
    }

    [Fact]
    public async Task A_slow_encrypted_line_is_waited_for_as_long_as_frames_come()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        await context.AddInitScriptAsync(
            """
            const wait = window.setTimeout;
            window.setTimeout = (done, ms, ...rest) => wait(done, ms === 20000 ? 6000 : ms, ...rest); // how long silence is borne
            """);
        var page = await context.NewPageAsync();
        var line = await HeldLine.HoldAsync(page);
        await page.GotoAsync(new Uri(house.Address, "/chat/sealed").ToString());
        await SayAsync(page, "hello");
        await SayMoreAsync(house, ChatHistory.PageSize - 1, new string('x', 8000)); // fills seven frames
        await Expect(page.Locator(".log li")).ToHaveCountAsync(ChatHistory.PageSize);

        line.FrameTakes = TimeSpan.FromMilliseconds(1500);
        await page.ReloadAsync();

        await Expect(page.Locator(".log li")).ToHaveCountAsync(ChatHistory.PageSize, new() { Timeout = 60_000 });
        Assert.Equal(2, line.Lines);
    }

    [Fact]
    public async Task A_screen_reader_is_told_what_is_new_and_not_what_was_said_before()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        await context.AddInitScriptAsync(
            """
            window.told = [];
            new MutationObserver((changes) => changes
              .filter(({ target, addedNodes }) => addedNodes.length > 0 && target.matches?.('[role=log]'))
              .forEach(({ target }) => window.told.push(target.getAttribute('aria-live'))))
              .observe(document, { childList: true, subtree: true });
            """);
        var (page, faults) = await OpenAsync(context, house);
        await SayAsync(page, "long ago");
        await SayMoreAsync(house, ChatHistory.PageSize);
        await Expect(page.Locator(".log li")).ToHaveCountAsync(ChatHistory.PageSize + 1);

        await page.ReloadAsync();
        await Expect(page.Locator(".log li")).ToHaveCountAsync(ChatHistory.PageSize);
        Assert.Equal(["off"], await ToldAsync());
        await Expect(page.GetByRole(AriaRole.Log)).ToHaveAttributeAsync("aria-live", "polite");
        house.Book.Answer(await FirstConversationAsync(house), "news");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
        Assert.Equal(["polite"], await ToldAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Show earlier messages" }).ClickAsync();
        await Expect(page.Locator(".log li")).ToHaveCountAsync(ChatHistory.PageSize + 2);
        Assert.Equal(["off"], await ToldAsync());
        Assert.Empty(faults);

        // How what was added since the last time is told.
        Task<string[]> ToldAsync() => page.EvaluateAsync<string[]>("() => [...new Set(window.told.splice(0))]");
    }

    /// <summary>Adds to what the visitor said.</summary>
    private static async Task SayMoreAsync(ChatHouse house, int count, string text = "more")
    {
        var conversation = await FirstConversationAsync(house);
        for (var i = 0; i < count; i++)
        {
            house.Book.Add(conversation, AuthorKind.Person, "", text);
        }
    }
}
