using System.Net;
using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Playwright;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>
/// Every page, on a desk and on a phone, light and dark, in both languages, all eight of these: nothing serious for axe, nothing wider than the screen, nothing
/// too small to be touched, nothing on the browser's console, nothing untranslated. Pictures are left under <c>artifacts/looks</c>.
/// </summary>
public sealed partial class LooksTests(Chromium chromium)
{
    private const string Email = "ada@example.com";
    private const string Password = "correct horse battery staple";
    private const long Li = 4001;
    private const long Anna = 4002;
    private const long Tom = 4003;
    private const long Mei = 4005;

    private static readonly string Axe = Path.Combine(BuiltApp.Root, "Assistant.Web", "Client", "node_modules", "axe-core", "axe.min.js");

    [Fact]
    public async Task Every_page_is_fit_to_be_seen()
    {
        Assert.SkipUnless(File.Exists(Axe), "axe-core is missing: build the client first (dotnet build without SkipClientBuild).");
        var devices = new List<(PageInspector Inspector, IPage Page)>();
        var (axe, phrases) = (await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken), new PhraseCheck(BuiltApp.Root));
        foreach (var device in Look.Devices)
        {
            var page = await chromium.NewDeviceAsync(device);
            var inspector = new PageInspector(page, device, phrases, axe, Path.Combine(BuiltApp.Root, "artifacts", "looks"));
            inspector.Listen();
            devices.Add((inspector, page));
        }

        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();
        await EachAsync(devices, (inspector, _) => VisitAsStrangerAsync(inspector, house));
        var stage = await FillAsync(house, telegram);
        await EachAsync(devices, (inspector, page) => VisitSignedInAsync(inspector, page, house.Address, stage));

        var findings = devices.SelectMany(device => device.Inspector.Findings).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    private static async Task VisitAsStrangerAsync(PageInspector inspector, TestInstallation house)
    {
        var link = await Eventually.FindAsync("the set-up link", () => Task.FromResult(Link().Match(house.App.Output) is { Success: true } match ? match : null));
        await inspector.VisitAsync("setup-account", link.Value, then: async page =>
        {
            await page.GetByRole(AriaRole.Checkbox).CheckAsync();
            await page.Locator(".qr svg").WaitForAsync();
        });
        await inspector.VisitAsync("setup-spent", house.Address + "/setup?token=spent");
        await inspector.VisitAsync("sign-in", house.Address + "/account/sign-in", PageKind.Still);
        await inspector.VisitAsync("sign-in-failed", house.Address + "/account/sign-in?problem=failed&email=ada%40example.com", PageKind.Still);
        await inspector.VisitAsync("invitation-closed", house.Address + "/invitation/none", PageKind.Still);
        await inspector.VisitAsync("signed-out", house.Address + "/account/signed-out", PageKind.Still);
        await inspector.VisitAsync("access-denied", house.Address + "/account/access-denied", PageKind.Still);
        await inspector.VisitAsync("not-found-stranger", house.Address + "/no/such/page", isMissing: true);
        await inspector.VisitAsync("chat-empty", house.Address + "/chat/web", PageKind.OwnScript);
    }

