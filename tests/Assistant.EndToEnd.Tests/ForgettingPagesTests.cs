using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Somebody at the console exports a person, forgets a message, and then the person: each with proof, each for what was shown.</summary>
public sealed class ForgettingPagesTests(Chromium chromium)
{
    private const string Email = "ada@example.com";
    private const long Person = 4021;

    [Fact]
    public async Task A_person_is_exported_and_forgotten_with_proof_and_the_certificate_is_downloaded()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        await house.CreateUserAsync(Email, "owner");
        await house.StartAsync();
        telegram.Say(Person, "Remember that the gate code is 4711.");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count == 1, TestContext.Current.CancellationToken);
        using var api = await house.CreateApiAsync("owner");
        var id = (string)(await api.GetAsync("people"))["items"]![0]!["id"]!;
        var conversation = (string)(await api.GetAsync("conversations"))["items"]![0]!["id"]!;
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, "/account");
        var app = await SecondStep.TurnOnAsync(desk);

        // An export: a page to be read, downloaded once.
        await desk.OpenAsync($"/people/{id}");
        await desk.PressAsync("Export to read");
        await Expect(desk.Page.GetByText($"Export everything about \u2068User{Person}\u2069 as \u2068HTML\u2069.")).ToBeVisibleAsync();
        await ProveAsync(desk, await app.NextCodeAsync());
        var export = await DownloadAsync(desk, "Download");
        Assert.Contains("4711", export, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", export, StringComparison.OrdinalIgnoreCase);

        // The preview has to be looked at again when something was said.
        await desk.OpenAsync($"/forgetting/person/{id}");
        await Expect(desk.Page.GetByText("This goes for good")).ToBeVisibleAsync();
        await Expect(desk.Button("Forget for good")).ToBeDisabledAsync();
        telegram.Say(Person, "And one more thing.");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count == 2, TestContext.Current.CancellationToken);
        await desk.Page.Locator("#forget-name").FillAsync($"User{Person}");
        await desk.PressAsync("Forget for good");
        await Expect(desk.Page.GetByText("Something changed since you looked.")).ToBeVisibleAsync();
        await Expect(desk.Page.GetByText("Messages: 2 when you looked, 4 now")).ToBeVisibleAsync();

        await desk.PressAsync("Forget for good");
        await Expect(desk.Page.GetByText($"Forget \u2068User{Person}\u2069 and everything of them for good")).ToBeVisibleAsync();
        await ProveAsync(desk, await app.NextCodeAsync());
        var certificate = await DownloadAsync(desk, "Certificate");
        Assert.StartsWith("assistant forgetting certificate v1\n", certificate, StringComparison.Ordinal);
        Assert.Contains($"\nsubject person/{id}\n", certificate, StringComparison.Ordinal);
        Assert.Contains("\ncount messages 4\n", certificate, StringComparison.Ordinal);

        await desk.OpenAsync("/forgetting");
        await Expect(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToHaveCountAsync(1);
        await desk.OpenAsync($"/people/{id}");
        await Expect(desk.Page.GetByText($"User{Person}")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.NotFound, await api.StatusOfAsync($"conversations/{conversation}"));
        Assert.Equal(HttpStatusCode.NotFound, await api.StatusOfAsync($"people/{id}"));
    }

    private static async Task ProveAsync(ConsolePage desk, string code)
    {
        await desk.Page.Locator("#step-up-code").FillAsync(code);
        await desk.PressAsync("Confirm");
    }

    private static async Task<string> DownloadAsync(ConsolePage desk, string link)
    {
        var download = await desk.Page.RunAndWaitForDownloadAsync(
            () => desk.Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }
}
