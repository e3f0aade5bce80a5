using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.EndToEnd.Tests;

public sealed class TelegramPathTests
{
    private const long Person = 4001;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task What_somebody_writes_is_answered_and_the_audit_log_proves_itself(Database database)
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(database, Config.Telegram(telegram));
        await house.StartAsync();

        telegram.Say(Person, "Remember that the gate code is 4711.");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count == 1, TestContext.Current.CancellationToken);
        telegram.Say(Person, "What is the gate code?");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count == 2, TestContext.Current.CancellationToken);

        Assert.Contains("4711", telegram.SaidBy(Person)[1].Text, StringComparison.Ordinal);
        var (code, verdict) = await house.RunAsync(["audit", "verify", "--json"]);
        Assert.True(code == 0, verdict);
        Assert.Contains("\"intact\":true", verdict, StringComparison.Ordinal);
    }
}
