using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task A_chat_that_did_not_load_can_be_closed_on_a_phone_and_is_loaded_when_it_is_opened_again()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var site = await StartSiteAsync(house.Address, "shop");
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("shop"), Settings = new SettingValues([new("allowedOrigins", site.Urls.First())]) });
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var (page, _) = await OpenAsync(context, new Uri(site.Urls.First()));
        var isAway = true;
        await page.RouteAsync(new Regex("/chat/shop\\?"), route => isAway ? route.AbortAsync() : route.ContinueAsync());
        var (open, close) = (page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }), page.GetByRole(AriaRole.Button, new() { Name = "Close chat" }));

        await open.ClickAsync();
        await close.ClickAsync();
        isAway = false;
        await page.EvaluateAsync("() => { const now = Date.now; Date.now = () => now() + 60_000; }");
        await open.ClickAsync();

        await Expect(page.FrameLocator("iframe").GetByLabel("Message")).ToBeVisibleAsync();
        await Expect(close).ToBeHiddenAsync(); // the chat has one of its own, and fills the screen
        await page.FrameLocator("iframe").GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();
        await Expect(open).ToBeVisibleAsync();
    }

    [Fact]
    public async Task One_button_of_each_chat_is_in_reach_whatever_the_site_does()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var site = await StartSiteAsync(house.Address, "shop", page: script => $$"""
            <!doctype html><title>Shop</title>
            <style>
              :not(:defined) { visibility: hidden } :empty { display: none }
              body > * { position: relative; z-index: 1; overflow: hidden } h1 { z-index: 10; height: 150vh; background: #eee }
            </style>
            <h1>A shop</h1>{{script}}{{script}}{{script.Replace("/shop/", "/help/", StringComparison.Ordinal)}}
            """);
        foreach (var name in new[] { "shop", "help" })
        {
            await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId(name), Settings = new SettingValues([new("allowedOrigins", site.Urls.First())]) });
        }

        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 760 } });
        var (page, faults) = await OpenAsync(context, new Uri(site.Urls.First()));
        var buttons = page.GetByRole(AriaRole.Button, new() { Name = "Open chat" });

        await Expect(buttons).ToHaveCountAsync(2);
        await buttons.First.ClickAsync(new() { Trial = true });
        await buttons.Last.ClickAsync(new() { Trial = true });
        await page.EvaluateAsync("() => document.body.replaceWith(document.createElement('body'))"); // as a site does that changes pages by script
        await Expect(buttons).ToHaveCountAsync(2);
        await buttons.Last.ClickAsync();

        await Expect(page.FrameLocator("iframe").GetByLabel("Message")).ToBeVisibleAsync();
        Assert.Empty(faults);
    }
}
