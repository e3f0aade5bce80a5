using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Web.Tests.Hubs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <summary>The page as a person meets it, in a real browser. ASSISTANT_TEST_PICTURES names a folder for pictures of it.</summary>
public sealed partial class ChatPageBrowserTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly UserRef Anna = new(new UserId(Guid.CreateVersion7()), "Anna");

    [Theory]
    [InlineData("en", ColorScheme.Light, 1440, 900)]
    [InlineData("en", ColorScheme.Dark, 1440, 900)]
    [InlineData("zh-CN", ColorScheme.Light, 1440, 900)]
    [InlineData("zh-CN", ColorScheme.Dark, 1440, 900)]
    [InlineData("en", ColorScheme.Light, 390, 844)]
    [InlineData("en", ColorScheme.Dark, 390, 844)]
    [InlineData("zh-CN", ColorScheme.Light, 390, 844)]
    [InlineData("zh-CN", ColorScheme.Dark, 390, 844)]
    public async Task The_page_fits_every_size_theme_and_language(string locale, ColorScheme theme, int width, int height)
    {
        var isChinese = locale.StartsWith("zh", StringComparison.Ordinal);
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync(new()
        {
            Locale = locale, ColorScheme = theme, ViewportSize = new() { Width = width, Height = height }, IsMobile = width < 500, HasTouch = width < 500,
        });
        var (page, faults) = await OpenAsync(context, house);
        var name = $"{locale}-{theme}-{width}".ToLowerInvariant();

        await Expect(page.GetByText(isChinese ? "由助手回答" : "The assistant answers")).ToBeVisibleAsync();
        await TakeAsync(page, $"{name}-1-fresh");
        await SayAsync(page, isChinese ? "你好，我的订单在哪里？" : "Hello! Where is my order? https://shop.example/orders/4711");
        var conversation = await FirstConversationAsync(house);
        house.Book.Answer(conversation, isChinese ? ChineseAnswer : EnglishAnswer);
        await Expect(page.Locator("li.assistant table")).ToBeVisibleAsync();
        house.Book.Add(conversation, AuthorKind.Person, "", new string('W', 300));
        house.Book.Change(conversation, c => c with { Operator = Anna });
        house.Book.Add(conversation, AuthorKind.Operator, "Anna", isChinese ? "我来帮您查一下。" : "Let me look that up for you.", DeliveryState.Sent);
        house.Book.Answer(conversation, isChinese ? "您想现在取消吗？" : "Do you want to cancel it now?",
            buttons: [new(isChinese ? "是，取消订单" : "Yes, cancel it", "y"), new(isChinese ? "否" : "No", "n")]);
        await Expect(page.Locator(".buttons button").First).ToBeEnabledAsync();
        await page.WaitForFunctionAsync("() => { const m = document.getElementById('chat-main'); return m.scrollHeight - m.scrollTop - m.clientHeight < 2; }");
        await TakeAsync(page, $"{name}-2-thread");
        house.Feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, conversation, Guid.CreateVersion7(), isChinese ? "正在**查询**您的" : "I am **looking** up"));
        await Expect(page.Locator(".writing strong")).ToBeVisibleAsync();
        await page.Locator(".menu summary").ClickAsync();
        await TakeAsync(page, $"{name}-3-menu");

        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
        Assert.True(await page.EvaluateAsync<bool>("() => { const m = document.getElementById('chat-main'); return m.scrollWidth <= m.clientWidth; }"), "The log is wider than its place.");
        Assert.True(await page.EvaluateAsync<bool>("() => parseFloat(getComputedStyle(document.querySelector('textarea')).fontSize) >= 16"), "A phone would zoom in.");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Only_the_log_scrolls_however_much_is_said()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var (page, faults) = await OpenAsync(context, house);
        await SayAsync(page, "message 1");
        var conversation = await FirstConversationAsync(house);

        for (var number = 2; number <= 10; number++)
        {
            house.Book.Answer(conversation, $"An answer.\n\nAnd more of it, before message {number}.");
            house.Book.Add(conversation, AuthorKind.Person, "", $"message {number}");
        }

        await Expect(page.Locator(".log li")).ToHaveCountAsync(19);
        Assert.True(await page.EvaluateAsync<bool>("() => { const m = document.getElementById('chat-main'); return m.scrollHeight > m.clientHeight; }"), "Nothing scrolls: too little was said.");
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollHeight === innerHeight"), "The page is higher than the window.");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_very_low_window_shows_what_is_said_and_a_keyboard_reaches_all_of_it()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 320, Height = 256 } });
        var (page, faults) = await OpenAsync(context, house);

        await page.GetByRole(AriaRole.Button, new() { Name = "Where is my order?" }).PressAsync("Enter");
        await Expect(page.Locator(".chips")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Message" })).ToBeFocusedAsync();
        house.Book.Answer(await FirstConversationAsync(house), EnglishAnswer);

        await Expect(page.Locator("li.assistant table")).ToHaveAttributeAsync("tabindex", "0");
        Assert.InRange(await page.EvaluateAsync<int>("() => document.getElementById('chat-main').clientHeight"), 120, 256);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Two_devices_stay_in_step_and_a_reply_grows_in_place()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var first = await browser.OpenAsync();
        await using var second = await browser.OpenAsync();
        var (desk, faults) = await OpenAsync(first, house);
        await SayAsync(desk, "hello");
        var conversation = await FirstConversationAsync(house);

        await desk.Locator(".menu summary").ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Go on with another device" }).ClickAsync();
        var phone = await second.NewPageAsync();
        await phone.GotoAsync(await desk.Locator(".pass input").InputValueAsync());
        await Expect(phone.Locator("li.you").GetByText("hello")).ToBeVisibleAsync();
        Assert.DoesNotContain("pass", phone.Url, StringComparison.Ordinal);
        var turn = Guid.CreateVersion7();
        house.Feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, conversation, turn, "one **two**"));
        await Expect(desk.Locator(".writing strong")).ToHaveTextAsync("two");
        house.Book.Answer(conversation, "one **two** three", turn);

        foreach (var page in new[] { desk, phone })
        {
            await Expect(page.Locator("li.assistant .balloon")).ToHaveTextAsync("one two three");
            await Expect(page.Locator(".writing")).ToBeHiddenAsync();
        }

        await SayAsync(phone, "from the phone");
        await Expect(desk.Locator("li.you").GetByText("from the phone")).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task What_is_written_without_a_line_is_sent_once_when_it_is_back()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, house);
        await SayAsync(page, "first");
        var conversation = await FirstConversationAsync(house);

        house.Book.NextLostAnswer = new InvalidOperationException("The answer is lost.");
        await SayAsync(page, "second");
        await SayAsync(page, "third");
        await page.ReloadAsync();
        await Expect(page.Locator("li.you")).ToHaveCountAsync(3);
        house.Book.Answer(conversation, "all here");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);

        Assert.Equal(["first", "second", "third"], house.Book.Messages(conversation).Where(m => m.Author == AuthorKind.Person).Select(m => m.Body.Markdown));
    }

    [Fact]
    public async Task Who_does_not_ask_to_be_remembered_is_not()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync();
        var (page, _) = await OpenAsync(context, house);
        await SayAsync(page, "hello");
        house.Book.Answer(await FirstConversationAsync(house), "hi");
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);

        var (stranger, _) = await OpenAsync(context, house);
        await Expect(stranger.GetByText("The assistant answers")).ToBeVisibleAsync();
        await Expect(stranger.Locator(".log li")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        var (known, _) = await OpenAsync(context, house);

        await Expect(known.Locator("li.assistant")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData("en", "This conversation was forgotten")]
    [InlineData("zh-CN", "此对话已被遗忘")]
    public async Task A_page_whose_visitor_is_forgotten_begins_anew_by_itself_and_keeps_nothing(string locale, string told)
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var context = await browser.OpenAsync(new() { Locale = locale });
        var (page, faults) = await OpenAsync(context, new Uri(house.Address, "/chat/sealed"));
        await SayAsync(page, "my secret");
        house.Book.Answer(await FirstConversationAsync(house), "noted");
        await page.Locator(".ask:visible .plain").First.ClickAsync(); // remember me on this device
        await page.ReloadAsync();
        await Expect(page.Locator("li.assistant")).ToHaveCountAsync(1);
        var before = await page.EvaluateAsync<string>("() => localStorage.getItem('assistant-chat/sealed/token')");
        Assert.True(await HasDeviceKeyAsync(page));

        house.Book.Forget(await FirstConversationAsync(house));

        await Expect(page.Locator(".notice")).ToContainTextAsync(told);
        await Expect(page.Locator(".log li")).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync("before => (sessionStorage.getItem('assistant-chat/sealed/token') ?? before) !== before", before);
        Assert.Null(await page.EvaluateAsync<string?>("() => localStorage.getItem('assistant-chat/sealed/token')"));
        Assert.False(await HasDeviceKeyAsync(page));
        await SayAsync(page, "somebody new");
        await Expect(page.Locator(".notice")).ToBeHiddenAsync();
        Assert.Equal(2, house.Book.Accepted.Select(message => message.Chat).Distinct().Count());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task An_allowed_site_embeds_the_chat_with_one_line_and_sees_what_is_unread()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var site = await StartSiteAsync(house.Address, "shop");
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("shop"), Settings = new SettingValues([new("allowedOrigins", site.Urls.First())]) });
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 760 } });
        var (page, faults) = await OpenAsync(context, new Uri(site.Urls.First()));

        await page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        var frame = page.FrameLocator("iframe");
        await frame.GetByLabel("Message").FillAsync("hello from the shop");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        var conversation = await FirstConversationAsync(house);
        await TakeAsync(page, "widget-open");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();
        house.Book.Answer(conversation, "an answer");

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open chat (1 unread)" })).ToBeVisibleAsync();
        await TakeAsync(page, "widget-unread");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open chat (1 unread)" }).ClickAsync();
        await frame.GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open chat", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_site_that_is_not_allowed_gets_an_empty_frame()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        await using var site = await StartSiteAsync(house.Address, "web");
        await using var context = await browser.OpenAsync();
        var (page, faults) = await OpenAsync(context, new Uri(site.Urls.First()));

        await page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        await page.WaitForConsoleMessageAsync(new() { Predicate = message => message.Text.Contains("list of sites that may embed it", StringComparison.Ordinal) });

        Assert.Contains(faults, fault => fault.Contains("frame-ancestors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_that_names_the_chats_key_is_given_that_chat_or_none()
    {
        await using var house = await ChatHouse.StartAsync(isReal: true);
        var shop = ChatHouse.Sealed with { Id = new ConnectionId("shop") };
        var pair = house.Agreement.Create();
        await house.Identities.AddAsync(shop, pair.Private, TestContext.Current.CancellationToken);
        await using var right = await StartSiteAsync(house.Address, "shop", ChatIdentity.Of(pair).Key);
        await using var wrong = await StartSiteAsync(house.Address, "shop", ChatIdentity.Of(house.Agreement.Create()).Key);
        await house.AddAsync(shop with { Settings = new SettingValues([new("allowedOrigins", $"{right.Urls.First()} {wrong.Urls.First()}")]) });
        await using var context = await browser.OpenAsync(new() { ViewportSize = new() { Width = 1000, Height = 760 } });

        var (refused, _) = await OpenAsync(context, new Uri(wrong.Urls.First()));
        await refused.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        var doubt = refused.FrameLocator("iframe").GetByRole(AriaRole.Alertdialog);
        await Expect(doubt).ToContainTextAsync("is not the one you were given with the link or page");
        await Expect(doubt.GetByRole(AriaRole.Button)).ToHaveCountAsync(0); // no way around
        await Expect(refused.FrameLocator("iframe").GetByRole(AriaRole.Textbox, new() { Name = "Message" })).ToBeHiddenAsync();
        await TakeAsync(refused, "widget-wrong-key");
        Assert.Empty(house.Book.Accepted);

        var (page, faults) = await OpenAsync(context, new Uri(right.Urls.First()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        await page.FrameLocator("iframe").GetByLabel("Message").FillAsync("hello, whoever holds the key");
        await page.FrameLocator("iframe").GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        var said = house.Book.Messages(await FirstConversationAsync(house));
        Assert.Equal("hello, whoever holds the key", Assert.Single(said).Body.Markdown);
        Assert.Empty(faults);
    }

    /// <param name="page">Makes the site's page of the element that embeds the chat.</param>
    private static async Task<WebApplication> StartSiteAsync(Uri house, string connection, string? key = null, Func<string, string>? page = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        var script = $"<script src=\"{new Uri(house, $"/chat/{connection}/widget.js")}\"{(key is null ? "" : $" data-key=\"{key}\"")} async></script>";
        site.MapGet("/", () => Results.Text(page?.Invoke(script) ?? $"<!doctype html><title>Shop</title><h1>A shop</h1>{script}", "text/html"));
        site.MapGet("/favicon.ico", () => Results.NoContent());
        await site.StartAsync();
        return site;
    }

    private static Task<(IPage Page, List<string> Faults)> OpenAsync(IBrowserContext context, ChatHouse house) => OpenAsync(context, new Uri(house.Address, "/chat/web"));

    private static async Task<(IPage Page, List<string> Faults)> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                faults.Add(message.Text);
            }
        };
        page.PageError += (_, error) => faults.Add(error);
        await page.GotoAsync(address.ToString());
        return (page, faults);
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }).Or(page.GetByRole(AriaRole.Textbox, new() { Name = "消息" })).FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("li.you .balloon:not(.waiting)").GetByText(text)).ToBeVisibleAsync();
    }

    private static Task<bool> HasDeviceKeyAsync(IPage page) => page.EvaluateAsync<bool>(
        """
        () => new Promise((done, failed) => {
          const open = indexedDB.open('assistant-chat', 1);
          open.onerror = () => failed(open.error);
          open.onsuccess = () => {
            const found = open.result.transaction('keys').objectStore('keys').count('device/sealed');
            found.onsuccess = () => (open.result.close(), done(found.result > 0));
          };
        })
        """);

    private static async Task<ConversationId> FirstConversationAsync(ChatHouse house)
    {
        for (var i = 0; i < 500 && house.Book.Accepted.Count == 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var said = house.Book.Accepted[0];
        return (await house.Book.FindByChatAsync(said.Connection, said.Chat, TestContext.Current.CancellationToken))!.Value;
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("ASSISTANT_TEST_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"chat-{name}.png") });
        }
    }

    private const string EnglishAnswer = """
        Your order **4711** left the warehouse on *Monday*. Here is where it is:

        | Station | Arrived | Note |
        |---|---|---|
        | Hamburg | Mon 18:02 | sorted |
        | Leipzig | Tue 03:40 | waiting for the next lorry to the south |

        - track it at https://track.example/4711
        - or ask for a person

        ```sh
        curl https://track.example/api/v1/parcels/4711?with=history&format=json&a-very-long-line=yes
        ```
        """;

    private const string ChineseAnswer = """
        您的订单 **4711** 已于*星期一*发出，当前位置如下：

        | 站点 | 到达时间 | 备注 |
        |---|---|---|
        | 汉堡 | 周一 18:02 | 已分拣 |
        | 莱比锡 | 周二 03:40 | 等待发往南部的下一班货车 |

        - 查询地址：https://track.example/4711
        - 也可以请求人工服务
        """;
}
