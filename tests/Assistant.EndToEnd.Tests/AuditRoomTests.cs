using System.Globalization;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Verifier;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The audit room in a browser: filters somebody keeps, and the proof of an event, taken to the stand-alone verifier.</summary>
public sealed class AuditRoomTests(Chromium chromium)
{
    private const string Email = "anna@example.test";

    [Fact]
    public async Task A_filter_is_kept_applied_and_deleted_and_an_event_is_proven_to_an_outsider()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync();
        house.Set("Assistant__Audit__Checkpoints__Interval", "01:00:00"); // at the start and when asked to: in between "not yet" is to be seen
        await house.CreateUserAsync(Email, "auditor");
        await house.StartAsync();
        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, "/audit");

        var signIn = await KeepsFilterAsync(desk, house.Address);
        await ProvesAsync(desk, house, signIn);
    }

    /// <returns>The number of the event it found.</returns>
    private static async Task<long> KeepsFilterAsync(ConsolePage desk, string address)
    {
        var (page, kept) = (desk.Page, desk.Page.Locator("details.saved"));
        await desk.OpenAsync("/audit?action=user.signin");
        await kept.Locator("summary").ClickAsync();
        await kept.GetByLabel("Name").FillAsync("Sign-ins & 登录");
        await desk.PressAsync("Save this filter");
        var link = kept.GetByRole(AriaRole.Link, new() { Name = "Sign-ins & 登录" });
        await Expect(link).ToHaveAttributeAsync("aria-current", "true");

        // Elsewhere and later it is still there, and shows what it was saved for.
        await desk.OpenAsync("/audit");
        await Expect(page.Locator("tr [data-walk]").Filter(new() { HasText = "Tenant created" })).ToHaveCountAsync(1);
        await kept.Locator("summary").ClickAsync();
        await link.ClickAsync();
        await page.ArriveAsync(address + "/audit?action=user.signin");
        await Expect(page.Locator("tr [data-walk]")).ToHaveCountAsync(1);
        var found = await page.Locator("tr [data-walk]").GetAttributeAsync("href");

        await kept.Locator("summary").ClickAsync();
        await desk.PressAsync("Delete the filter Sign-ins & 登录");
        await Expect(kept.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        return long.Parse(found!.Split('/', '?')[1], CultureInfo.InvariantCulture);
    }

    private static async Task ProvesAsync(ConsolePage desk, TestInstallation house, long seq)
    {
        var panel = desk.Page.GetByRole(AriaRole.Complementary);
        await desk.OpenAsync(string.Create(CultureInfo.InvariantCulture, $"/audit/{seq}"));
        await desk.PressAsync("Prove");
        await Expect(panel.GetByRole(AriaRole.Status)).ToContainTextAsync("No signed checkpoint covers this event yet");
        await Expect(panel.GetByRole(AriaRole.Link, new() { Name = "Download proof" })).ToHaveCountAsync(0);

        var (code, said) = await house.RunAsync(["audit", "checkpoint"]);
        Assert.True(code == 0, said);
        await desk.PressAsync("Prove");
        await Expect(panel.Locator("pre.note")).ToContainTextAsync("/default ");
        var link = panel.GetByRole(AriaRole.Link, new() { Name = "Download proof" });
        var download = await desk.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());

        var (_, key) = await house.RunAsync(["audit", "key"]);
        using var output = new StringWriter();
        Assert.True(VerifierProgram.Run(["proof", await download.PathAsync(), "--key", key.Trim()], output, output) == 0, output.ToString());
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"GENUINE: event {seq}, user.signin, "), output.ToString(), StringComparison.Ordinal);
    }
}
