using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>A right that is taken away is gone on pages that are open; a person of two tenants goes from one to the other.</summary>
public sealed class RightsTests(Chromium chromium, SharedHouse shared) : IClassFixture<SharedHouse>
{
    private const string Owner = "ada@example.com";
    private const string Bob = "bob@example.com";
    private const string Cid = "cid@example.com";
    private const string Dora = "dora@example.com";
    private const string Emil = "emil@example.com";

    [Fact]
    public async Task A_role_changed_in_the_console_closes_and_opens_the_page_its_holder_has_open()
    {
        var house = await shared.OpenAsync(StartAsync);
        var desk = await SignInAsync(house, Owner, "/account");
        var app = await SecondStep.TurnOnAsync(desk);
        var bob = await SignInAsync(house, Bob, "/engines");
        await Expect(Closed(bob)).ToBeHiddenAsync();

        await desk.OpenAsync("/members");
        await desk.Page.GetByLabel($"Role of {Bob}").SelectOptionAsync("viewer");
        await ProveAsync(desk, app);

        await Expect(Closed(bob)).ToBeVisibleAsync();
        await Expect(bob.Page.Locator(".rail a[href=engines]")).ToHaveCountAsync(0);

        await desk.Page.GetByLabel($"Role of {Bob}").SelectOptionAsync("flow-author");
        await ProveAsync(desk, app);

        await Expect(Closed(bob)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_member_put_out_by_another_process_can_do_nothing_on_the_page_that_is_open()
    {
        var house = await shared.OpenAsync(StartAsync);
        var cid = await SignInAsync(house, Cid, "/conversations");
        await Expect(Closed(cid)).ToBeHiddenAsync();

        await RunAsync(house, "users", "remove", "--email", Cid);

        await Expect(Closed(cid)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_session_that_was_ended_leaves_the_page_that_is_open()
    {
        var house = await shared.OpenAsync(StartAsync);
        var dora = await SignInAsync(house, Dora, "/conversations");

        await RunAsync(house, "users", "reset-mfa", "--email", Dora);

        await dora.Page.ArriveAsync("**/account/sign-in**");
    }

    [Fact]
    public async Task A_person_of_two_tenants_opens_the_same_page_in_the_other()
    {
        var house = await shared.OpenAsync(StartAsync);
        await RunAsync(house, "tenants", "create", "--name", "annex", "--display-name", "The annex");
        await RunAsync(house, "users", "grant", "--email", Emil, "--role", "auditor", "--tenant", "annex");
        var emil = await SignInAsync(house, Emil, "/people?find=li");

        await emil.Page.Locator(".tenant-menu > summary").ClickAsync();
        await emil.PressAsync("annex");
        await emil.Page.ArriveAsync("**/people?find=li");
        await emil.BeLiveAsync();

        await Expect(emil.Page.Locator(".tenant-menu > summary")).ToContainTextAsync("annex");
        await Expect(emil.Page.Locator(".rail a[href=audit]")).ToHaveCountAsync(1);
        await Expect(emil.Page.Locator(".rail a[href=set-up]")).ToHaveCountAsync(0);
    }

    /// <summary>What stands on the screen in place of a page the person may not see.</summary>
    private static ILocator Closed(ConsolePage desk) => desk.Page.Locator("#content").GetByRole(AriaRole.Heading, new() { Name = "Not for your role" });

    private static async Task<TestInstallation> StartAsync()
    {
        var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync(Owner, "owner");
        await Task.WhenAll(new[] { (Bob, "admin"), (Cid, "operator"), (Dora, "operator"), (Emil, "admin") }.Select(member => house.CreateUserAsync(member.Item1, member.Item2)));
        await house.StartAsync();
        return house;
    }

    private static async Task RunAsync(TestInstallation house, params string[] args)
    {
        var (code, output) = await house.RunAsync(args);
        Assert.True(code == 0, output);
    }

    private async Task<ConsolePage> SignInAsync(TestInstallation house, string email, string then)
    {
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(email, TestInstallation.Password, then);
        return desk;
    }

    private static async Task ProveAsync(ConsolePage desk, SecondStep app)
    {
        await desk.Page.Locator("#step-up-code").FillAsync(await app.NextCodeAsync());
        await desk.PressAsync("Confirm");
        await Expect(desk.Page.GetByText("Done. It is felt at once.")).ToBeVisibleAsync();
    }
}
