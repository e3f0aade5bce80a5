using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>An operator stays signed in while the program is started anew, and not a moment longer than they want.</summary>
public sealed class SessionTests(Chromium chromium)
{
    private const string Email = "anna@example.test";

    [Fact]
    public async Task A_session_goes_on_after_a_restart()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        using var anna = new Visitor(house.Address);
        Assert.Equal(HttpStatusCode.Redirect, await anna.StatusOfAsync("/conversations"));

        Assert.Equal("/", await anna.SignInAsync(Email, TestInstallation.Password));
        Assert.Equal(HttpStatusCode.OK, await anna.StatusOfAsync("/conversations"));
        await house.KillAsync();
        await house.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await anna.StatusOfAsync("/conversations"));
        Assert.All(
            Directory.GetFiles(Path.Combine(house.DataFolder, "session-keys")),
            file => Assert.Contains("wrappedByInstallationKey", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ending_a_session_closes_its_open_page_at_once_and_a_stolen_cookie_with_it()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync(Email, "owner");
        await house.StartAsync();
        var (here, there) = (await SignInAsync(house, "/account"), await SignInAsync(house, "/conversations"));
        using var thief = new Visitor(house.Address, ("Cookie", await CookiesAsync(there)));
        Assert.Equal(HttpStatusCode.OK, await thief.StatusOfAsync("/conversations"));
        await Expect(here.Page.GetByText("New device: Chrome on Linux")).ToBeVisibleAsync();
        await Expect(there.Page.GetByText("New device:")).ToHaveCountAsync(0);
        // The room takes what the notice leaves: nothing of it, such as where one writes, is pushed off the screen.
        await here.OpenAsync("/conversations");
        await Expect(here.Page.GetByText("New device:")).ToBeVisibleAsync();
        Assert.True(await here.Page.EvaluateAsync<bool>("() => { const room = document.querySelector('main'); return room.scrollHeight <= room.clientHeight && room.getBoundingClientRect().bottom <= innerHeight; }"));
        await here.PressAsync("It was me");
        await Expect(here.Page.GetByText("New device:")).ToHaveCountAsync(0);
        await here.OpenAsync("/account");
        var other = here.Page.Locator(".sessions > li").Filter(new() { HasNotText = "this one" });
        await Expect(other).ToHaveCountAsync(1);

        await other.GetByRole(AriaRole.Button).ClickAsync();

        await there.Page.ArriveAsync("**/account/sign-in**");
        await Expect(other).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.Redirect, await thief.StatusOfAsync("/conversations"));

        var again = await SignInAsync(house, "/conversations");
        await here.PressAsync("Sign out everywhere else");
        await again.Page.ArriveAsync("**/account/sign-in**");
        await Expect(here.Page.GetByText("One other session was ended.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_invitation_made_on_the_members_page_lets_one_newcomer_in_and_nobody_after()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync(Email, "owner");
        await house.StartAsync();
        var desk = await SignInAsync(house, "/account");
        var app = await SecondStep.TurnOnAsync(desk);
        await desk.OpenAsync("/members");
        await desk.Page.GetByLabel("For whom").FillAsync("for Bob");
        await desk.Page.Locator("#invite-role").SelectOptionAsync("operator");
        await desk.PressAsync("Make a link");
        await desk.Page.Locator("#step-up-code").FillAsync(await app.NextCodeAsync());
        await desk.PressAsync("Confirm");
        var link = await desk.Page.Locator("code.link").InnerTextAsync();

        var newcomer = await chromium.NewDeviceAsync();
        await newcomer.GotoAsync(link);
        await Expect(newcomer.GetByText("Your role: Operator.")).ToBeVisibleAsync();
        await newcomer.GetByLabel("Email").FillAsync("bob@example.test");
        await newcomer.GetByLabel("Password").FillAsync(TestInstallation.Password);
        await newcomer.GetByRole(AriaRole.Button, new() { Name = "Make my account" }).ClickAsync();
        await Expect(newcomer.Locator(".rail a[href=conversations]")).ToHaveCountAsync(1);

        var late = await chromium.NewDeviceAsync();
        await late.GotoAsync(link);
        await Expect(late.GetByRole(AriaRole.Heading, new() { Name = "This link does not open anything" })).ToBeVisibleAsync();
        await desk.OpenAsync("/members");
        await Expect(desk.Page.GetByLabel("Role of bob@example.test")).ToHaveValueAsync("operator");
        await Expect(desk.Page.GetByText("for Bob")).ToHaveCountAsync(0);
        Assert.DoesNotContain(new Uri(link).Segments[^1], house.App.Output + house.App.Error, StringComparison.Ordinal);
    }

    private async Task<ConsolePage> SignInAsync(TestInstallation house, string then)
    {
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, then);
        return desk;
    }

    private static async Task<string> CookiesAsync(ConsolePage desk)
        => string.Join("; ", (await desk.Page.Context.CookiesAsync()).Select(cookie => $"{cookie.Name}={cookie.Value}"));
}
