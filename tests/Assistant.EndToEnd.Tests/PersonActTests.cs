using System.Net;
using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Somebody who only writes on a messenger gets an account, links it, and proves with a passkey what they ask for there.</summary>
public sealed partial class PersonActTests(Chromium chromium)
{
    private const string Operator = "ada@example.com";
    private const string Eve = "eve@example.com";
    private const string Lin = "lin@example.com";
    private const long Person = 4031;
    private const string Closed = "This link opens nothing";

    [Fact]
    public async Task A_person_links_asks_proves_with_a_passkey_exports_and_is_forgotten()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        var origin = house.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal); // a passkey belongs to a name
        house.Set("Assistant__Public__BaseUrl", origin);
        await house.CreateUserAsync(Operator, "owner");
        await house.CreateUserAsync(Eve, "owner");
        await house.StartAsync();
        Assert.Contains("no account is linked", await AskAsync(telegram, "export my data"), StringComparison.Ordinal);
        var invitation = await InviteAsync(house, origin);

        // Whoever opens the invitation has the person's account, and nothing but its own page.
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), origin);
        await VirtualAuthenticator.PlugInAsync(desk.Page);
        await desk.Page.GotoAsync(invitation);
        await desk.Page.GetByLabel("Email").FillAsync(Lin);
        await desk.Page.GetByLabel("Password").FillAsync(TestInstallation.Password);
        await desk.Page.Locator("form button[type=submit]").ClickAsync();
        await desk.OpenAsync("/account");
        await Expect(desk.Page.GetByText("Linked with you in default")).ToBeVisibleAsync();
        await AddPasskeyAsync(desk);

        // Linked by a code as well: the link is ended, a code made and typed.
        await desk.PressAsync("Unlink");
        await desk.PressAsync("Make a code");
        var code = await desk.Page.Locator(".link-code").TextContentAsync();
        Assert.Contains("linked with you now", await AskAsync(telegram, code!), StringComparison.Ordinal);
        await Expect(desk.Page.GetByText("Linked with you in default")).ToBeVisibleAsync();
        Assert.Contains("opens nothing", await AskAsync(telegram, code!, from: Person + 1), StringComparison.Ordinal);

        // Another owner is signed in and may do everything, and is nobody here.
        var link = LinkIn(await AskAsync(telegram, "/export json"));
        var other = new ConsolePage(await chromium.NewDeviceAsync(), origin);
        await other.SignInAsync(Eve, TestInstallation.Password, "/account");
        await other.OpenAsync(new Uri(link).AbsolutePath);
        await Expect(other.Page.GetByText(Closed)).ToBeVisibleAsync();

        await desk.OpenAsync(new Uri(link).AbsolutePath);
        await Expect(desk.Heading($"Export everything that is kept about me, \u2068User{Person}\u2069, as \u2068JSON\u2069.")).ToBeVisibleAsync();
        await ProveAsync(desk, "Prove that it is me");
        var download = desk.Page.GetByRole(AriaRole.Link, new() { Name = "Download", Exact = true });
        var address = origin + await download.GetAttributeAsync("href");
        var refused = await other.Page.APIRequest.GetAsync(address);
        Assert.Equal((int)HttpStatusCode.NotFound, refused.Status);
        var export = await (await desk.Page.RunAndWaitForDownloadAsync(() => download.ClickAsync())).PathAsync();
        Assert.Contains($"User{Person}", await File.ReadAllTextAsync(export, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text.Contains("Done, as you asked", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal((int)HttpStatusCode.NotFound, (await desk.Page.APIRequest.GetAsync(address)).Status); // a replay
        await desk.OpenAsync(new Uri(link).AbsolutePath);
        await Expect(desk.Page.GetByText(Closed)).ToBeVisibleAsync();

        // Said meanwhile, the preview is another one.
        await desk.OpenAsync(new Uri(LinkIn(await AskAsync(telegram, "forget me"))).AbsolutePath);
        await Expect(desk.Page.GetByText("This goes for good")).ToBeVisibleAsync();
        await AskAsync(telegram, "One thing more.");
        await desk.PressAsync("Forget for good");
        await Expect(desk.Page.GetByText("Something changed since you looked.")).ToBeVisibleAsync();
        await ProveAsync(desk, "Forget for good");
        await Expect(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Certificate", Exact = true })).ToBeVisibleAsync(new() { Timeout = 20_000 });

        // The account stays, and is nobody's.
        await desk.OpenAsync("/account");
        await Expect(desk.Page.GetByText("Linked with you in default")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_code_proves_an_act_as_a_passkey_does_and_who_only_reads_the_link_does_nothing_with_it()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        house.Set("Assistant__Public__BaseUrl", house.Address);
        await house.CreateUserAsync(Lin, "viewer");
        await house.CreateUserAsync(Operator, "owner");
        await house.StartAsync();
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Lin, TestInstallation.Password, "/account");
        await desk.PressAsync("Make a code");
        await AskAsync(telegram, (await desk.Page.Locator(".link-code").TextContentAsync())!);
        var app = await SecondStep.TurnOnAsync(desk);
        var link = new Uri(LinkIn(await AskAsync(telegram, "/export json"))).AbsolutePath;

        // An operator reads the link in the thread, has a second step too, and is not who asked.
        var reader = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await reader.SignInAsync(Operator, TestInstallation.Password, "/account");
        await SecondStep.TurnOnAsync(reader);
        using var api = await house.CreateApiAsync("owner");
        var conversation = (string)(await api.GetAsync("conversations"))["items"]![0]!["id"]!;
        await reader.OpenAsync($"/conversations/{conversation}");
        await Expect(reader.Page.GetByText(link).First).ToBeVisibleAsync();
        await Expect(reader.Page.GetByText($"Asked for, to be proven behind the link: Export everything that is kept about me, \u2068User{Person}\u2069, as \u2068JSON\u2069.")).ToBeVisibleAsync();
        var watcher = new ConsolePage(await reader.Page.Context.NewPageAsync(), house.Address);
        await watcher.OpenAsync($"/conversations/{conversation}");
        await reader.OpenAsync(link);
        await Expect(reader.Page.GetByText(Closed)).ToBeVisibleAsync();

        await desk.OpenAsync(link);
        await desk.PressAsync("Prove that it is me");
        await GiveAsync(desk, "000000");
        await Expect(desk.Page.GetByText("That code is wrong")).ToBeVisibleAsync();
        await GiveAsync(desk, await app.NextCodeAsync());
        var download = desk.Page.GetByRole(AriaRole.Link, new() { Name = "Download", Exact = true });
        var export = await (await desk.Page.RunAndWaitForDownloadAsync(() => download.ClickAsync())).PathAsync();

        Assert.Contains($"User{Person}", await File.ReadAllTextAsync(export, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await desk.OpenAsync(link);
        await Expect(desk.Page.GetByText(Closed)).ToBeVisibleAsync(); // good once

        // What became of it stands in the thread at once, after a reload, and in the reader's language; the person is told once.
        var done = watcher.Page.GetByText("Proven and done: ");
        await Expect(done).ToBeVisibleAsync();
        await watcher.OpenAsync($"/conversations/{conversation}");
        await Expect(done).ToHaveCountAsync(1);
        Assert.Single(telegram.SaidBy(Person), message => message.Text.StartsWith("Done, as you asked", StringComparison.Ordinal));

        await desk.OpenAsync(new Uri(LinkIn(await AskAsync(telegram, "/export json"))).AbsolutePath);
        await desk.PressAsync("Decline");
        await Expect(desk.Page.GetByText("Declined: nothing was done")).ToBeVisibleAsync();
        await Expect(watcher.Page.GetByText("Declined behind the link: ")).ToBeVisibleAsync();
        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text.StartsWith("Declined with your account", StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_sign_in_on_a_new_device_is_told_in_the_messenger()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        house.Set("Assistant__Public__BaseUrl", house.Address);
        await house.CreateUserAsync(Operator, "owner");
        await house.StartAsync();
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Operator, TestInstallation.Password, "/account");
        await desk.PressAsync("Make a code");
        await AskAsync(telegram, (await desk.Page.Locator(".link-code").TextContentAsync())!);

        await new ConsolePage(await chromium.NewDeviceAsync(), house.Address).SignInAsync(Operator, TestInstallation.Password, "/account");

        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text.Contains("Was it you?", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Single(telegram.SaidBy(Person), message => message.Text.Contains("Was it you?", StringComparison.Ordinal));
        Assert.DoesNotContain("127.0.0.1,", telegram.SaidBy(Person)[^1].Text, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(TelegramEmulator telegram, string text, long from = Person)
    {
        var before = telegram.SaidBy(from).Count;
        telegram.Say(from, text);
        await telegram.WaitAsync(t => t.SaidBy(from).Count > before, TestContext.Current.CancellationToken);
        return telegram.SaidBy(from)[^1].Text;
    }

    private static string LinkIn(string answer) => ActLink().Match(answer).Value;

    private async Task<string> InviteAsync(TestInstallation house, string origin)
    {
        using var api = await house.CreateApiAsync("owner");
        var id = (string)(await api.GetAsync("people"))["items"]![0]!["id"]!;
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), origin);
        await desk.SignInAsync(Operator, TestInstallation.Password, "/account");
        var app = await SecondStep.TurnOnAsync(desk);
        await desk.OpenAsync($"/people/{id}");
        await desk.PressAsync("Invite this person");
        await desk.Page.Locator("#step-up-code").FillAsync(await app.NextCodeAsync());
        await desk.PressAsync("Confirm");
        return (await desk.Page.Locator("code.link").TextContentAsync())!;
    }

    private static async Task AddPasskeyAsync(ConsolePage desk)
    {
        await desk.PressAsync("Add a passkey");
        await desk.Page.Locator("#passkey-name").FillAsync("Phone");
        await desk.Page.Locator("#passkey-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Create passkey");
        await Expect(desk.Page.GetByText("The passkey is added.")).ToBeVisibleAsync();
    }

    private static async Task ProveAsync(ConsolePage desk, string act)
    {
        await desk.PressAsync(act);
        await desk.PressAsync("Use a passkey");
    }

    private static async Task GiveAsync(ConsolePage desk, string code)
    {
        await desk.Page.Locator("#step-up-code").FillAsync(code);
        await desk.PressAsync("Confirm");
    }

    [GeneratedRegex("http://\\S+/act/[A-Za-z0-9_-]+")]
    private static partial Regex ActLink();
}