    private static async Task VisitSignedInAsync(PageInspector inspector, IPage page, string address, Stage stage)
    {
        await page.GotoAsync($"{address}/account/sign-in?returnUrl=/account");
        await page.Locator("#email").FillAsync(Email);
        await page.Locator("#password").FillAsync(Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.ArriveAsync(address + "/account");
        foreach (var (name, path) in stage.Rooms)
        {
            await inspector.VisitAsync(name, address + path);
        }

        await inspector.VisitAsync("account-two-step", address + "/account", then: async account =>
        {
            await account.Locator("section[aria-labelledby=totp-title] button").First.ClickAsync();
            await account.Locator(".qr svg").WaitForAsync();
        });
        await inspector.VisitAsync("conversation-note", address + stage.Rooms.First(room => room.Name == "conversation").Path, then: async console =>
        {
            await new ConsolePage(console, address).BeAttentiveAsync();
            await console.Locator(".composer .mode").First.WaitForAsync();
            await console.Keyboard.PressAsync("n");
            await console.Locator(".composer.note textarea:focus").WaitForAsync();
        });
        await inspector.VisitAsync("connection-add-wrong", address + "/connections?add=telegram", then: async console =>
        {
            await console.Locator("#connection-name").FillAsync("Not a name");
            await console.Locator("#connection-name").BlurAsync();
            await console.GetByRole(AriaRole.Alert).WaitForAsync();
        });
        await inspector.VisitAsync("palette", address + "/connections", then: async console =>
        {
            await new ConsolePage(console, address).BeAttentiveAsync();
            await console.Keyboard.PressAsync("Control+k");
            await console.GetByRole(AriaRole.Option).Nth(1).WaitForAsync();
        });
        await inspector.VisitAsync("me-menu", address + "/connections", then: console => console.Locator("details.me > summary").ClickAsync());
        await inspector.VisitAsync("key-sheet", address + "/connections", then: async console =>
        {
            await console.Locator("details.me > summary").ClickAsync();
            await console.Locator("[data-press='?']").ClickAsync();
            await console.GetByRole(AriaRole.Dialog).WaitForAsync();
        });
        if (inspector.IsPhone)
        {
            await inspector.VisitAsync("more-rooms", address + "/people", then: console => console.Locator(".more > summary").ClickAsync());
        }

        await inspector.VisitAsync("not-found", address + "/no/such/page", isMissing: true);
        await inspector.VisitAsync("chat", address + "/chat/site", PageKind.OwnScript, then: async chat =>
        {
            await chat.Locator("textarea").FillAsync("Is my parcel on its way? 我的包裹到哪里了？");
            await chat.Locator("textarea").PressAsync("Enter");
            await chat.Locator(".log .balloon").Nth(1).WaitForAsync();
        });
        // A page of our own address: browsers keep outside ones away from a server on this machine.
        var shop = $"{address}/shop.html";
        await page.RouteAsync(shop, route => route.FulfillAsync(new()
        {
            ContentType = "text/html; charset=utf-8",
            Body = $"<!doctype html><html lang=\"en\"><meta name=\"viewport\" content=\"width=device-width\"><title>Shop</title><style>:root {{ color-scheme: light dark }} body {{ background: Canvas }}</style><main><h1>Shop</h1></main><script src=\"{address}/chat/site/widget.js\"></script></html>",
        }));
        await inspector.VisitAsync("widget", shop, PageKind.OwnScript, then: async host =>
        {
            await host.Locator("assistant-chat button").ClickAsync();
            await host.FrameLocator("assistant-chat iframe").Locator("textarea").WaitForAsync();
        });
    }

    /// <summary>An installation in use: talks, a take-over, a note, a failed send, somebody at the door, an engine that is down.</summary>
    private static async Task<Stage> FillAsync(TestInstallation house, TelegramEmulator telegram)
    {
        var (code, output) = await house.RunAsync(["users", "create", "--email", Email, "--role", "owner", "--password-stdin"], Password);
        Assert.True(code == 0, output);
        await house.RunAsync(["tenants", "create", "--name", "annex", "--display-name", "The annex"]);
        await house.RunAsync(["users", "grant", "--email", Email, "--role", "auditor", "--tenant", "annex"]);
        await house.RunAsync(["roles", "save", "--name", "front-desk", "--permissions", "conversations.read,conversations.reply,people.read"]);
        await house.RunAsync(["users", "create", "--email", "bob@example.com", "--role", "front-desk", "--password-stdin"], Password);
        using var api = await house.CreateApiAsync("admin");
        var settings = new { token = telegram.Token, apiBaseUrl = telegram.BaseUrl, mode = "polling" };
        await api.PutAsync("channels/tg", new { type = "telegram", displayName = "Support bot", access = "open", settings });
        await api.PutAsync("channels/tg-family", new { type = "telegram", displayName = "Family", access = "allowlist", settings = new { token = "7001:not-the-token", apiBaseUrl = telegram.BaseUrl } });
        await api.PutAsync("channels/site", new { type = "webchat", displayName = "Website", access = "open", settings = new { title = "Support", allowedOrigins = "https://shop.example" } });
        await api.PutAsync("engines/own", new { type = "embedded", order = 1, settings = new { } });
        await api.PutAsync("engines/local", new { type = "ollama", order = 2, settings = new { baseUrl = "http://127.0.0.1:9", model = "qwen3" } });

        telegram.Say(Li, "Remember that the **gate code** is 4711, and tell me:\n1. what you know about the boiler\n2. when somebody comes to look at it");
        telegram.Say(Anna, "我的包裹什么时候到？请帮我查一下，订单号是 20261123，谢谢！");
        telegram.Say(Tom, "hello");
        await telegram.WaitAsync(t => t.SaidBy(Li).Count > 0 && t.SaidBy(Anna).Count > 0 && t.SaidBy(Tom).Count > 0, TestContext.Current.CancellationToken);
        var conversations = (await api.GetAsync("conversations"))["items"]!.AsArray();
        var ids = await Task.WhenAll(new[] { Li, Anna, Tom }.Select(async person => (await FindAsync(api, conversations, person))));
        await DoAsync(api, $"conversations/{ids[0]}/takeover");
        await DoAsync(api, $"conversations/{ids[0]}/notes", new { markdown = "A good customer: be *kind*." });
        await DoAsync(api, $"conversations/{ids[0]}/reply", new { markdown = "Tom comes tomorrow at nine.\n\n```\nboiler --status\n```" });
        await DoAsync(api, $"conversations/{ids[2]}/takeover");
        telegram.Block(Tom);
        await DoAsync(api, $"conversations/{ids[2]}/reply", new { markdown = "Hello Tom!" });
        await api.FindAsync("deadletters", "the send that failed", _ => true);
        var held = await HoldBackAsync(api, telegram, ids);
        await api.PutAsync("channels/tg", new { type = "telegram", displayName = "Support bot", access = "pairing", settings = new { apiBaseUrl = telegram.BaseUrl, mode = "polling" } });
        telegram.Say(4004, "Let me in, please");
        await api.FindAsync("people/pairing", "the stranger's request", _ => true);
        var person = (string)(await api.GetAsync("people"))["items"]![0]!["id"]!;
        return new Stage(
        [
            ("conversations", "/conversations"), ("conversation", $"/conversations/{ids[0]}"), ("conversation-zh", $"/conversations/{ids[1]}"),
            ("conversation-failed", $"/conversations/{ids[2]}"), ("conversation-held", $"/conversations/{held}"), ("conversations-waiting", "/conversations?view=waiting"),
            ("people", "/people"), ("person", $"/people/{person}"), ("forget-person", $"/forgetting/person/{person}"), ("forgotten", "/forgetting"), ("connections", "/connections"), ("connection", "/connections?open=tg"),
            ("connection-add", "/connections?add=telegram"), ("engines", "/engines"), ("engine", "/engines?open=local"), ("engine-add", "/engines?add=openai"),
            ("dead-letters", "/dead-letters"), ("audit", "/audit"), ("audit-event", "/audit/3"), ("members", "/members"), ("roles", "/members/roles"), ("tenants", "/members/tenants"), ("set-up", "/set-up"), ("setup-engine", "/setup/engine"),
            ("setup-messenger", "/setup/messenger"), ("setup-access", "/setup/access"), ("setup-done", "/setup/done"), ("account", "/account"), ("act-closed", "/act/none"),
        ]);
    }

    /// <summary>A reply on its way that a take-over stops: the messenger had asked for patience.</summary>
    /// <returns>Its conversation.</returns>
    private static async Task<string> HoldBackAsync(ApiClient api, TelegramEmulator telegram, string[] others)
    {
        telegram.Fail("sendMessage", TelegramFault.TooMany(seconds: 3600));
        telegram.Say(Mei, "Remember that I am on holiday until Monday.");
        var conversation = await api.FindAsync("conversations", "her conversation", item => !others.Contains((string)item["id"]!));
        var id = (string)conversation["id"]!;
        await api.FindAsync($"conversations/{id}/messages", "the reply on its way", item => (string)item["author"]! == "assistant");
        await DoAsync(api, $"conversations/{id}/takeover");
        return id;
    }

    private static async Task<string> FindAsync(ApiClient api, System.Text.Json.Nodes.JsonArray conversations, long person)
    {
        foreach (var conversation in conversations)
        {
            var id = (string)conversation!["id"]!;
            var text = (await api.GetAsync($"conversations/{id}/messages")).ToJsonString();
            if (text.Contains(person switch { Li => "4711", Anna => "20261123", _ => "\"hello\"" }, StringComparison.Ordinal))
            {
                return id;
            }
        }

        throw new InvalidOperationException($"{person} has no conversation.");
    }

    private static async Task DoAsync(ApiClient api, string path, object? body = null)
    {
        var (status, answer) = await api.PostAsync(path, body);
        Assert.True(status < HttpStatusCode.BadRequest, $"{path}: {status} {answer}");
    }

    // More than one at a time: one draws while another is served.
    private static Task EachAsync(IEnumerable<(PageInspector Inspector, IPage Page)> devices, Func<PageInspector, IPage, Task> visit)
        => Parallel.ForEachAsync(devices, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (device, _) => await visit(device.Inspector, device.Page));

    private sealed record Stage(IReadOnlyList<(string Name, string Path)> Rooms);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/setup\?token=\S+")]
    private static partial Regex Link();
}
