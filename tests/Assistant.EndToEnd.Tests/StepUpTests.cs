using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>A sensitive act waits for proof, whether a person in the console or a program asks for it.</summary>
public sealed class StepUpTests(Chromium chromium, SharedHouse shared) : IClassFixture<SharedHouse>
{
    private const string Ada = "ada@example.com";
    private const string Ben = "ben@example.com";
    private const string Cleo = "cleo@example.com";
    private const string Dora = "dora@example.com";

    [Fact]
    public async Task A_person_confirms_who_may_write_with_a_code_that_counts_once()
    {
        var house = await shared.OpenAsync(StartAsync);
        var desk = await SignInAsync(house, Ada);
        var app = await SecondStep.TurnOnAsync(desk);

        await desk.OpenAsync("/connections?open=web");
        await desk.Page.Locator(".choices input[type=radio]:not(:checked)").First.CheckAsync();
        await desk.PressAsync("Save");
        await Expect(desk.Page.GetByText("Change who may write to the connection \u2068web\u2069")).ToBeVisibleAsync();
        await ProveAsync(desk, "000000");
        await Expect(desk.Page.GetByText("That code is wrong")).ToBeVisibleAsync();
        await ProveAsync(desk, await app.NextCodeAsync());

        await Expect(desk.Page.GetByText("Confirm that it is you")).ToBeHiddenAsync();
        await Expect(desk.Page.GetByText("Saved").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_index_is_had_again_under_proof_and_the_choice_goes_back_without_it()
    {
        var house = await shared.OpenAsync(StartAsync);
        var desk = await SignInAsync(house, Ben);
        var app = await SecondStep.TurnOnAsync(desk);
        await desk.OpenAsync("/members/tenants");
        var (everything, nothing) = (desk.Page.Locator("input[name=indexing]").First, desk.Page.Locator("input[name=indexing]").Last);
        await nothing.CheckAsync();
        await Expect(desk.Page.GetByText("The index is being emptied.")).ToBeVisibleAsync();

        await everything.CheckAsync();
        await Expect(desk.Page.GetByText("Keep an index of everything that is said in the tenant \u2068default\u2069.")).ToBeVisibleAsync();
        await desk.PressAsync("Cancel");
        await Expect(nothing).ToBeCheckedAsync();
        await desk.OpenAsync("/members/tenants");
        await Expect(nothing).ToBeCheckedAsync();

        await everything.CheckAsync();
        await ProveAsync(desk, await app.NextCodeAsync());
        await Expect(desk.Page.GetByText("The index is being filled.")).ToBeVisibleAsync();
        await Expect(everything).ToBeCheckedAsync();
    }

    [Fact]
    public async Task Somebody_without_a_second_step_is_sent_to_set_one_up()
    {
        var house = await shared.OpenAsync(StartAsync);
        var desk = await SignInAsync(house, Cleo);

        await desk.OpenAsync("/connections?open=web");
        await desk.PressAsync("Delete connection…");
        await desk.PressAsync("Delete connection");

        await Expect(desk.Page.GetByText("Confirm that it is you")).ToBeVisibleAsync();
        await Expect(desk.Page.GetByText("your account has none yet")).ToBeVisibleAsync();
        await Expect(desk.Button("Confirm")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_connection_is_deleted_with_a_passkey_alone_when_its_user_was_verified()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync(Ada, "owner");
        await house.StartAsync();
        var page = await chromium.NewDeviceAsync();
        var authenticator = await VirtualAuthenticator.PlugInAsync(page);
        var desk = new ConsolePage(page, house.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await desk.SignInAsync(Ada, TestInstallation.Password, "/account");
        await desk.PressAsync("Add a passkey");
        await page.Locator("#passkey-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Create passkey");
        await Expect(page.GetByText("The passkey is added.")).ToBeVisibleAsync();

        await desk.OpenAsync("/connections?open=web");
        await desk.PressAsync("Delete connection…");
        await desk.PressAsync("Delete connection");
        await Expect(page.GetByText("Delete the connection \u2068web\u2069 and its secrets.")).ToBeVisibleAsync();
        await Expect(page.Locator("#step-up-code")).ToHaveCountAsync(0);
        await authenticator.VerifyUserAsync(false);
        await desk.PressAsync("Use a passkey");
        await Expect(page.GetByText("Nothing was confirmed")).ToBeVisibleAsync();
        await authenticator.VerifyUserAsync(true);
        await desk.PressAsync("Use a passkey");

        await Expect(page.GetByText("Delete the connection \u2068web\u2069")).ToBeHiddenAsync();
        using var api = await house.CreateApiAsync("viewer");
        Assert.Empty((await api.GetAsync("channels"))["items"]!.AsArray());
    }

    [Fact]
    public async Task What_a_program_asks_for_is_confirmed_by_a_person_and_goes_through_once()
    {
        var house = await shared.OpenAsync(StartAsync);
        using var program = await house.CreateApiAsync("admin");
        var desk = await SignInAsync(house, Dora);
        var app = await SecondStep.TurnOnAsync(desk);
        var user = new { email = "bob@example.com", role = "viewer", password = "a quite different one" };

        var (status, problem) = await program.PostAsync("users", user);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        await desk.OpenAsync((string)problem!["stepUp"]!["approveAt"]!);
        await Expect(desk.Page.GetByText("Let \u2068bob@example.com\u2069 sign in to the console with the role \u2068viewer\u2069.")).ToBeVisibleAsync();
        await ProveAsync(desk, await app.NextCodeAsync());
        await Expect(desk.Page.GetByText("Confirmed.")).ToBeVisibleAsync();

        program.Prove((string)problem["stepUp"]!["id"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsync("users", user with { role = "admin" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsync("users", user)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsync("users", user with { email = "eve@example.com" })).Status);
    }

    private static async Task<TestInstallation> StartAsync()
    {
        var house = await TestInstallation.CreateAsync();
        await Task.WhenAll(new[] { Ada, Ben, Cleo, Dora }.Select(email => house.CreateUserAsync(email, "owner")));
        await house.StartAsync();
        return house;
    }

    private async Task<ConsolePage> SignInAsync(TestInstallation house, string email)
    {
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(email, TestInstallation.Password, "/account");
        return desk;
    }

    private static async Task ProveAsync(ConsolePage desk, string code)
    {
        await desk.Page.Locator("#step-up-code").FillAsync(code);
        await desk.PressAsync("Confirm");
    }
}
