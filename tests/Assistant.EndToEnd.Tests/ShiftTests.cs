using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>A shift at the desk of somebody who uses no pointer: every act by its key, the focus always seen and where the eye is.</summary>
public sealed class ShiftTests(Chromium chromium)
{
    private const string Email = "anna@example.test";

    // What a person without a pointer goes by: something has the focus, it is on screen, and it shows that it has it.
    private const string FocusIsSeen = """
        () => {
          const e = document.activeElement, box = e.getBoundingClientRect(), frame = e.closest('.composer');
          const wrong = [
            e === document.body && 'nothing has it',
            (box.bottom <= 0 || box.top >= innerHeight) && 'it is off the screen',
            !e.matches(':focus-visible') && 'the browser does not show it',
            getComputedStyle(e).outlineStyle === 'none' && !frame?.matches(':focus-within') && 'it has no ring',
          ];
          return wrong.filter(Boolean).map(words => `${words}: ${e.outerHTML.slice(0, 160)}`);
        }
        """;

    [Fact]
    public async Task A_conversation_is_taken_over_answered_handed_back_closed_and_reopened_by_keys_alone()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        var chat = await AskAsync(house, "Is somebody there?");
        await AskAsync(house, "What does it cost?");
        var keys = page.Keyboard;
        var (rows, thread) = (page.Locator("[data-walk]"), page.Locator("section.thread"));

        await SignInAsync(page, house.Address);
        await keys.PressAsync("j");
        await Expect(rows.First).ToBeFocusedAsync();
        await keys.PressAsync("j");
        await Expect(rows.Nth(1)).ToBeFocusedAsync();
        await SeesFocusAsync(page);
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Log)).ToBeFocusedAsync();
        await SeesFocusAsync(page);
        await Expect(thread.Locator("article.person")).ToContainTextAsync("Is somebody there?");

        await keys.PressAsync("t");
        await Expect(thread.GetByText("with you")).ToBeVisibleAsync();
        await WriteAsync(page, "r", "Write a reply", "Yes, Anna is here.");
        await chat.ShowsAsync(chat.ByPerson, "Yes, Anna is here.");
        await WriteAsync(page, "n", "Write a note", "Wants a person.");
        await Expect(thread.Locator("article.note")).ToContainTextAsync("Wants a person.");
        await Expect(chat.Said.Filter(new() { HasText = "Wants a person." })).ToHaveCountAsync(0);

        await keys.PressAsync("h");
        await Expect(thread.GetByText("with assistant")).ToBeVisibleAsync();
        await keys.PressAsync("e");
        await Expect(thread.Locator(".thread-head").GetByText("closed")).ToBeVisibleAsync();
        await keys.PressAsync("e");
        await Expect(thread.GetByText("with assistant")).ToBeVisibleAsync();

        await keys.PressAsync("Escape");
        await page.ArriveAsync(house.Address + "/conversations");
        await Expect(rows.Filter(new() { HasText = "Anna is here." })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Rooms_people_and_acts_are_found_by_keys_alone()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        await AskAsync(house, "Where is my zeppelin?");
        var keys = page.Keyboard;

        await SignInAsync(page, house.Address);
        await keys.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await keys.PressAsync("/");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await keys.PressAsync("Escape");

        await ChooseAsync(page, "zeppelin", "Conversation");
        await Expect(page.Locator("section.thread article.person")).ToContainTextAsync("Where is my zeppelin?");
        await ChooseAsync(page, "take", "Take over");
        await Expect(page.Locator("section.thread").GetByText("with you")).ToBeVisibleAsync();

        await keys.PressAsync("g");
        await keys.PressAsync("p");
        await page.ArriveAsync(house.Address + "/people");
        var person = page.Locator("tr [data-walk]");
        await person.WaitForAsync();
        await keys.PressAsync("j");
        await keys.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await Expect(person).ToBeFocusedAsync();
        await SeesFocusAsync(page);
    }

    [Fact]
    public async Task A_row_walked_to_before_the_room_has_settled_keeps_the_focus()
    {
        var page = await chromium.NewDeviceAsync();
        await page.DelayAnswersAsync(TimeSpan.FromMilliseconds(400));
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        await AskAsync(house, "Who is there?");

        await SignInAsync(page, house.Address);
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("p");
        var person = page.Locator("tr [data-walk]");
        await person.WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await Expect(person).ToBeFocusedAsync(new() { Timeout = 1 });
    }

    [Fact]
    public async Task What_is_typed_faster_than_the_server_answers_stays()
    {
        var page = await chromium.NewDeviceAsync();
        await page.DelayAnswersAsync(TimeSpan.FromMilliseconds(150));
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync(Email, "owner");
        await house.StartAsync();
        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, "/account");

        await desk.BeAttentiveAsync();

        const string typed = "zeppelin over the lake";
        var password = page.Locator("input[autocomplete='new-password']").First;
        await password.PressSequentiallyAsync(typed, new() { Delay = 20 });
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await Expect(password).ToHaveValueAsync(typed);

        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("connec", new() { Delay = 20 });
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync(house.Address + "/connections");
    }

    private async Task<ChatPage> AskAsync(TestInstallation house, string question)
    {
        var chat = await ChatPage.OpenAsync(await chromium.NewDeviceAsync(), house.Address + "/chat/desk");
        await chat.SayAsync(question);
        await Expect(chat.ByAssistant).ToHaveCountAsync(1);
        return chat;
    }

    private static async Task SignInAsync(IPage page, string address)
    {
        await page.GotoAsync(address + "/conversations");
        await Expect(page.GetByLabel("Email")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Email);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(TestInstallation.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync(address + "/conversations");
        await page.Locator("[data-walk]").First.WaitForAsync();
        await new ConsolePage(page, address).BeAttentiveAsync();
    }

    private static async Task WriteAsync(IPage page, string key, string box, string text)
    {
        await page.Keyboard.PressAsync(key);
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = box })).ToBeFocusedAsync();
        await SeesFocusAsync(page);
        await page.Keyboard.TypeAsync(text);
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = box })).ToHaveValueAsync("");
        await page.Keyboard.PressAsync("Escape");
    }

    private static async Task ChooseAsync(IPage page, string text, string expected)
    {
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("dialog.palette input")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(text);
        // In one look: for a moment the list may still be that of the last search.
        await Expect(page.Locator("#palette-list li")).ToHaveTextAsync([new Regex(Regex.Escape(expected))]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("dialog.palette input")).ToBeHiddenAsync();
    }

    private static async Task SeesFocusAsync(IPage page) => Assert.Empty(await page.EvaluateAsync<string[]>(FocusIsSeen));
}
