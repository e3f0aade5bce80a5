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

    [Fact]
    public async Task A_conversation_goes_on_on_another_messenger_and_a_reply_goes_where_the_person_is()
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
        var code = Code().Match(await AnswerAsync(telegram, "/connect")).Value;
        var chat = await ChatPage.OpenAsync(await chromium.NewDeviceAsync(), house.Address + "/chat/desk");
        await AskAsync(chat, $"link {code}", answer => answer.Contains("Telegram", StringComparison.Ordinal));
        await AskAsync(chat, $"confirm {code}", answer => answer.StartsWith("Done: you are one person", StringComparison.Ordinal));

        await AskAsync(chat, "continue on Telegram", answer => answer.StartsWith("I have written to you on Telegram", StringComparison.Ordinal));
        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text.StartsWith("Let's go on here", StringComparison.Ordinal), Cancel);
        await AnswerAsync(telegram, "Is there a person I can talk to?");

        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync("ada@example.com", TestInstallation.Password, "/conversations");
        await desk.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Visitor") }).First.ClickAsync();
        await desk.Page.GetByText("Continued on Telegram").WaitForAsync();
        await desk.PressAsync("Take over to reply");
        var to = desk.Page.GetByLabel("Goes to");
        Assert.Equal("Telegram, used last", await to.EvaluateAsync<string>("e => e.selectedOptions[0].text"));
        await desk.Page.GetByPlaceholder("Write a reply").FillAsync("Ada is, here.");
        await desk.PressAsync("Send");
        await telegram.WaitAsync(t => t.SaidBy(Person)[^1].Text == "Ada is, here.", Cancel);
        await desk.Page.GetByText("Continued from Web chat").First.WaitForAsync(); // the console went along
        await Assertions.Expect(desk.Page.Locator("section.thread").GetByText("with you")).ToBeVisibleAsync();

        await desk.PressAsync("Wants to be written to on Web chat");
        await Assertions.Expect(to).ToHaveValueAsync(new Regex("[0-9a-f-]{36}"));
        await Assertions.Expect(desk.Button("Wants to be written to on Web chat")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.StartsWith("Web chat", await to.EvaluateAsync<string>("e => e.selectedOptions[0].text"), StringComparison.Ordinal);
        await desk.Page.GetByPlaceholder("Write a reply").FillAsync("And on the web again.");
        await desk.PressAsync("Send");
        await Assertions.Expect(chat.Said.Filter(new() { HasText = "And on the web again." })).ToHaveCountAsync(1);
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
