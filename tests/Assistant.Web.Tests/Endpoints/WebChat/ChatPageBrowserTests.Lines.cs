using System.Text.RegularExpressions;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Web.Hubs;
using Assistant.Web.Tests.Hubs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

public sealed partial class ChatPageBrowserTests
{
    [Fact]
    public async Task A_page_that_comes_back_as_somebody_else_shows_nothing_of_the_former()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "my secret");
        var former = await FirstConversationAsync(house);
        house.Book.Answer(former, "an old answer");
        house.Book.Answer(former, "another old answer");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        var (other, _) = await OpenAsync(context, house);
        await Expect(other.Locator("li.assistant")).ToHaveCountAsync(2);

        await other.Locator(".menu summary").ClickAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Forget me here" }).ClickAsync();
        await Expect(other.Locator(".log li")).ToHaveCountAsync(0);
        await line.FallAsync();
        await Expect(page.Locator(".log li")).ToHaveCountAsync(0);
        await SayAsync(page, "somebody new");
        var said = house.Book.Accepted[^1];
        Assert.NotEqual(house.Book.Accepted[0].Chat, said.Chat);
        house.Book.Answer(house.Book.Open(ChatHouse.Web, said.Chat), "a new answer");

        await Expect(page.Locator(".log .balloon")).ToHaveTextAsync(["somebody new", "a new answer"]);
        await Expect(page).ToHaveTitleAsync("Anna's shop"); // nothing is unread
    }

    [Fact]
    public async Task A_key_that_was_handed_on_outlives_a_reload_and_a_newer_one_takes_its_place()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var pair = house.Agreement.Create();
        await house.Identities.AddAsync(ChatHouse.Sealed, pair.Private, TestContext.Current.CancellationToken);
        var address = new Uri(house.Address, "/chat/sealed");
        var (page, _) = await OpenAsync(context, new Uri($"{address}#key={new string('A', 43)}"));
        var doubt = page.GetByRole(AriaRole.Alertdialog);
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });
        await Expect(doubt).ToContainTextAsync("is not the one you were given with the link or page");

        await page.ReloadAsync();
        await Expect(doubt).ToContainTextAsync("is not the one you were given with the link or page");
        await Expect(doubt.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(field).ToBeHiddenAsync();

        await page.EvaluateAsync($"() => {{ location.hash = '#key={ChatIdentity.Of(pair).Key}'; }}");
        await SayAsync(page, "hello, whoever holds the key");
        await Expect(doubt).ToBeHiddenAsync();
        Assert.Equal(address, new Uri(page.Url));
        await page.ReloadAsync();
        await page.Locator(".menu summary").ClickAsync();
        await Expect(page.GetByText("This is the key you were given with the link or page.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_goes_on_without_encryption_is_not_asked_again_for_the_key_that_was_handed_on()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, new Uri(house.Address, $"/chat/web#key={new string('A', 43)}"));
        var doubt = page.GetByRole(AriaRole.Alertdialog);
        await Expect(doubt).ToContainTextAsync("end-to-end encrypted before and is not any more");

        await doubt.GetByRole(AriaRole.Button).ClickAsync();
        await SayAsync(page, "so be it");
        await page.ReloadAsync();

        await SayAsync(page, "and again");
        await Expect(doubt).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_was_written_before_its_sender_was_let_in_stays_where_it_was_written()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, house);
        house.Book.AsksForPairing = true;
        await SayAsync(page, "let me in");
        await Expect(page.Locator("li.system")).ToHaveCountAsync(1);

        house.Book.AsksForPairing = false;
        await SayAsync(page, "hello");
        house.Book.Answer(await FirstConversationAsync(house), "an answer");

        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
        Regex[] inOrder = [new("^let me in$"), new("ABCD2345"), new("^hello$"), new("^an answer\\s*$")];
        await Expect(page.Locator(".log .balloon")).ToHaveTextAsync(inOrder);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the page was told to come back later
    public async Task What_a_page_is_told_to_read_while_it_reads_is_read_too(bool isBusy)
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "hello");
        await Expect(page.Locator("li.you:not(:has(.waiting))")).ToHaveCountAsync(1);
        line.LosesMessages = true;

        var answer = await line.WithholdCatchUpAsync();
        house.Book.Answer(await FirstConversationAsync(house), "lost on the way");
        if (isBusy)
        {
            answer = Regex.Replace(answer, "\"result\":.*", "\"result\":{\"messages\":[],\"replaces\":false,\"hasEarlier\":false,\"retryAfterMs\":1}}");
        }
        else
        {
            line.TellResync();
        }

        line.Tell(answer);

        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_a_page_could_not_be_told_when_it_read_it_reads_again()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "hello");
        await Expect(page.Locator("li.you:not(:has(.waiting))")).ToHaveCountAsync(1);
        line.LosesMessages = true;

        var answer = await line.WithholdCatchUpAsync();
        house.Book.Answer(await FirstConversationAsync(house), "lost on the way");
        line.Tell(Regex.Replace(answer, "\"result\":.*", "\"error\":\"The store is down.\"}"));

        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_line_that_comes_back_leaves_alone_what_is_shown_already()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, line) = await OpenHeldAsync(context, house);
        await SayAsync(page, "hello");
        var conversation = await FirstConversationAsync(house);
        house.Book.Answer(conversation, "one", buttons: [new("Yes", "y")]);
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
        await page.EvaluateAsync("() => document.querySelectorAll('.log .balloon').forEach(balloon => balloon.wasHere = true)");

        await line.FallAsync();
        house.Book.Answer(conversation, "two");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(2);

        var were = await page.Locator(".log .balloon").EvaluateAllAsync<bool[]>("all => all.map(balloon => !!balloon.wasHere)");
        Assert.Equal([true, true, false], were);
    }

    [Fact]
    public async Task Escape_closes_the_embedded_chat_unless_it_ends_a_choice_of_characters()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var site = await StartSiteAsync(house.Address, "shop");
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("shop"), Settings = new SettingValues([new("allowedOrigins", site.Urls.First())]) });
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 760 } });
        var (page, _) = await OpenAsync(context, new Uri(site.Urls.First()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        var field = page.FrameLocator("iframe").GetByLabel("Message");
        var opened = page.GetByRole(AriaRole.Button, new() { Name = "Close chat" });
        await field.FillAsync("ni hao");

        foreach (var composing in new[] { "isComposing: true", "keyCode: 229" })
        {
            await field.EvaluateAsync($"field => field.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Escape', bubbles: true, {composing} }}))");
            await page.EvaluateAsync($"() => document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Escape', bubbles: true, {composing} }}))");
        }

        await field.PressAsync("Enter"); // what the frame tells the site comes in order, and this takes longer
        await FirstConversationAsync(house);
        await Expect(opened).ToBeVisibleAsync();
        await field.PressAsync("Escape");
        await Expect(opened).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_text_that_was_too_long_to_be_sent_says_so()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxTextLength = 10, isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, house);

        await page.GetByRole(AriaRole.Button, new() { Name = "Where is my order?" }).ClickAsync();

        await Expect(page.Locator("li.you .meta")).ToHaveTextAsync("Not sent: it is too long.");
        Assert.Empty(house.Book.Accepted);
    }

    [Fact]
    public async Task A_text_that_is_too_long_stays_whole_and_says_by_how_much()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxTextLength = 10, isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, house);
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });
        await field.FocusAsync();

        await page.Keyboard.InsertTextAsync("twelve chars");
        await Expect(page.Locator(".composer .left")).ToHaveTextAsync("2 characters too many");
        await field.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();

        await Expect(field).ToHaveValueAsync("twelve chars");
        await Expect(page.Locator("li.you")).ToHaveCountAsync(0);
        Assert.Empty(house.Book.Accepted);
        await SayAsync(page, "ten chars!");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Words_run_the_way_of_their_writing()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, house);

        await SayAsync(page, "\u05e9\u05dc\u05d5\u05dd! (4711)"); // Hebrew
        house.Book.Answer(await FirstConversationAsync(house), "\u0645\u0631\u062d\u0628\u0627!\n\nIt is on its way."); // Arabic first
        var answer = page.Locator("li.assistant .balloon");
        await Expect(answer).ToContainTextAsync("It is on its way.");

        Assert.Equal("rtl", await page.Locator("li.you .balloon").EvaluateAsync<string>("balloon => getComputedStyle(balloon).direction"));
        Assert.Equal("rtl", await answer.EvaluateAsync<string>("balloon => getComputedStyle(balloon).direction"));
        Assert.Equal("plaintext", await answer.Locator("p").Last.EvaluateAsync<string>("paragraph => getComputedStyle(paragraph).unicodeBidi"));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_page_that_has_nothing_to_show_finds_the_way_back()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, house);
        await SayAsync(page, "long ago");
        var conversation = await FirstConversationAsync(house);
        for (var i = 0; i < ChatHistory.MaxHidden + 1; i++)
        {
            house.Book.Add(conversation, AuthorKind.Operator, "Anna", "for colleagues", isNote: true);
        }

        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show earlier messages" }).ClickAsync();

        await Expect(page.Locator("li.you .balloon")).ToHaveTextAsync("long ago");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Show earlier messages" })).ToBeHiddenAsync();
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("sealed")]
    public async Task A_text_cut_off_in_the_middle_of_a_character_keeps_nothing_back(string chat)
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, new Uri(house.Address, $"/chat/{chat}"));
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });

        await field.EvaluateAsync("field => { field.value = 'cut \\ud83d'; field.dispatchEvent(new InputEvent('input', { bubbles: true })); }");
        await field.PressAsync("Enter");
        await SayAsync(page, "second \ud83d\ude00");

        await Expect(page.Locator("li.you .balloon:not(.waiting)")).ToHaveTextAsync(["cut \ufffd", "second \ud83d\ude00"]);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("Keep")]
    [InlineData("Not now")]
    public async Task Where_nothing_can_be_kept_the_question_whether_to_keep_goes_away(string answer)
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        await context.AddInitScriptAsync(
            """
            for (const name of ['localStorage', 'sessionStorage']) {
              Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
            }
            """);
        var (page, faults) = await OpenAsync(context, house);
        await SayAsync(page, "hello");
        house.Book.Answer(await FirstConversationAsync(house), "hi");

        await page.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true })).ToBeHiddenAsync();
        await page.Locator(".menu summary").ClickAsync();
        var remember = page.GetByLabel("Remember me on this device");
        await remember.ClickAsync();
        Assert.False(await remember.IsCheckedAsync());
        await SayAsync(page, "still the same");
        Assert.Single(house.Book.Accepted.Select(message => message.Chat).Distinct());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Two_tabs_leave_each_other_who_they_are_and_what_they_wrote()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, house);
        var (other, _) = await OpenAsync(context, house);
        await SayAsync(page, "I am one");
        house.Book.Answer(await FirstConversationAsync(house), "hello");
        await SayAsync(other, "I am another");

        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await other.ReloadAsync();
        await Expect(other.Locator("li.you .balloon")).ToHaveTextAsync("I am another");

        var (same, _) = await OpenAsync(context, house);
        await Expect(same.Locator("li.you .balloon")).ToHaveTextAsync("I am one");
        house.Book.Stop(ChatHouse.Web.Id);
        foreach (var (tab, text) in new[] { (page, "from here"), (same, "from there") })
        {
            await tab.GetByRole(AriaRole.Textbox).FillAsync(text);
            await tab.Keyboard.PressAsync("Enter");
            await Expect(tab.GetByText("What you wrote is kept and sent when it opens.")).ToBeVisibleAsync();
        }

        await page.GetByRole(AriaRole.Textbox).FillAsync("half a thought");
        await same.GetByRole(AriaRole.Textbox).FillAsync("another");
        await same.CloseAsync();
        house.Book.Run(ChatHouse.Web);
        await page.ReloadAsync();
        await Expect(page.Locator("li.you .balloon:not(.waiting)")).ToHaveTextAsync(["I am one", "from here", "from there"]);
        await Expect(page.GetByRole(AriaRole.Textbox)).ToHaveValueAsync("half a thought");
    }

    private static async Task<(IPage Page, HeldLine Line)> OpenHeldAsync(IBrowserContext context, ChatHouse house)
    {
        var page = await context.NewPageAsync();
        var line = await HeldLine.HoldAsync(page);
        await page.GotoAsync(new Uri(house.Address, "/chat/web").ToString());
        return (page, line);
    }
}
