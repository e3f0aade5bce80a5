using Assistant.Domain.Messaging;
using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <content>Buttons under a message that are pressed while nobody hears it.</content>
public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task A_button_that_is_pressed_without_a_line_is_pressed_once_when_it_is_back()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        var yes = await OfferAsync(page, house);

        await context.SetOfflineAsync(true);
        await line.FallAsync();
        await yes.ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("No connection.", new() { Timeout = 20_000 });
        await Expect(yes).ToBeDisabledAsync();
        await context.SetOfflineAsync(false);

        Assert.Equal("y", await PressedAsync(house));
        await Expect(page.Locator(".notice")).ToBeHiddenAsync();
        await Expect(yes).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_button_that_is_pressed_while_the_chat_is_closed_is_pressed_when_it_opens()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, house);
        var yes = await OfferAsync(page, house);

        house.Book.Stop(ChatHouse.Web.Id);
        await yes.ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("This chat is closed at the moment.");
        await Expect(yes).ToBeDisabledAsync();
        house.Book.Run(ChatHouse.Web);

        Assert.Equal("y", await PressedAsync(house));
        await Expect(page.Locator(".notice")).ToBeHiddenAsync();
        Assert.Empty(faults);
    }

    /// <summary>Has the assistant offer a choice.</summary>
    private static async Task<ILocator> OfferAsync(IPage page, ChatHouse house)
    {
        await SayAsync(page, "cancel my order");
        house.Book.Answer(await FirstConversationAsync(house), "Really?", buttons: [new("Yes", "y"), new("No", "n")]);
        var yes = page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true });
        await Expect(yes).ToBeEnabledAsync();
        return yes;
    }

    /// <summary>Waits for the one press after the one message.</summary>
    private static async Task<string> PressedAsync(ChatHouse house)
    {
        for (var i = 0; i < 1000 && house.Book.Accepted.Count < 2; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return Assert.Single(house.Book.Accepted.Select(message => message.Content).OfType<InboundContent.Pressed>()).Data;
    }
}
