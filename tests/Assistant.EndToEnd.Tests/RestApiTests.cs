using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Another program works with conversations, with a key an administrator made on the machine.</summary>
public sealed class RestApiTests
{
    private const long Person = 4003;

    [Fact]
    public async Task A_key_may_do_what_its_role_says_and_nothing_else()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        using var desk = await house.CreateApiAsync("operator");
        using var viewer = await house.CreateApiAsync("viewer");
        using var nobody = new ApiClient(house.Address, null);
        await house.StartAsync();

        telegram.Say(Person, "Hello");
        var conversation = await desk.FindAsync("conversations", "the conversation", row => (string?)row["lastAuthor"] == "assistant");
        var path = $"conversations/{conversation["id"]}";
        Assert.Equal(HttpStatusCode.Conflict, (await desk.PostAsync($"{path}/reply", new { markdown = "Too early." })).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.PostAsync($"{path}/takeover")).Status);
        Assert.Equal(HttpStatusCode.Created, (await desk.PostAsync($"{path}/reply", new { markdown = "A person **answers**." })).Status);
        await telegram.WaitAsync(t => t.SaidBy(Person).Any(m => m.Text == "A person answers."), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, await viewer.StatusOfAsync(path));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{path}/handback")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{path}/reply", new { markdown = "Not allowed." })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusOfAsync(path));
        Assert.Equal(2, telegram.SaidBy(Person).Count);
    }
}
