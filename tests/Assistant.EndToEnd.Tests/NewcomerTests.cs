using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The first quarter of an hour of somebody who has just started the program, with nothing but a browser.</summary>
public sealed partial class NewcomerTests(Chromium chromium)
{
    private const string Email = "ada@example.com";
    private const string Password = "correct horse battery staple";

    [Fact]
    public async Task From_the_first_start_to_a_conversation_taken_over_and_handed_back()
    {
        var device = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();

        await SetUpAsync(new ConsolePage(device, house.Address), await LinkAsync(house));

        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Email, Password, "/conversations");
        var chat = await ChatPage.OpenAsync(await chromium.NewDeviceAsync(), house.Address + "/chat/web");
        await TalkAsync(desk, chat);
    }

    /// <summary>A set-up link works once: who comes later with it cannot become an owner.</summary>
    [Fact]
    public async Task The_link_of_the_first_start_is_spent_once_there_is_an_account()
    {
        var device = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();
        var link = await LinkAsync(house);
        await CreateAccountAsync(new ConsolePage(device, house.Address), link, isFilledInSilently: true);

        var stranger = await chromium.NewDeviceAsync();
        await stranger.GotoAsync(link);

        await Expect(stranger.GetByText("This set-up link does not work").First).ToBeVisibleAsync();
        await Expect(stranger.GetByLabel("Password")).ToHaveCountAsync(0);
    }

    private static async Task<string> LinkAsync(TestInstallation house)
    {
        var found = await Eventually.FindAsync("the set-up link", () => Task.FromResult(Link().Match(house.App.Output) is { Success: true } match ? match : null));
        return found.Value;
    }

    /// <param name="isFilledInSilently">As some password managers do: no event tells the page.</param>
    private static async Task CreateAccountAsync(ConsolePage console, string link, bool isFilledInSilently = false)
    {
        await console.Page.GotoAsync(link);
        await console.BeLiveAsync();
        foreach (var (label, value) in new[] { ("Email", Email), ("Password", Password) })
        {
            var field = console.Page.GetByLabel(label);
            await (isFilledInSilently ? field.EvaluateAsync("(field, value) => { field.value = value; }", value) : field.FillAsync(value));
        }

        await console.PressAsync("Create account");
        await Expect(console.Heading("What should answer?")).ToBeVisibleAsync();
        await console.BeLiveAsync();
    }

    private static async Task SetUpAsync(ConsolePage console, string link)
    {
        await CreateAccountAsync(console, link);

        // The built-in engine is chosen already.
        await Expect(console.Page.GetByRole(AriaRole.Radio, new() { Name = "Embedded" })).ToBeCheckedAsync();
        await console.PressAsync("Continue");
        await Expect(console.Heading("Where do people reach it?")).ToBeVisibleAsync();
        await console.Page.GetByRole(AriaRole.Link, new() { Name = "Skip for now" }).ClickAsync();
        await Expect(console.Heading("Who may write to it?")).ToBeVisibleAsync();
        await console.Page.GetByRole(AriaRole.Radio, new() { Name = "Anyone" }).CheckAsync();
        await console.PressAsync("Use this for all connections");
        await Expect(console.Heading("The assistant is ready")).ToBeVisibleAsync();
        await Expect(console.Page.GetByRole(AriaRole.Link, new() { Name = "Open web chat" })).ToHaveAttributeAsync("href", "/chat/web");
    }

    private static async Task TalkAsync(ConsolePage desk, ChatPage chat)
    {
        await chat.SayAsync("Remember that the gate code is 4711.");
        await Expect(chat.ByAssistant).ToHaveCountAsync(1);

        // Without a reload: the conversation comes up in the list by itself.
        await desk.Page.Locator("a.item[href^='conversations/']").ClickAsync();
        var thread = desk.Page.Locator("section.thread");
        await Expect(thread.Locator("article.person")).ToContainTextAsync("Remember that the gate code is 4711.");
        await Expect(thread.Locator("article.assistant")).ToHaveCountAsync(1);

        await desk.PressAsync("Take over");
        await Expect(thread.GetByText("with you")).ToBeVisibleAsync();
        await chat.SayAsync("Is somebody there?");
        await Expect(thread.Locator("article.person").Last).ToContainTextAsync("Is somebody there?");
        await desk.Page.GetByRole(AriaRole.Textbox, new() { Name = "Write a reply" }).FillAsync("Yes, Ada is here.");
        await desk.PressAsync("Send");
        await chat.ShowsAsync(chat.ByPerson, "Yes, Ada is here.");
        await Expect(chat.ByAssistant).ToHaveCountAsync(1);

        await desk.PressAsync("Hand back");
        await Expect(thread.GetByText("with assistant")).ToBeVisibleAsync();
        await chat.SayAsync("What is the gate code?");
        await chat.ShowsAsync(chat.ByAssistant.Last, "4711");
        await Expect(chat.ByAssistant).ToHaveCountAsync(2);
        await Expect(thread.Locator("article.assistant").Last).ToContainTextAsync("4711");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/setup\?token=\S+")]
    private static partial Regex Link();
}
