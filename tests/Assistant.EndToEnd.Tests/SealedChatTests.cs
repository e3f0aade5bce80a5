using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Ai;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The web chat through a proxy that ends TLS: what it reads is ciphertext, what it changes is noticed.</summary>
public sealed partial class SealedChatTests(Chromium chromium, SharedHouse shared) : IClassFixture<SharedHouse>
{
    private const int Turns = 10;
    private const int CanariesPerTurn = 5;
    private static readonly Regex Told = new("^Remember that the gate code is 4711\\.$");
    private static readonly Regex Asked = new("^What is the gate code\\?$");
    private static readonly Regex Code = new("4711");
    private static readonly Regex Anything = new(".");

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // long polling
    public async Task A_proxy_sees_none_of_a_hundred_canaries(bool withoutWebSockets)
    {
        var (proxy, _, token) = await ConverseAsync("required", withoutWebSockets);
        await using (proxy)
        {
            Assert.Contains(proxy.Seen, seen => seen.Contains(withoutWebSockets ? "POST /hubs/chat?id=" : "ws://127.0.0.1", StringComparison.Ordinal));
            Assert.Contains(proxy.Seen, seen => seen.Contains("\"target\":\"Frame\"", StringComparison.Ordinal));
            Assert.Empty(CanariesIn(proxy.Seen));
            Assert.DoesNotContain(proxy.Seen, seen => seen.Contains(token, StringComparison.Ordinal));
        }
    }

