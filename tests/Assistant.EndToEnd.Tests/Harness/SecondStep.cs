using Microsoft.Playwright;
using OtpNet;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>An authenticator app in somebody's hand.</summary>
internal sealed class SecondStep
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly Totp _totp;
    private DateTime _next;

    private SecondStep(string seed) => (Seed, _totp, _next) = (seed, new Totp(Base32Encoding.ToBytes(seed)), TimeProvider.System.GetUtcNow().UtcDateTime - Step);

    /// <summary>What the codes are made from, as the page showed it.</summary>
    public string Seed { get; }

    /// <summary>Sets the second step up on the account page, which is open.</summary>
    public static async Task<SecondStep> TurnOnAsync(ConsolePage desk)
    {
        await desk.PressAsync("Set up");
        var seed = (await desk.Page.Locator("code.seed").TextContentAsync())!.Replace(" ", "", StringComparison.Ordinal);
        await BeWellWithinStepAsync();
        var app = new SecondStep(seed);
        await desk.Page.Locator("#code").FillAsync(app.NextCode());
        await desk.Page.Locator("#totp-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Turn on");
        await desk.Page.ArriveAsync("**/account?done=totp");
        await desk.BeLiveAsync();
        return app;
    }

    /// <summary>A code that was not given before; three can be had at once, for a clock may be a step behind or ahead.</summary>
    public string NextCode()
    {
        var code = _totp.ComputeTotp(_next);
        _next += Step;
        return code;
    }

    // The first code is of the step before this one: were this one about to end, it would be too old by the time it is read.
    private static async Task BeWellWithinStepAsync()
    {
        var left = TimeSpan.FromTicks(Step.Ticks - (TimeProvider.System.GetUtcNow().Ticks % Step.Ticks));
        if (left < Step / 3)
        {
            await Task.Delay(left, TimeProvider.System, Xunit.TestContext.Current.CancellationToken);
        }
    }
}
