using Microsoft.Playwright;
using OtpNet;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>An authenticator app in somebody's hand.</summary>
internal sealed class SecondStep
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly Totp _totp;
    private DateTime _next = DateTime.MinValue;

    private SecondStep(string seed) => (Seed, _totp) = (seed, new Totp(Base32Encoding.ToBytes(seed)));

    /// <summary>What the codes are made from, as the page showed it.</summary>
    public string Seed { get; }

    /// <summary>Sets the second step up on the account page, which is open.</summary>
    public static async Task<SecondStep> TurnOnAsync(ConsolePage desk)
    {
        await desk.PressAsync("Set up");
        var seed = (await desk.Page.Locator("code.seed").TextContentAsync())!.Replace(" ", "", StringComparison.Ordinal);
        var app = new SecondStep(seed);
        await desk.Page.Locator("#code").FillAsync(await app.NextCodeAsync());
        await desk.Page.Locator("#totp-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Turn on");
        await desk.Page.ArriveAsync("**/account?done=totp");
        await desk.BeLiveAsync();
        return app;
    }

    /// <summary>
    /// A code that was not given before and is good for half a minute at least: of this step, or of the next one, for a clock may be ahead by one.
    /// The third within a step has to wait for it to end.
    /// </summary>
    public async Task<string> NextCodeAsync()
    {
        var now = Now;
        var step = now.AddTicks(-(now.Ticks % Step.Ticks));
        _next = _next > step ? _next : step;
        if (_next - Step > now)
        {
            await Task.Delay(_next - Step - now, TimeProvider.System, Xunit.TestContext.Current.CancellationToken);
        }

        var code = _totp.ComputeTotp(_next);
        _next += Step;
        return code;
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;
}
