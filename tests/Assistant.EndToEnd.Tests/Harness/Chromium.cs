using Microsoft.Playwright;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>One real browser for all tests, which run one after another; each has devices of its own in it, until another test asks for one.</summary>
public sealed class Chromium : IAsyncDisposable
{
    // A machine without access to the outside would log one refused connection after another; nothing else is switched off.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    // Milliseconds; plenty, because a machine that runs tests is busy.
    private const float Patience = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private readonly List<IBrowserContext> _devices = [];
    private string? _test; // whose devices these are

    /// <summary>A device nobody has used yet: no cookies, nothing stored. Skips the test when there is no browser.</summary>
    public Task<IPage> NewDeviceAsync() => NewDeviceAsync(Desk());

    /// <summary>A device that believes a proxy whose certificate nobody signed.</summary>
    public Task<IPage> NewTrustingDeviceAsync()
    {
        var options = Desk();
        options.IgnoreHTTPSErrors = true;
        return NewDeviceAsync(options);
    }

    /// <summary>A device to look at things with, a phone or a desk.</summary>
    internal async Task<IPage> NewDeviceAsync(Look look)
    {
        return await NewDeviceAsync(new BrowserNewContextOptions
        {
            Locale = look.Locale,
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = look.Width, Height = look.Height },
            HasTouch = look.IsPhone,
            IsMobile = look.IsPhone,
            ReducedMotion = ReducedMotion.Reduce,
        });
    }

    private static BrowserNewContextOptions Desk() => new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } };

    private async Task<IPage> NewDeviceAsync(BrowserNewContextOptions options)
    {
        var path = Environment.GetEnvironmentVariable("ASSISTANT_TEST_CHROMIUM");
        Assert.SkipWhen(string.IsNullOrEmpty(path), "Chromium is missing: ASSISTANT_TEST_CHROMIUM is not set (tests/run.sh provides it).");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = Flags });
        await PutAwayDevicesOfOthersAsync();
        var device = await _browser.NewContextAsync(options);
        _devices.Add(device);
        device.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);

        // What the server rendered is replaced once the page is live: see ConsolePage.BeLiveAsync.
        await device.AddInitScriptAsync("addEventListener('DOMContentLoaded', () => document.querySelectorAll('main').forEach(main => main.isStill = true));");
        return await device.NewPageAsync();
    }

    // Every page is a process, and tries for ever to reach a program that has ended: those of fifty tests would pile up.
    private async Task PutAwayDevicesOfOthersAsync()
    {
        var test = TestContext.Current.Test?.UniqueID;
        if (test != _test)
        {
            foreach (var device in _devices)
            {
                await device.DisposeAsync();
            }

            _devices.Clear();
            _test = test;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