    [Fact] // what shows that the test above would see them
    public async Task Without_encryption_the_same_proxy_sees_them_all()
    {
        var (proxy, said, token) = await ConverseAsync("off", withoutWebSockets: false);
        await using (proxy)
        {
            Assert.Equal(2 * Turns * CanariesPerTurn, said.Count);
            Assert.Contains(proxy.Seen, seen => seen.Contains(token, StringComparison.Ordinal));
            Assert.Equal(said.Order(StringComparer.Ordinal), CanariesIn(proxy.Seen).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("alter", "Up")]
    [InlineData("alter", "Down")]
    [InlineData("drop", "Up")]
    [InlineData("drop", "Down")]
    [InlineData("replay", "Up")]
    [InlineData("replay", "Down")]
    [InlineData("reorder", "Up")]
    [InlineData("reorder", "Down")]
    public async Task A_proxy_that_changes_what_it_passes_on_is_noticed_and_nothing_is_lost_or_shown_twice(string harm, string way)
    {
        var page = await chromium.NewTrustingDeviceAsync();
        var house = await shared.OpenAsync(StartAsync);
        await using var proxy = await RecordingProxy.StartAsync(house.Address);
        var chat = await ChatPage.OpenAsync(page, proxy.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);
        await Expect(chat.Tampered).ToBeHiddenAsync();

        var done = Harm(proxy, harm, Enum.Parse<Way>(way));
        await chat.SayAsync("What is the gate code?");

        await Expect(chat.Tampered).ToContainTextAsync("changed, repeated or held back");
        await chat.ShowsAsync(Told, Anything, Asked, Code);
        Assert.True(done());
        await page.GetByRole(AriaRole.Button, new() { Name = "Understood" }).ClickAsync();
        await Expect(chat.Tampered).ToBeHiddenAsync();
        await chat.SayAsync("What is the gate code?");
        await chat.ShowsAsync(Told, Anything, Asked, Code, Asked, Code);
        await Expect(chat.Tampered).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Another_key_stops_everything_until_the_person_accepts_it()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await StartAsync();
        var chat = await ChatPage.OpenAsync(page, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);
        await chat.OpenMenuAsync();
        var before = await chat.SafetyNumber.InnerTextAsync();
        Assert.Matches("^\\d{5}( \\d{5}){5}$", before);

        await house.KillAsync();
        await ForgetKeysAsync(house);
        await house.StartAsync();
        await chat.ReloadAsync();

        await Expect(chat.Doubt).ToContainTextAsync("is not the one it had before");
        await Expect(chat.Doubt).Not.ToContainTextAsync(before);
        await Expect(chat.Composer).ToBeHiddenAsync();
        await Expect(chat.Said).ToHaveCountAsync(0);
        await chat.Doubt.GetByRole(AriaRole.Button).ClickAsync();
        await chat.ShowsAsync(Told, Anything);
        await chat.SayAsync("What is the gate code?");
        await chat.ShowsAsync(Told, Anything, Asked, Code);
        await chat.ReloadAsync();
        await chat.ShowsAsync(Told, Anything, Asked, Code);
        await Expect(chat.Doubt).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_key_replaced_in_the_console_under_proof_warns_who_wrote_before()
    {
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync("ada@example.com", "owner");
        await house.StartAsync();
        var visitor = await chromium.NewDeviceAsync();
        var chat = await ChatPage.OpenAsync(visitor, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);
        await chat.OpenMenuAsync();
        var before = await chat.SafetyNumber.InnerTextAsync();
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync("ada@example.com", TestInstallation.Password, "/account");
        var app = await SecondStep.TurnOnAsync(desk);

        await desk.OpenAsync("/connections?open=desk");
        await desk.PressAsync("Replace the key…");
        await desk.PressAsync("Replace the key");
        await Expect(desk.Page.GetByText($"Replace the key of the chat \u2068desk\u2069, whose safety number is \u2068{before}\u2069.")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator(".chat-number").First).ToHaveTextAsync(before);
        await desk.Page.Locator("#step-up-code").FillAsync(await app.NextCodeAsync());
        await desk.PressAsync("Confirm");
        await Expect(desk.Page.GetByText("The key is replaced.")).ToBeVisibleAsync();
        var after = await desk.Page.Locator(".chat-number").First.InnerTextAsync();
        Assert.NotEqual(before, after);

        await chat.ReloadAsync();
        await Expect(chat.Doubt).ToContainTextAsync("is not the one it had before");
        await Expect(chat.Doubt).ToContainTextAsync(after);
        await Expect(chat.Composer).ToBeHiddenAsync();
        await chat.Doubt.GetByRole(AriaRole.Button).ClickAsync();
        await chat.ShowsAsync(Told, Anything);
        using var api = await house.CreateApiAsync("auditor");
        var events = (await api.GetAsync("audit?action=connection.key"))["items"]!.AsArray();
        Assert.Equal((before, after), ((string)Assert.Single(events)!["details"]!["from"]!, (string)events[0]!["details"]!["to"]!));
    }

    [Fact]
    public async Task A_link_with_the_key_opens_that_chat_or_none()
    {
        var (first, second, third) = (await chromium.NewDeviceAsync(), await chromium.NewDeviceAsync(), await chromium.NewDeviceAsync());
        var house = await shared.OpenAsync(StartAsync);
        var chat = await ChatPage.OpenAsync(first, house.Address + "/chat/desk");
        await chat.SayAsync("Remember that the gate code is 4711.");
        await chat.ShowsAsync(Told, Anything);

        var link = await chat.MakeLinkAsync();
        Assert.Matches("#key=[\\w-]{43}&pass=[\\w-]+$", link);
        var other = await ChatPage.OpenAsync(second, link);
        await other.ShowsAsync(Told, Anything);
        await other.OpenMenuAsync();
        await Expect(other.SafetyNumber).ToHaveTextAsync(await chat.SafetyNumber.InnerTextAsync());
        await Expect(second.GetByText("This is the key you were given")).ToBeVisibleAsync();
        await second.GetByRole(AriaRole.Button, new() { Name = "Show as a code to scan" }).ClickAsync();
        var code = second.GetByRole(AriaRole.Img, new() { Name = "Code with the address and key of this chat" });
        await Expect(code).ToBeVisibleAsync();
        Assert.InRange((await code.BoundingBoxAsync())!.Width, 150, 300); // a camera has to be able to read it

        var wrong = await ChatPage.OpenAsync(third, $"{house.Address}/chat/desk#key={new string('A', 43)}");
        await RefusesAsync(wrong);
        await wrong.ReloadAsync();
        await RefusesAsync(wrong);

        static async Task RefusesAsync(ChatPage chat)
        {
            await Expect(chat.Doubt).ToContainTextAsync("is not the one you were given");
            await Expect(chat.Doubt.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
            await Expect(chat.Composer).ToBeHiddenAsync();
        }
    }

    private static async Task<TestInstallation> StartAsync()
    {
        var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.StartAsync();
        return house;
    }

    /// <summary>Canaries both ways, then the page anew, which reads them all again.</summary>
    /// <returns>The token is what opens the visitor's conversation.</returns>
    private async Task<(RecordingProxy Proxy, IReadOnlyList<string> Said, string Token)> ConverseAsync(string encryption, bool withoutWebSockets)
    {
        var page = await chromium.NewTrustingDeviceAsync();
        await using var engine = await EngineEmulator.StartAsync();
        var asked = Enumerable.Range(0, Turns).Select(_ => Canaries('q')).ToList();
        var answered = Enumerable.Range(0, Turns).Select(_ => Canaries('a')).ToList();
        answered.ForEach(canaries => engine.Streams([.. canaries.Select(canary => canary + " ")]));
        await using var house = await TestInstallation.CreateAsync(config: Config.WebChat(engine, encryption));
        await house.StartAsync();
        var proxy = await RecordingProxy.StartAsync(house.Address);
        proxy.RefusesWebSockets = withoutWebSockets;
        var chat = await ChatPage.OpenAsync(page, proxy.Address + "/chat/desk");
        for (var turn = 0; turn < Turns; turn++)
        {
            await chat.SayAsync(string.Join(' ', asked[turn]));
            await chat.ShowsAsync(chat.ByAssistant, answered[turn][^1]);
        }

        await Expect(chat.Said).ToHaveCountAsync(2 * Turns);
        await chat.ReloadAsync();
        await Expect(chat.Said).ToHaveCountAsync(2 * Turns);
        var token = await page.EvaluateAsync<string>("Object.entries(sessionStorage).find(([name]) => name.endsWith('/token'))[1]");
        return (proxy, [.. asked.Concat(answered).SelectMany(canaries => canaries)], token);
    }

    private static string[] Canaries(char who)
        => [.. Enumerable.Range(0, CanariesPerTurn).Select(_ => $"canary{who}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}")];

    /// <summary>The canaries a reader finds, also in what is only written in base64.</summary>
    private static IEnumerable<string> CanariesIn(IReadOnlyCollection<string> seen)
        => seen.SelectMany(text => Canary().Matches(text).Concat(Base64().Matches(text).SelectMany(match => Canary().Matches(Decoded(match.Value)))))
            .Select(match => match.Value).Distinct();

    private static string Decoded(string base64)
    {
        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) ? Encoding.Latin1.GetString(buffer, 0, length) : "";
    }

    /// <summary>Does the harm once, to frames of one way.</summary>
    /// <returns>Whether it was done.</returns>
    private static Func<bool> Harm(RecordingProxy proxy, string harm, Way way)
    {
        var gate = new Lock();
        var isDone = false;
        string? held = null;
        proxy.Do((passing, record) =>
        {
            lock (gate)
            {
                if (isDone || passing != way || !record.Contains("\"target\":\"Frame\"", StringComparison.Ordinal))
                {
                    return [record];
                }

                if (harm == "reorder" && held is null)
                {
                    held = record;
                    return [];
                }

                isDone = true;
                return harm switch
                {
                    "alter" => [Altered(record)],
                    "drop" => [],
                    "replay" => [record, record],
                    "reorder" => [record, held!],
                    _ => throw new ArgumentOutOfRangeException(nameof(harm), harm, null),
                };
            }
        });
        return () => isDone;
    }

    private static string Altered(string record)
    {
        var message = JsonNode.Parse(record)!;
        var frame = Convert.FromBase64String((string)message["arguments"]![0]!);
        frame[frame.Length / 2] ^= 1;
        message["arguments"]![0] = Convert.ToBase64String(frame);
        return message.ToJsonString();
    }

    // As if the chat had been set up anew, or somebody else answered in its name.
    private static async Task ForgetKeysAsync(TestInstallation house)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = database.CreateCommand();
        command.CommandText = "DELETE FROM chat_identities WHERE connection_id = 'desk'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("canary[qa][0-9a-f]{16}")]
    private static partial Regex Canary();

    [GeneratedRegex("[A-Za-z0-9+/]{24,}={0,2}")]
    private static partial Regex Base64();
}
