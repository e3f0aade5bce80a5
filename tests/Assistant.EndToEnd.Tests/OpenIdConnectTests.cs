using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Signing in at a real OpenID Connect provider of another site, and what must be refused of its answers.</summary>
public sealed class OpenIdConnectTests(Chromium chromium, OpenIdConnectTests.Town town) : IClassFixture<OpenIdConnectTests.Town>
{
    private const string Refusal = "That did not sign you in.";

    private string Address => town.House.Address;

    [Fact]
    public async Task A_login_is_connected_with_the_password_signs_in_on_the_same_device_and_is_removed()
    {
        var desk = await town.ArriveAsync(chromium, "ada@example.com");
        await ConnectAsync(desk, "ada");

        await SignOutAsync(desk);
        await SignInThereAsync(desk);
        await Expect(desk.Page.GetByText("· with Example ID")).ToBeVisibleAsync();
        await Expect(desk.Page.GetByText("· last used")).ToBeVisibleAsync();
        Assert.Equal(0, await town.CountAsync("device.seen", "ada@example.com")); // the browser sent what tells the device it knows

        await desk.PressAsync("Remove Example ID");
        await desk.Page.Locator("#login-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Remove");
        await Expect(desk.Page.GetByText("The login is removed.")).ToBeVisibleAsync();
        await SignOutAsync(desk);
        await desk.Page.GetByText("Sign in with Example ID").ClickAsync();
        await Expect(desk.Page.GetByText(Refusal)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_login_nobody_connected_opens_nothing_though_it_be_called_as_an_account_is()
    {
        town.Provider.Subject = "dan@example.com";
        var page = await chromium.NewDeviceAsync();

        await page.GotoAsync(Address + "/account/sign-in");
        await page.GetByText("Sign in with Example ID").ClickAsync();

        await Expect(page.GetByText(Refusal)).ToBeVisibleAsync();
        await IsSignedOutAsync(page);
        Assert.Equal("UnknownLogin", await town.LastReasonAsync());
    }

    [Fact]
    public async Task A_login_opens_one_account_and_the_other_is_told_so()
    {
        await ConnectAsync(await town.ArriveAsync(chromium, "dan@example.com"), "dan");
        var desk = await town.ArriveAsync(chromium, "eve@example.com");

        await GoAsync(desk, "dan");

        await Expect(desk.Page.GetByText("That login opens an account already.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_account_with_a_code_owes_it_and_a_newcomer_accepts_an_invitation_with_a_provider()
    {
        var desk = await town.ArriveAsync(chromium, "frank@example.com");
        var app = await SecondStep.TurnOnAsync(desk);
        await ConnectAsync(desk, "frank");
        await SignOutAsync(desk);
        await desk.Page.GetByText("Sign in with Example ID").ClickAsync();
        await desk.Page.Locator("#code").FillAsync("000000");
        await desk.PressAsync("Confirm");
        await Expect(desk.Page.GetByText("That did not work.")).ToBeVisibleAsync();
        await IsSignedOutAsync(desk.Page);
        await SignInThereAsync(desk, await app.NextCodeAsync());

        // Where several factors are demanded of the provider, it has to say so, and is enough.
        await SignOutAsync(desk);
        await IsRefusedAsync(desk, Address + "/account/sign-in/with/strict");
        town.Provider.Alter = claims => claims["amr"] = new[] { "pwd", "mfa" };
        await desk.Page.GotoAsync(Address + "/account/sign-in/with/strict?returnUrl=/account");
        await Expect(desk.Page.GetByText("· with Strict ID")).ToBeVisibleAsync();
        town.Provider.Alter = null;

        var link = await InviteAsync(desk, app);
        town.Provider.Subject = "grace";
        var newcomer = new ConsolePage(await chromium.NewDeviceAsync(), Address);
        await newcomer.Page.GotoAsync(link);
        await newcomer.Page.GetByText("Accept with Example ID").ClickAsync();
        await Expect(newcomer.Page.GetByText("You signed in with Example ID.")).ToBeVisibleAsync();
        await newcomer.Page.GetByLabel("Email").FillAsync("grace@example.com");
        await newcomer.Page.GetByLabel("Password").FillAsync(TestInstallation.Password);
        await newcomer.PressAsync("Make my account");
        await newcomer.Page.ArriveAsync(url => new Uri(url).AbsolutePath is not ("/account/invitation" or "/account/sign-in") && !url.Contains("/invitation/", StringComparison.Ordinal));
        await newcomer.OpenAsync("/account");
        await Expect(newcomer.Page.GetByText("· with Example ID")).ToBeVisibleAsync();
        await SignOutAsync(newcomer);
        await SignInThereAsync(newcomer);
    }

    [Fact]
    public async Task An_answer_that_was_altered_forged_or_given_before_is_refused()
    {
        var desk = await town.ArriveAsync(chromium, "hana@example.com");
        await ConnectAsync(desk, "hana");
        await SignOutAsync(desk);
        var provider = town.Provider;
        var callback = "";
        desk.Page.Request += (_, request) => callback = request.Url.Contains("/callback?", StringComparison.Ordinal) ? request.Url : callback;

        // The same steps sign in, and with one thing changed they do not: each refusal is for that thing.
        await SignInThereAsync(desk);
        await IsRefusedAsync(desk, callback);
        await IsRefusedAsync(new ConsolePage(await chromium.NewDeviceAsync(), Address), callback);
        await IsRefusedAsync(desk, claims => claims["nonce"] = "another");
        await IsRefusedAsync(desk, claims => claims.Remove("nonce"));
        await IsRefusedAsync(desk, claims => claims["iss"] = "https://id.example.org/");
        await IsRefusedAsync(desk, claims => claims["aud"] = "another");
        await IsRefusedAsync(desk, claims => claims["azp"] = "another");
        await IsRefusedAsync(desk, claims => claims["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeSeconds());
        await IsRefusedAsync(desk, claims => claims.Remove("sub"));
        (provider.Alter, provider.IsForged) = (null, true);
        await IsRefusedAsync(desk, Address + "/account/sign-in/with/example");
        (provider.IsForged, provider.LosesState) = (false, true);
        await IsRefusedAsync(desk, Address + "/account/sign-in/with/example");
        provider.LosesState = false;
        await SignInThereAsync(desk);
    }

    private async Task IsRefusedAsync(ConsolePage desk, Action<Dictionary<string, object>> alter)
    {
        town.Provider.Alter = alter;
        await IsRefusedAsync(desk, Address + "/account/sign-in/with/example");
        town.Provider.Alter = null;
    }

    private async Task IsRefusedAsync(ConsolePage desk, string address)
    {
        await desk.Page.Context.ClearCookiesAsync(new() { Name = "assistant" });
        var before = await town.CountAsync("user.signin.failed", "");
        await desk.Page.GotoAsync(address);
        await Expect(desk.Page.GetByText(Refusal)).ToBeVisibleAsync();
        await IsSignedOutAsync(desk.Page);
        Assert.Equal((before + 1, "WrongProviderAnswer"), (await town.CountAsync("user.signin.failed", ""), await town.LastReasonAsync()));
    }

    private async Task ConnectAsync(ConsolePage desk, string subject)
    {
        await GoAsync(desk, subject);
        await Expect(desk.Page.GetByText("The login is connected.")).ToBeVisibleAsync();
        await desk.BeLiveAsync();
    }

    private async Task GoAsync(ConsolePage desk, string subject)
    {
        town.Provider.Subject = subject;
        await desk.PressAsync("Connect Example ID");
        await desk.Page.Locator("#login-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Go to Example ID");
    }

    private async Task SignInThereAsync(ConsolePage desk, string? code = null)
    {
        await desk.Page.GotoAsync(Address + "/account/sign-in?returnUrl=/account");
        await desk.Page.GetByText("Sign in with Example ID").ClickAsync();
        if (code is not null)
        {
            await desk.Page.Locator("#code").FillAsync(code);
            await desk.PressAsync("Confirm");
        }

        await desk.Page.ArriveAsync(Address + "/account");
        await desk.BeLiveAsync();
    }

    // The session alone: the device stays known.
    private async Task SignOutAsync(ConsolePage desk)
    {
        await desk.Page.Context.ClearCookiesAsync(new() { Name = "assistant" });
        await desk.Page.GotoAsync(Address + "/account/sign-in");
    }

    private async Task IsSignedOutAsync(IPage page)
    {
        await using var answer = await page.Context.APIRequest.GetAsync(Address + "/account");
        Assert.Contains("/account/sign-in", answer.Url, StringComparison.Ordinal);
    }

    private static async Task<string> InviteAsync(ConsolePage desk, SecondStep app)
    {
        await desk.OpenAsync("/members");
        await desk.PressAsync("Make a link");
        await desk.Page.Locator("#step-up-code").FillAsync(await app.NextCodeAsync());
        await desk.PressAsync("Confirm");
        return (await desk.Page.Locator("code.link").TextContentAsync())!;
    }

    /// <summary>One installation and one provider, on two sites.</summary>
    public sealed class Town : IAsyncLifetime
    {
        private ApiClient? _api;

        internal TestInstallation House { get; private set; } = null!;

        internal SignInProvider Provider { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Provider = await SignInProvider.StartAsync();
            House = await TestInstallation.CreateAsync();
            Provider.IntroduceTo(House);
            Provider.IntroduceTo(House, "strict", "Strict ID", amr: "mfa hwk");
            // Before it serves: what another process changes is known to a serving one a moment later.
            await House.CreateUserAsync("ada@example.com", "owner");
            await Task.WhenAll(new[] { "dan", "eve", "frank", "hana" }.Select(name => House.CreateUserAsync($"{name}@example.com", "owner")));
            await House.StartAsync();
            _api = await House.CreateApiAsync("auditor");
        }

        /// <summary>Somebody who has signed in with their password, on the account page.</summary>
        internal async Task<ConsolePage> ArriveAsync(Chromium chromium, string email)
        {
            var desk = new ConsolePage(await chromium.NewDeviceAsync(), House.Address);
            await desk.SignInAsync(email, TestInstallation.Password, "/account");
            return desk;
        }

        /// <summary>How many events of an action there are, by somebody.</summary>
        internal async Task<int> CountAsync(string action, string by) => (await _api!.GetAsync($"audit?action={action}&limit=200"))["items"]!.AsArray()
            .Count(found => found!["actor"]!["name"]!.GetValue<string>() == by);

        /// <summary>Why a sign-in was refused last.</summary>
        internal async Task<string> LastReasonAsync()
            => (await _api!.GetAsync("audit?action=user.signin.failed&limit=1"))["items"]![0]!["details"]!["reason"]!.GetValue<string>();

        public async ValueTask DisposeAsync()
        {
            _api?.Dispose();
            await House.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
