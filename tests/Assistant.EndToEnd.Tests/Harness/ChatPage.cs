using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>The web chat in a browser, as the person who writes sees it.</summary>
internal sealed class ChatPage(IPage page)
{
    public ILocator Said => page.Locator(".log .balloon");

    public ILocator ByAssistant => page.Locator(".log .balloon.assistant");

    /// <summary>What an operator said.</summary>
    public ILocator ByPerson => page.Locator(".log .balloon.person");

    public ILocator ByNotice => page.Locator(".log .balloon.system");

    /// <summary>Told when something stands in the way, such as a lost connection.</summary>
    public ILocator Trouble => page.Locator("#chat-foot .notice");

    /// <summary>Told when somebody on the way changed something.</summary>
    public ILocator Tampered => page.GetByRole(AriaRole.Alert);

    /// <summary>Stands in the way while it is not sure who would read what is written.</summary>
    public ILocator Doubt => page.GetByRole(AriaRole.Alertdialog);

    public ILocator Composer => page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    /// <summary>The key as people compare it, in the menu.</summary>
    public ILocator SafetyNumber => page.GetByLabel("Safety number");

    public static async Task<ChatPage> OpenAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        return new ChatPage(page);
    }

    public async Task SayAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    /// <summary>Waits until the page shows exactly these messages.</summary>
    public Task ShowsAsync(params Regex[] messages) => Expect(Said).ToHaveTextAsync(messages);

    /// <summary>Waits until a message with this text is shown.</summary>
    public Task ShowsAsync(ILocator among, string text) => Expect(among.Filter(new() { HasText = text })).ToHaveCountAsync(1);

    public Task ReloadAsync() => page.ReloadAsync();

    public Task OpenMenuAsync() => page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true }).ClickAsync();

    /// <summary>The link that opens this conversation on another device.</summary>
    public async Task<string> MakeLinkAsync()
    {
        await OpenMenuAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on with another device" }).ClickAsync();
        return await page.GetByRole(AriaRole.Textbox, new() { Name = "Go on with another device" }).InputValueAsync();
    }
}
