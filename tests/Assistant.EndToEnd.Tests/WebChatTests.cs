using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The web chat in real browsers: what was said stays said, whatever happens to page, device and server.</summary>
public sealed class WebChatTests(Chromium chromium)
{
    private static readonly Regex Told = new("^Remember that the gate code is 4711\\.$");
    private static readonly Regex Asked = new("^What is the gate code\\?$");
    private static readonly Regex Code = new("4711");
    private static readonly Regex Anything = new(".");

    [Fact]
    public async Task A_reloaded_page_shows_the_conversation_as_it_was()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.StartAsync();
        var chat = await ChatPage.OpenAsync(page, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);
        var before = await chat.Said.AllInnerTextsAsync();

        await chat.ReloadAsync();
        await chat.ShowsAsync(Told, Anything);

        Assert.Equal(before, await chat.Said.AllInnerTextsAsync());
        await chat.SayAsync("What is the gate code?");
        await chat.ShowsAsync(Told, Anything, Asked, Code);
    }

    [Fact]
    public async Task Two_devices_show_the_same_conversation_as_it_goes_on()
    {
        var (first, second) = (await chromium.NewDeviceAsync(), await chromium.NewDeviceAsync());
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.StartAsync();
        var chat = await ChatPage.OpenAsync(first, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);

        var other = await ChatPage.OpenAsync(second, await chat.MakeLinkAsync());
        await other.ShowsAsync(Told, Anything);
        await other.SayAsync("What is the gate code?");

        await other.ShowsAsync(Told, Anything, Asked, Code);
        await chat.ShowsAsync(Told, Anything, Asked, Code);
    }

    [Fact]
    public async Task A_killed_server_loses_nothing_and_the_page_comes_back_by_itself()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.StartAsync();
        var chat = await ChatPage.OpenAsync(page, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);

        await house.KillAsync();
        await Expect(chat.Trouble).ToBeVisibleAsync();
        await chat.SayAsync("What is the gate code?");
        await house.StartAsync();

        await chat.ShowsAsync(Told, Anything, Asked, Code);
        await Expect(chat.Trouble).ToBeHiddenAsync();
    }
}
