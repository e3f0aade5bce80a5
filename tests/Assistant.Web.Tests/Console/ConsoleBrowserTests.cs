using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Tests.Endpoints.WebChat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Console;

/// <summary>What scripts and server do together in the conversations room, in a real browser.</summary>
public sealed class ConsoleBrowserTests(Browser browser) : IClassFixture<Browser>
{
    private const string Told = "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));";

    private const string Held = "I have asked a person to join. Meanwhile you could start Docker on port 8081.";

    [Fact]
    public async Task A_draft_is_there_again_after_a_held_reply_was_edited()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, Staged(host).Docker);
        var (text, held, reply) = (page.Locator(".composer textarea"), page.Locator("article.held"), page.Locator(".composer .mode").First);
        await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).First.ClickAsync();
        await held.WaitForAsync();
        await reply.ClickAsync();
        await Expect(text).ToBeFocusedAsync(); // so its script is there
        await text.FillAsync("My own words");

        // Left while a held reply is in the composer.
        await held.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(text).ToHaveValueAsync(Held);
        await text.FillAsync("Tom joins at noon.");
        await page.ReloadAsync();
        await Expect(text).ToHaveValueAsync("My own words");

        // A note in between, then given up.
        await held.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(text).ToHaveValueAsync("Tom joins at noon.");
        await page.Locator(".composer .mode").Nth(1).ClickAsync();
        await Expect(text).ToHaveValueAsync("");
        await reply.ClickAsync();
        await Expect(text).ToHaveValueAsync("Tom joins at noon.");
        await page.Locator(".composer .only").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(text).ToHaveValueAsync("My own words");

        // Given up, the words for it are gone; sent, the own ones are still there.
        await held.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(text).ToHaveValueAsync(Held);
        await text.FillAsync("Tom joins at one.");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator("article.operator").Filter(new() { HasText = "Tom joins at one." })).ToBeVisibleAsync();
        await Expect(text).ToHaveValueAsync("My own words");
        await page.ReloadAsync();
        await Expect(text).ToHaveValueAsync("My own words");
    }

    // Half a screen at a time, up until the window has let go of all after a message.
    private const string ReadBack = """
        last => {
          const scroller = document.querySelector('.scroller');
          if (Number([...scroller.querySelectorAll('[data-row^=m]')].pop().dataset.row.slice(1)) <= last) return true;
          scroller.scrollTop -= scroller.clientHeight / 2;
          return false;
        }
        """;

    // Half a screen at a time down to a message, noting every one that came before the eye.
    private const string ReadOn = """
        last => {
          const scroller = document.querySelector('.scroller'), edge = scroller.getBoundingClientRect();
          const seen = window.seen ??= new Set(), wrong = window.wrong ??= [];
          const rows = [...scroller.querySelectorAll('[data-row^=m]')].map(row => [Number(row.dataset.row.slice(1)), row.getBoundingClientRect()]);
          if (rows.some(([number], at) => at > 0 && number !== rows[at - 1][0] + 1)) wrong.push(`a gap in ${rows.map(([number]) => number)}`);
          for (const [number, box] of rows) if (box.bottom > edge.top && box.top < edge.bottom) seen.add(number);
          if (seen.has(last)) return true;
          scroller.scrollTop += scroller.clientHeight / 2;
          return false;
        }
        """;

    [Fact]
    public async Task Reading_on_from_far_back_shows_every_message_up_to_the_newest_and_then_what_comes()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, Staged(host).Archive);
        const int Last = DeskStage.ArchiveLength;
        await Expect(Row(page, Last)).ToBeInViewportAsync();

        await page.WaitForFunctionAsync(ReadBack, Last - (2 * ThreadModel.PageSize));
        Say(host, Last + 1);
        await Expect(page.Locator("button.pill")).ToContainTextAsync("1 new");
        await Expect(Row(page, Last + 1)).ToHaveCountAsync(0);

        await page.WaitForFunctionAsync(ReadOn, Last + 1);
        var seen = await page.EvaluateAsync<int[]>("() => [...window.seen].sort((a, b) => a - b)");
        Assert.InRange(seen[0], 1, Last - (5 * ThreadModel.PageSize));
        Assert.Equal(Enumerable.Range(seen[0], Last + 2 - seen[0]), seen);
        Assert.Empty(await page.EvaluateAsync<string[]>("() => window.wrong"));
        await Expect(page.Locator("button.pill")).ToHaveCountAsync(0);

        Say(host, Last + 2);
        await Expect(Row(page, Last + 2)).ToBeInViewportAsync();
        await Expect(page.Locator("button.pill")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Older_messages_come_above_without_moving_what_is_read()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, Staged(host).Archive);
        const int First = DeskStage.ArchiveLength - 59;
        await Expect(Row(page, DeskStage.ArchiveLength)).ToBeInViewportAsync();

        await page.EvaluateAsync("() => { document.querySelector('.scroller').scrollTop = 0; }");

        await Expect(Row(page, First - 60)).ToBeAttachedAsync();
        await page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        await Expect(Row(page, First)).ToBeInViewportAsync();
        await Expect(Row(page, First - 60)).Not.ToBeInViewportAsync();
    }

    [Fact]
    public async Task What_is_unread_is_marked_where_it_begins_also_when_the_page_is_loaded()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, Staged(host).Docker);

        await Expect(page.Locator("[data-row=unread] + [data-row=m1]")).ToBeAttachedAsync();
    }

    [Fact]
    public async Task On_a_phone_the_thread_that_was_opened_has_the_focus()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 390, Height = 844 } });
        var page = await OpenAsync(context, host, null);

        await page.Locator("[data-walk]").First.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Log)).ToBeFocusedAsync();
    }

    // Chrome says that characters are being chosen; Safari has ended the choice by then and leaves a key code that says so.
    [Theory]
    [InlineData("isComposing: true")]
    [InlineData("keyCode: 229")]
    public async Task The_Enter_that_chooses_characters_sends_nothing_and_leads_nowhere(string choosing)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, Staged(host).Docker);
        var enter = $"field => {{ const key = () => new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, cancelable: true, {choosing} }}); field.dispatchEvent(key()); }}";
        await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).First.ClickAsync();
        var text = page.Locator(".composer textarea");
        await page.Locator(".composer .mode").First.ClickAsync();
        await Expect(text).ToBeFocusedAsync();
        await page.Locator("[data-enter-sends]").CheckAsync();
        await text.FillAsync("ni hao");

        await text.EvaluateAsync(enter);
        await page.Keyboard.PressAsync("Control+k");
        var field = page.Locator(".palette-input");
        var found = page.Locator("#palette-list [role=option]");
        await found.First.WaitForAsync();
        await field.EvaluateAsync(enter);
        await field.PressAsync("ArrowDown"); // what the server does for a key comes after what it did for the one before
        await Expect(found.Nth(1)).ToHaveAttributeAsync("aria-selected", "true");

        Assert.EndsWith($"/conversations/{Staged(host).Docker}", page.Url, StringComparison.Ordinal);
        await Expect(field).ToBeVisibleAsync();
        await Expect(text).ToHaveValueAsync("ni hao");
    }

    [Fact]
    public async Task A_reply_whose_answer_fell_with_the_line_may_be_sent_again_and_is_there_once()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var line = await FallingLine.LayAsync(context);
        var page = await OpenAsync(context, host, Staged(host).Docker);
        var (text, send) = (page.Locator(".composer textarea"), page.Locator(".composer [type=submit]"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Take over" }).First.ClickAsync();
        await page.Locator(".composer .mode").First.ClickAsync();
        await Expect(text).ToBeFocusedAsync();
        await text.FillAsync("Tom stops nginx for you.");
        using var feed = host.Services.GetRequiredService<ILiveFeed>().Subscribe(TenantId.Default, 16);

        line.LoseAnswers();
        await send.ClickAsync();
        await feed.ReadAllAsync(Cancel).FirstAsync(live => live is LiveEvent.MessageChanged, Cancel);
        await Expect(send).ToBeDisabledAsync();
        await line.FallAsync();
        await Expect(send).ToBeEnabledAsync();
        await Expect(text).ToHaveValueAsync("Tom stops nginx for you.");
        await ConnectedAgainAsync(page);
        await send.ClickAsync();

        await Expect(text).ToHaveValueAsync("");
        await Expect(page.Locator("article.operator").Filter(new() { HasText = "Tom stops nginx for you." })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Older_messages_come_again_after_the_line_fell_while_some_were_asked_for()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var line = await FallingLine.LayAsync(context);
        var page = await OpenAsync(context, host, Staged(host).Archive);
        // A page is told that it was scrolled with the next frame it draws.
        const string Middle = "async () => { const scroller = document.querySelector('.scroller'); scroller.scrollTop = scroller.scrollHeight / 2; " + Told + " }";
        const string ToTop = "async () => { document.querySelector('.scroller').scrollTop = 0; " + Told + " }";
        const int First = DeskStage.ArchiveLength - 59;
        await Expect(Row(page, DeskStage.ArchiveLength)).ToBeInViewportAsync();

        await page.EvaluateAsync(Middle); // the reader left the end
        line.LoseAnswers();
        await page.EvaluateAsync(ToTop);
        await line.LostAsync(Cancel);
        await line.FallAsync();
        await ConnectedAgainAsync(page);
        await Expect(Row(page, First - 60)).ToBeAttachedAsync(); // what was drawn meanwhile is drawn again
        await page.EvaluateAsync(ToTop);

        await Expect(Row(page, First - 120)).ToBeAttachedAsync();
    }

    [Fact]
    public async Task A_console_that_gave_up_tries_again_when_the_network_is_back()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        await using var context = await browser.OpenAsync(new() { Locale = "en-US", ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, host, null);

        var tries = await page.EvaluateAsync<string>(
            """
            () => {
              const bar = document.getElementById('components-reconnect-modal'), tries = [0];
              Blazor.reconnect = async () => { tries[0]++; return true; };
              dispatchEvent(new Event('online'));
              tries.push(tries[0]);
              bar.classList.add('components-reconnect-failed');
              dispatchEvent(new Event('online'));
              return `${tries[1]}, then ${tries[0]}`;
            }
            """);

        Assert.Equal("0, then 1", tries); // not while Blazor still tries
    }

    private static StagedConversations Staged(ConsoleHost host) => host.Services.GetRequiredService<StagedConversations>();

    private static ILocator Row(IPage page, int number) => page.Locator($"[data-row=m{number}]");

    private static void Say(ConsoleHost host, int number)
    {
        var conversations = host.Services.GetRequiredService<InMemoryConversations>();
        var said = conversations.Say(Staged(host).Archive, AuthorKind.Person, "Long thread", $"Message {number} of a long afternoon.");
        host.Services.GetRequiredService<ILiveFeed>().Publish(new LiveEvent.MessageChanged(TenantId.Default, said));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task ConnectedAgainAsync(IPage page) => Expect(page.Locator("#components-reconnect-modal.components-reconnect-hide")).ToBeAttachedAsync();

    /// <summary>Opens a conversation, or the list of them, and waits until its scripts listen.</summary>
    private static async Task<IPage> OpenAsync(IBrowserContext context, ConsoleHost host, ConversationId? conversation)
    {
        context.SetDefaultTimeout(30_000);
        SetDefaultExpectTimeout(30_000);
        await context.AddInitScriptAsync("addEventListener('DOMContentLoaded', () => document.querySelectorAll('main').forEach(main => main.isStill = true));");
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(host.Address, conversation is null ? "conversations" : $"conversations/{conversation}").ToString());
        await page.WaitForFunctionAsync(
            "ready => { const main = document.querySelector('main'); return main && !main.isStill && main.querySelector(ready); }", conversation is null ? "[data-walk]" : ".scroller");
        return page;
    }
}
