using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <content>Tabs and devices that are the same visitor, or are not.</content>
public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task A_tab_does_not_take_the_place_of_the_conversation_that_is_remembered()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, house);
        var (other, _) = await OpenAsync(context, house);
        await SayAsync(page, "from the first");
        house.Book.Answer(await FirstConversationAsync(house), "hello");
        await SayAsync(other, "from the second");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();

        await other.Locator(".menu summary").ClickAsync();
        var remember = other.GetByLabel("Remember me on this device");
        await remember.ClickAsync();

        await Expect(other.GetByText("already remembers another conversation")).ToBeVisibleAsync();
        Assert.False(await remember.IsCheckedAsync());
        await page.ReloadAsync();
        await Expect(page.Locator("li.you").GetByText("from the first")).ToBeVisibleAsync();
        await other.ReloadAsync();
        await Expect(other.Locator("li.you").GetByText("from the second")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("en", "This link was used before or is too old.")]
    [InlineData("zh-CN", "此链接已被使用过或已过期。")]
    public async Task Who_opens_a_link_that_was_used_is_told_until_they_write(string locale, string told)
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        await using var third = await browser.OpenAsync(new() { Locale = locale });
        var (desk, _) = await OpenAsync(first, house);
        await SayAsync(desk, "on the desk");
        await desk.Locator(".menu summary").ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Go on with another device" }).ClickAsync();
        var link = new Uri(await desk.Locator(".pass input").InputValueAsync());
        var (phone, _) = await OpenAsync(second, link);
        await Expect(phone.Locator("li.you").GetByText("on the desk")).ToBeVisibleAsync();

        var (page, _) = await OpenAsync(third, link);
        await Expect(page.GetByText(told)).ToBeVisibleAsync();
        await SayAsync(page, "hello");

        await Expect(page.GetByText(told)).ToBeHiddenAsync();
    }
}
