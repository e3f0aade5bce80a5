using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramWebhookTests
{
    private const string Update = """
        {"update_id":800001,"message":{"message_id":11,"from":{"id":5001,"is_bot":false,"first_name":"Lin"},
        "chat":{"id":5001,"type":"private"},"date":1767225600,"text":"hello 👋","entities":[{"type":"mention","offset":0,"length":3}]}}
        """;

    private const string Press = """
        {"update_id":800002,"callback_query":{"id":"q1","from":{"id":5001,"is_bot":false,"first_name":"Lin"},"data":"yes:1","chat_instance":"1",
        "message":{"message_id":12,"chat":{"id":-77,"type":"group","title":"Lobby"},"date":1767225600,"text":"Sure?",
        "reply_markup":{"inline_keyboard":[[{"text":"Yes","callback_data":"yes:1"}]]}}}}
        """;

    private IChannelSession? _session;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_verified_update_is_stored_then_acknowledged()
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);

        var reply = await ReceiveAsync(rig, Update);

        Assert.Equal(200, reply.Status);
        Assert.Equal("7000/5001:11", Assert.Single(rig.Gateway.Stored).ExternalMessageId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("7000:emulated-token")]
    [InlineData("密")]
    public async Task Without_the_secret_nothing_is_even_parsed(string? secret)
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);

        foreach (var body in new[] { Update, "{" })
        {
            Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, body, secret));
        }

        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_polling_connection_takes_no_callbacks()
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: false);

        Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, Update));
    }

    [Fact]
    public void The_secret_is_stable_its_own_and_of_the_form_telegram_allows()
    {
        var settings = TelegramSettings.Read(new([new("token", "7000:emulated-token")]));
        var other = TelegramSettings.Read(new([new("token", "7000:another-token")]));

        var secret = settings.WebhookSecret(new ConnectionId("tg"));

        Assert.Matches("^[A-Za-z0-9_-]{1,256}$", secret);
        Assert.Equal(secret, TelegramSettings.Read(new([new("token", "7000:emulated-token")])).WebhookSecret(new ConnectionId("tg")));
        Assert.NotEqual(secret, settings.WebhookSecret(new ConnectionId("tg2")));
        Assert.NotEqual(secret, other.WebhookSecret(new ConnectionId("tg")));
        Assert.DoesNotContain("emulated", secret, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("\"text\"", 400)]
    [InlineData("{\"update_id\":\"x\"}", 400)]
    [InlineData("{\"update_id\":\"1\",\"message\":{\"date\":99999999999999999}}", 400)]
    [InlineData("{\"message\":{\"date\":99999999999999999}}", 400)]
    [InlineData("{\"update_id\":1,\"message\":{\"date\":99999999999999999}}", 200)]
    [InlineData("{\"update_id\":1,\"message\":{\"message_id\":\"not a number\"}}", 200)]
    [InlineData("{}", 200)]
    [InlineData("{\"update_id\":1,\"new_kind\":{\"x\":[1]}}", 200)]
    public async Task Bad_bodies_are_answered_and_unknown_events_acknowledged(string body, int status)
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);

        Assert.Equal(status, (await ReceiveAsync(rig, body)).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_webhook_that_was_taken_away_is_set_again_and_the_next_time_reported()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true, time: time);
        rig.Host.PublicBaseUrl = new Uri("http://127.0.0.1:9/");
        await rig.StartAsync(Cancel);
        var own = rig.Emulator.WebhookUrl;

        await SetWebhookAsync(rig, "");
        await AdvanceUntilAsync(time, () => rig.Emulator.WebhookUrl == own);
        Assert.DoesNotContain(rig.Host.Reports, report => report.State == ConnectionState.Degraded);

        await SetWebhookAsync(rig, "http://127.0.0.1:9/another-program");
        await AdvanceUntilAsync(time, () => rig.Host.Reports[^1].State == ConnectionState.Degraded);
        Assert.Equal(Phrase.Of("telegram.webhook-taken"), rig.Host.Reports[^1].Detail);
        Assert.NotEqual(own, rig.Emulator.WebhookUrl);

        time.Advance(TimeSpan.FromHours(1));
        await AdvanceUntilAsync(time, () => rig.Host.Reports[^1].State == ConnectionState.Up);
        Assert.Equal(own, rig.Emulator.WebhookUrl);
    }

    [Theory]
    [InlineData("https://home.example.test/base/webhooks/tg", true)]
    [InlineData("https://other.example.test/base/webhooks/tg", false)]
    [InlineData("https://home.example.test/bot", false)]
    [InlineData("", true)]
    public async Task The_test_fails_while_the_webhook_is_elsewhere(string url, bool passes)
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);
        rig.PublicAddress = new Uri("https://home.example.test/base");
        await SetWebhookAsync(rig, url);

        var test = await rig.Channel.TestAsync(rig.Connection.Settings, Cancel);

        Assert.Equal(passes, test.Checks.All(check => check.IsPassed));
        Assert.Equal(passes ? null : "telegram.webhook-elsewhere", test.Checks.FirstOrDefault(check => !check.IsPassed)?.Detail.FirstCode);
    }

    [Theory]
    [InlineData("Hey @new_bot, what now?", "mention", 4, 8)]
    [InlineData("/help@new_bot", "bot_command", 0, 13)]
    public async Task A_bot_that_was_renamed_hears_its_new_name(string text, string type, int offset, int length)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true, time: time);
        await ReceiveAsync(rig, Group(1, "hello"));
        rig.Emulator.BotUsername = "new_bot";

        await ReceiveAsync(rig, Group(2, text));
        time.Advance(TimeSpan.FromMinutes(2));
        await ReceiveAsync(rig, Group(3, "hello"));
        Assert.Single(rig.Emulator.Calls, call => call.Method == "getMe");
        await ReceiveAsync(rig, Group(4, text));
        await ReceiveAsync(rig, Group(5, "Hey @new_body, what now?"));

        Assert.Equal([4], rig.Gateway.Stored.Where(m => m.IsAddressed).Select(m => int.Parse(m.ExternalMessageId.Split(':')[1], CultureInfo.InvariantCulture)));
        Assert.Equal(2, rig.Emulator.Calls.Count(call => call.Method == "getMe"));

        string Group(int id, string said)
        {
            var update = JsonNode.Parse(Update)!;
            update["update_id"] = id;
            update["message"]!["message_id"] = id;
            update["message"]!["chat"] = new JsonObject { ["id"] = -200, ["type"] = "group", ["title"] = "Family" };
            update["message"]!["text"] = said;
            update["message"]!["entities"] = said == "hello" ? new JsonArray()
                : new JsonArray(new JsonObject { ["type"] = type, ["offset"] = offset, ["length"] = said == text ? length : length + 1 });
            return update.ToJsonString();
        }
    }

    [Fact]
    public async Task Mutated_payloads_never_throw()
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);
        var seeds = new List<byte[]> { Encoding.UTF8.GetBytes(Update) };
        if (SharedFolder.Find("payloads/telegram") is { } folder)
        {
            seeds.AddRange(Directory.GetFiles(folder, "*.json").Select(f => Encoding.UTF8.GetBytes(System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(f))!["body"]!.ToJsonString())));
        }

        var statuses = new HashSet<int>();
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            statuses.Add((await ReceiveAsync(rig, Mutate(seeds[random.Next(seeds.Count)], random))).Status);
        }

        Assert.Equal([200, 400], statuses.Order());
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        byte[][] tokens = [.. new[] { "null", "-1", "9223372036854775807", "1e400", "\"\"", "[]", "{}", "true", "\"\\ud800\"", "0", "2147483648", "\"x\"" }.Select(Encoding.UTF8.GetBytes)];
        var mutated = body.ToList();
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(4))
            {
                case 0:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated.RemoveRange(at, Math.Min(random.Next(1, 20), mutated.Count - at - 1));
                    break;
                default:
                    // A value for a value: most of these stay JSON and reach the reader.
                    var start = mutated.IndexOf((byte)':', at) + 1;
                    var end = start <= 0 ? -1 : mutated.FindIndex(start, b => b is (byte)',' or (byte)'}');
                    if (end > start)
                    {
                        mutated.RemoveRange(start, end - start);
                        mutated.InsertRange(start, tokens[random.Next(tokens.Length)]);
                    }

                    break;
            }
        }

        return [.. mutated];
    }

    [Fact]
    public async Task Whatever_is_posted_is_a_message_or_none()
    {
        await using var rig = await TelegramRig.NewAsync(usesWebhook: true);
        foreach (var (seed, input) in MutatedBytes.Of(Encoding.UTF8.GetBytes(Update), Encoding.UTF8.GetBytes(Press)))
        {
            var fault = await Record.ExceptionAsync(async () => Assert.InRange((await ReceiveAsync(rig, input)).Status, 200, 499));

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static async Task SetWebhookAsync(TelegramRig rig, string url)
    {
        using var http = new HttpClient();
        using var content = new StringContent($$"""{"url":"{{url}}"}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"{rig.Emulator.BaseUrl}/bot{rig.Emulator.Token}/setWebhook"), content, Cancel);
        response.EnsureSuccessStatusCode();
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(20), end.Token);
        }
    }

    private Task<WebhookReply> ReceiveAsync(TelegramRig rig, string body)
        => ReceiveAsync(rig, Encoding.UTF8.GetBytes(body));

    private Task<WebhookReply> ReceiveAsync(TelegramRig rig, byte[] body)
        => ReceiveAsync(rig, body, TelegramSettings.Read(rig.Connection.Settings).WebhookSecret(rig.Connection.Id));

    private Task<WebhookReply> ReceiveAsync(TelegramRig rig, string body, string? secret) => ReceiveAsync(rig, Encoding.UTF8.GetBytes(body), secret);

    private Task<WebhookReply> ReceiveAsync(TelegramRig rig, byte[] body, string? secret)
    {
        var headers = new Dictionary<string, string> { ["content-type"] = "application/json" };
        if (secret is not null)
        {
            headers[TelegramWebhook.SecretHeader] = secret;
        }

        return ((IWebhookReceiver)(_session ??= rig.Channel.Open(rig.Connection))).ReceiveAsync(
            new WebhookRequest("POST", headers, new Dictionary<string, string>(), body), rig.Gateway, Cancel);
    }
}
