using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Playwright;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>One human being on two messengers: linked by a code from both sides, and again by an operator; ended, and each is as before.</summary>
public sealed partial class PersonLinkTests(Chromium chromium)
{
    private const long Person = 4001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_told_on_one_messenger_is_known_on_the_other_while_they_are_linked()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram) + """
              - name: desk
                type: webchat
                tenant: default
                access: open
            """);
        await house.CreateUserAsync("ada@example.com", "operator");
        await house.StartAsync();
        await AnswerAsync(telegram, "Remember that the gate code is 4711.");
        var chat = await ChatPage.OpenAsync(await chromium.NewDeviceAsync(), house.Address + "/chat/desk");
        await AskAsync(chat, "What is the gate code?", answer => !answer.Contains("4711", StringComparison.Ordinal));

        var code = Code().Match(await AnswerAsync(telegram, "/connect")).Value;
        await AskAsync(chat, $"link {code}", answer => answer.Contains("User4001", StringComparison.Ordinal) && answer.Contains("Telegram", StringComparison.Ordinal));
        await AskAsync(chat, $"confirm {code}", answer => answer.StartsWith("Done: you are one person", StringComparison.Ordinal));
        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text.StartsWith("You are one person with", StringComparison.Ordinal), Cancel);
        await AskAsync(chat, "What is the gate code?", answer => answer.Contains("4711", StringComparison.Ordinal));

        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync("ada@example.com", TestInstallation.Password, "/people");
        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "User4001" }).First.ClickAsync();
        await desk.Page.GetByText("linked by a code").WaitForAsync();
        await desk.PressAsync("Unlink");
        await desk.Page.GetByText("Nobody else is known to be this person.").WaitForAsync();
        await AskAsync(chat, "And which gate code do you know?", answer => !answer.Contains("4711", StringComparison.Ordinal));

        await desk.PressAsync("Link with somebody…");
        await desk.Page.Locator("#link-name").FillAsync("Visitor");
        await desk.PressAsync("Find");
        await desk.Page.GetByRole(AriaRole.Radio).First.CheckAsync();
        await desk.PressAsync("Link");
        await desk.Page.GetByRole(AriaRole.Alert).WaitForAsync(); // a reason is wanted
        await desk.Page.Locator("#link-reason").FillAsync("Called from the same telephone.");
        await desk.PressAsync("Link");
        await desk.Page.GetByText("linked by an operator").WaitForAsync();
        await AskAsync(chat, "Please, what is the gate code?", answer => answer.Contains("4711", StringComparison.Ordinal));
    }

    private static async Task<string> AnswerAsync(TelegramEmulator telegram, string text)
    {
        var before = telegram.SaidBy(Person).Count;
        telegram.Say(Person, text);
        await telegram.WaitAsync(t => t.SaidBy(Person).Count > before, Cancel);
        return telegram.SaidBy(Person)[before].Text;
    }

    private static async Task AskAsync(ChatPage chat, string text, Predicate<string> isExpected)
    {
        var before = await chat.ByAssistant.CountAsync();
        await chat.SayAsync(text);
        var answer = await Eventually.FindAsync("an answer", async () =>
            await chat.ByAssistant.CountAsync() > before && await chat.Said.CountAsync() % 2 == 0 ? await chat.ByAssistant.Nth(before).InnerTextAsync() : null);
        Assert.True(isExpected(answer), answer);
    }

    [GeneratedRegex("[2-9A-Z]{5}-[2-9A-Z]{5}")]
    private static partial Regex Code();
}
