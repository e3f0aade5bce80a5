using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task A_page_that_comes_back_as_somebody_else_shows_nothing_of_the_former()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "my secret");
        var former = await FirstConversationAsync(house);
        house.Book.Answer(former, "an old answer");
        house.Book.Answer(former, "another old answer");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        var (other, _) = await OpenAsync(context, house);
        await Expect(other.Locator("li.assistant")).ToHaveCountAsync(2);

        await other.Locator(".menu summary").ClickAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Forget me here" }).ClickAsync();
        await Expect(other.Locator(".log li")).ToHaveCountAsync(0);
        await line.FallAsync();
        await Expect(page.Locator(".log li")).ToHaveCountAsync(0);
        await SayAsync(page, "somebody new");
        var said = house.Book.Accepted[^1];
        Assert.NotEqual(house.Book.Accepted[0].Chat, said.Chat);
        house.Book.Answer(house.Book.Open(ChatHouse.Web, said.Chat), "a new answer");

        await Expect(page.Locator(".log .balloon")).ToHaveTextAsync(["somebody new", "a new answer"]);
        await Expect(page).ToHaveTitleAsync("Anna's shop"); // nothing is unread
    }

    private static async Task<(IPage Page, HeldLine Line)> OpenHeldAsync(IBrowserContext context, ChatHouse house)
    {
        var page = await context.NewPageAsync();
        var line = await HeldLine.HoldAsync(page);
        await page.GotoAsync(new Uri(house.Address, "/chat/web").ToString());
        return (page, line);
    }
}
