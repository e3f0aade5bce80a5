using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Webhook;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>A platform nobody wrote a channel for, connected by the very lines of the channel's README.</summary>
public sealed partial class WebhookPlatformTests
{
    private const int MaxLines = 20;

    [Fact]
    public async Task A_new_platform_is_twenty_lines_of_configuration()
    {
        var readme = await File.ReadAllTextAsync(
            Path.Combine(BuiltApp.Root, "Assistant.Infrastructure", "Messaging", "Channels", "Webhook", "README.md"), TestContext.Current.CancellationToken);
        var config = Example().Match(readme).Groups[1].Value;
        Assert.InRange(config.Trim().Split('\n').Length, 1, MaxLines);
        await using var platform = await PlatformEmulator.StartAsync(signsTime: false);
        await using var house = await TestInstallation.CreateAsync(config: config.Replace("https://ourchat.example", platform.Address, StringComparison.Ordinal));
        house.Set("OURCHAT_SECRET", PlatformEmulator.Secret);
        house.Set("OURCHAT_TOKEN", PlatformEmulator.Token);
        house.Set("Assistant__Public__BaseUrl", house.Address);
        platform.Callback = new Uri($"{house.Address}/webhooks/ourchat");
        await house.StartAsync();

        platform.Deliver(platform.NewMessage("lin", "Remember that the gate code is 4711."));
        await ShownAsync(platform, 1);
        platform.Deliver(platform.NewMessage("lin", "What is the gate code?"));
        Assert.Contains("4711", (await ShownAsync(platform, 2))[1].Text, StringComparison.Ordinal);

        // Killed while it is written to: the platform posts again what was not taken.
        platform.Deliver(platform.NewMessage("wu", "Remember that the door is blue."));
        await house.KillAsync();
        platform.Deliver(platform.NewMessage("wu", "@helper What colour has the door?", chat: "lobby", isGroup: true));
        await house.StartAsync();
        Assert.Single(await ShownAsync(platform, 4), shown => shown.Chat == "lobby");
        Assert.Single(platform.Shown, shown => shown.Chat == "wu");
    }

    private static async Task<IReadOnlyList<(string Chat, string Text)>> ShownAsync(PlatformEmulator platform, int count)
        => await Eventually.FindAsync($"{count} messages", () => Task.FromResult(platform.Shown.Count >= count ? platform.Shown : null));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
