using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Passkeys in a real browser with an authenticator of its own, from adding one to what must be refused.</summary>
public sealed class PasskeyTests(Chromium chromium, SharedHouse shared) : IClassFixture<SharedHouse>
{
    private const string Ada = "ada@example.com";
    private const string Ben = "ben@example.com";
    private const string Cleo = "cleo@example.com";
    private const string Dora = "dora@example.com";
    private const string Refusal = "The passkey did not sign you in.";

    [Fact]
    public async Task A_passkey_is_added_and_signs_in_alone_until_it_is_revoked()
    {
        var house = await shared.OpenAsync(StartAsync);
        var (desk, _) = await WithPasskeyAsync(house, Ada);
        await Expect(desk.Page.GetByText("not used yet")).ToBeVisibleAsync();

        // The browser offers it for the email field, and a virtual authenticator's user agrees.
        await SignOutAsync(desk);
        await desk.Page.ArriveAsync(Origin(house) + "/account");
        await desk.BeLiveAsync();
        await Expect(desk.Page.GetByText("· last used")).ToBeVisibleAsync();

        await desk.PressAsync("Rename Phone");
        await desk.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Old phone");
        await desk.PressAsync("Save");
        await desk.PressAsync("Revoke Old phone");
        await desk.Page.Locator("#revoke-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Revoke");
        await Expect(desk.Page.GetByText("The passkey is revoked.")).ToBeVisibleAsync();

        await SignOutAsync(desk);
        await Expect(desk.Page.GetByText(Refusal).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_signature_without_user_verification_is_refused()
    {
        var house = await shared.OpenAsync(StartAsync);
        var (desk, authenticator) = await WithPasskeyAsync(house, Ben);
        await authenticator.BePresentAsync(false);
        await desk.Page.Context.ClearCookiesAsync();
        // After a refusal the page asks for nothing unasked, so that the button's is the only ceremony.
        await desk.Page.GotoAsync(Origin(house) + "/account/sign-in?problem=passkey#first");
        // The browser would not even ask; so let it believe that the server does not mind.
        await desk.Page.RouteAsync("**/account/sign-in/passkey/begin", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"required\"", "\"discouraged\"", StringComparison.Ordinal) });
        });
        await authenticator.VerifyUserAsync(false);
        await authenticator.BePresentAsync(true);

        await desk.PressAsync("Sign in with a passkey");

        await desk.Page.ArriveAsync(url => url.Contains("problem=passkey", StringComparison.Ordinal) && !url.EndsWith("#first", StringComparison.Ordinal));
        await IsSignedOutAsync(desk, house);
    }

    [Fact]
    public async Task A_copy_of_an_authenticator_is_refused_once_the_original_went_on()
    {
        var house = await shared.OpenAsync(StartAsync);
        var (desk, authenticator) = await WithPasskeyAsync(house, Cleo);
        await authenticator.SetSignCountAsync(500);
        await SignOutAsync(desk);
        await desk.Page.ArriveAsync(Origin(house) + "/account");
        await desk.BeLiveAsync();

        await authenticator.SetSignCountAsync(100);
        await SignOutAsync(desk);

        await Expect(desk.Page.GetByText(Refusal).First).ToBeVisibleAsync();
        await authenticator.BePresentAsync(false);
        await IsSignedOutAsync(desk, house);
    }

    [Fact]
    public async Task A_site_of_another_name_gets_no_passkey()
    {
        await using var house = await TestInstallation.CreateAsync();
        house.Set("Assistant__Passkeys__RelyingPartyId", "assistant.example.org");
        await house.CreateUserAsync(Ada, "owner");
        await house.StartAsync();
        var page = await chromium.NewDeviceAsync();
        await VirtualAuthenticator.PlugInAsync(page);
        var desk = new ConsolePage(page, Origin(house));
        await desk.SignInAsync(Ada, TestInstallation.Password, "/account");

        await AddAsync(desk);

        await Expect(page.GetByText("Passkeys do not work at this address.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Recovery_codes_are_shown_once()
    {
        var house = await shared.OpenAsync(StartAsync);
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), Origin(house));
        await desk.SignInAsync(Dora, TestInstallation.Password, "/account");
        await SecondStep.TurnOnAsync(desk);

        await desk.PressAsync("Make recovery codes");
        await desk.Page.Locator("#recovery-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Make recovery codes");
        await Expect(desk.Page.Locator(".sheet.stack code")).ToHaveCountAsync(10);
        var code = (await desk.Page.Locator(".sheet.stack code").First.TextContentAsync())!;
        await desk.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(desk.Page.Locator(".sheet.stack")).ToBeInViewportAsync();
        await desk.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        await desk.OpenAsync("/account");
        await Expect(desk.Page.GetByText("10 codes left")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator(".sheet.stack")).ToHaveCountAsync(0);

        var elsewhere = await chromium.NewDeviceAsync();
        await elsewhere.GotoAsync(Origin(house) + "/account/sign-in?returnUrl=/account");
        await elsewhere.GetByLabel("Email").FillAsync(Dora);
        await elsewhere.GetByLabel("Password").FillAsync(TestInstallation.Password);
        await elsewhere.Locator("#code").FillAsync(code);
        await new ConsolePage(elsewhere, Origin(house)).PressAsync("Sign in");
        await Expect(elsewhere.GetByText("9 codes left")).ToBeVisibleAsync();
    }

    // A passkey belongs to a name; a number is none.
    private static string Origin(TestInstallation house) => house.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private static async Task<TestInstallation> StartAsync()
    {
        var house = await TestInstallation.CreateAsync();
        await Task.WhenAll(new[] { Ada, Ben, Cleo, Dora }.Select(email => house.CreateUserAsync(email, "owner")));
        await house.StartAsync();
        return house;
    }

    private async Task<(ConsolePage Desk, VirtualAuthenticator Authenticator)> WithPasskeyAsync(TestInstallation house, string email)
    {
        var page = await chromium.NewDeviceAsync();
        var authenticator = await VirtualAuthenticator.PlugInAsync(page);
        var desk = new ConsolePage(page, Origin(house));
        await desk.SignInAsync(email, TestInstallation.Password, "/account");
        await AddAsync(desk);
        await Expect(page.GetByText("The passkey is added.")).ToBeVisibleAsync();
        return (desk, authenticator);
    }

    private static async Task AddAsync(ConsolePage desk)
    {
        await desk.PressAsync("Add a passkey");
        await desk.Page.Locator("#passkey-name").FillAsync("Phone");
        await desk.Page.Locator("#passkey-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Create passkey");
    }

    // Forgets the session as a closed browser does, and comes back to the door.
    private static async Task SignOutAsync(ConsolePage desk)
    {
        var origin = new Uri(desk.Page.Url).GetLeftPart(UriPartial.Authority);
        await desk.Page.Context.ClearCookiesAsync();
        await desk.Page.GotoAsync(origin + "/account/sign-in?returnUrl=/account");
    }

    private static async Task IsSignedOutAsync(ConsolePage desk, TestInstallation house)
    {
        await desk.Page.GotoAsync(Origin(house) + "/account");
        Assert.Contains("/account/sign-in", desk.Page.Url, StringComparison.Ordinal);
    }
}
