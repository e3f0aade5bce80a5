using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Ai;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>The program dies without warning at the two moments that matter, and is started again.</summary>
public sealed class KillTests
{
    private const long Person = 4002;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Killed_while_the_answer_is_made_it_answers_once_after_the_restart(Database database)
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var engine = await EngineEmulator.StartAsync();
        engine.HangsAfter("I am not fin").Streams("The ", "answer.").Streams("Another answer.");
        await using var house = await TestInstallation.CreateAsync(database, Config.Telegram(telegram, engine));
        await house.StartAsync();

        telegram.Say(Person, "Where do we meet?");
        await telegram.WaitAsync(_ => !engine.Calls.IsEmpty, Cancel);
        await Eventually.FindAsync("the message to be confirmed to Telegram", () => Task.FromResult(telegram.UnconfirmedUpdates == 0 ? telegram : null));
        await house.KillAsync();
        Assert.Empty(telegram.SaidBy(Person));
        await house.StartAsync();
        await telegram.WaitAsync(t => t.SaidBy(Person).Count > 0, Cancel);
        telegram.Say(Person, "Are you sure?");
        await telegram.WaitAsync(t => t.SaidBy(Person).Any(m => m.Text == "Another answer."), Cancel);

        Assert.Equal(["The answer.", "Another answer."], telegram.SaidBy(Person).Select(m => m.Text));
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Killed_before_it_heard_that_the_answer_arrived_it_finds_the_answer_instead_of_repeating_it(Database database)
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var engine = await EngineEmulator.StartAsync();
        engine.Streams("The answer.").Streams("Another answer.");
        await using var house = await TestInstallation.CreateAsync(database, Config.Telegram(telegram, engine));
        using var api = await house.CreateApiAsync("viewer");
        await house.StartAsync();
        telegram.Fail("sendMessage", new TelegramFault.Silence());

        telegram.Say(Person, "Where do we meet?");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count == 1, Cancel);
        await house.KillAsync();
        await house.StartAsync();
        var conversation = await api.FindAsync("conversations", "the conversation", _ => true);
        await api.FindAsync($"conversations/{conversation["id"]}/messages", "the answer to be known as sent", m =>
            (string?)m["markdown"] == "The answer." && (string?)m["delivery"] == "sent");
        telegram.Say(Person, "Are you sure?");
        await telegram.WaitAsync(t => t.SaidBy(Person).Any(m => m.Text == "Another answer."), Cancel);

        Assert.Equal(["The answer.", "Another answer."], telegram.SaidBy(Person).Select(m => m.Text));
    }
}
