using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>The operators' console in a browser.</summary>
internal sealed class ConsolePage(IPage page, string address)
{
    public IPage Page => page;

    /// <summary>Opens a page of the console and waits until it is live.</summary>
    /// <remarks>
    /// A page whose program was started anew loads itself again, whenever it learns of that. That may fall upon an opening and break it off, so it is opened
    /// once more, as by somebody who sees the page before instead of the one that was asked for.
    /// </remarks>
    public async Task OpenAsync(string path)
    {
        try
        {
            await page.GotoAsync(address + path);
        }
        catch (PlaywrightException brokenOff) when (brokenOff.Message.Contains("is interrupted by another navigation", StringComparison.Ordinal))
        {
            await page.GotoAsync(address + path);
        }

        await BeLiveAsync();
    }

    /// <summary>
    /// Waits until what the server drew has been replaced by the live page: before, nothing listens to what is pressed.
    /// <see cref="Chromium"/> marks what was drawn first.
    /// </summary>
    public Task BeLiveAsync() => page.WaitForFunctionAsync(
        "() => { const main = document.querySelector('main'); return document.readyState === 'complete' && main && !main.isStill; }");

    /// <summary>Waits until keys are listened to, by asking for their sheet and closing it.</summary>
    public async Task BeAttentiveAsync()
    {
        var sheet = page.Locator("dialog.sheet");
        await Eventually.FindAsync("the keys to be listened to", async () =>
        {
            await page.Keyboard.PressAsync("?");
            return await sheet.IsVisibleAsync() ? sheet : null;
        });
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(sheet).ToBeHiddenAsync();
    }

    public Task PressAsync(string name) => Button(name).ClickAsync();

    /// <summary>Chooses files for a reply. The field is deaf until the page has told the browser of it, and nothing shows when that is.</summary>
    public Task ChooseFilesAsync(params FilePayload[] files) => Eventually.FindAsync("the files to be taken", async () =>
    {
        var taken = page.Locator(".composer .chosen li").Nth(files.Length - 1);
        await page.Locator(".composer input[type=file]").SetInputFilesAsync(files);
        try
        {
            await taken.WaitForAsync(new() { Timeout = 5_000 });
            return taken;
        }
        catch (TimeoutException)
        {
            return null;
        }
    });

    public ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Heading(string name) => page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    /// <summary>Signs in on the page everybody signs in on.</summary>
    public async Task SignInAsync(string email, string password, string then)
    {
        await page.GotoAsync($"{address}/account/sign-in?returnUrl={Uri.EscapeDataString(then)}");
        await page.GetByLabel("Email").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await PressAsync("Sign in");
        await page.ArriveAsync(address + then);
        await BeLiveAsync();
    }
}
