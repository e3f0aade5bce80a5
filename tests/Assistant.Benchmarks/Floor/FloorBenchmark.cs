using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Assistant.Benchmarks.Floor;

// The least program that keeps the promise of the product's path: an acknowledged message is on disk, answers leave in
// order, every step is an audited row. One poller, one group-committing writer (FloorStore), one lane per chat; an update
// is confirmed by the next poll only after its row is committed. It has no tenants, policies, retries, history or console,
// so what the product takes beyond it is the price of those. Not a reference for style: a measuring stick.

/// <summary>Runs the floor until it is killed, configured by the environment the load harness gives its targets.</summary>
internal static class FloorBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        _ = args;
        var root = $"{Setting("TELEGRAM_API_ROOT")}/bot{Setting("TELEGRAM_BOT_TOKEN")}/";
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromMinutes(2) };
        await using var store = new FloorStore(Path.Combine(Setting("FLOOR_DATA"), "floor.db"));
        var lanes = new Dictionary<long, Channel<FloorMessage>>();
        foreach (var message in store.Unanswered()) Post(message);

        var offset = store.NextOffset();
        while (true)
        {
            var updates = await http.GetFromJsonAsync<JsonNode>($"{root}getUpdates?timeout=30&limit=100&offset={offset}");
            var messages = updates!["result"]!.AsArray().Select(Parse).ToList();
            if (messages.Count == 0) continue;

            await Task.WhenAll(messages.Select(store.ReceiveAsync));
            offset = messages[^1].Update + 1;
            messages.ForEach(Post);
        }

        void Post(FloorMessage message)
        {
            if (!lanes.TryGetValue(message.Chat, out var lane))
            {
                lanes[message.Chat] = lane = Channel.CreateUnbounded<FloorMessage>(new() { SingleReader = true });
                _ = AnswerAsync(lane.Reader);
            }

            lane.Writer.TryWrite(message);
        }

        async Task AnswerAsync(ChannelReader<FloorMessage> lane)
        {
            await foreach (var message in lane.ReadAllAsync())
            {
                using var completion = await http.SendAsync(Ask(message.Text));
                var answer = (await completion.Content.ReadFromJsonAsync<JsonNode>())!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
                await store.DecideAsync(message, answer);
                using var shown = await http.PostAsJsonAsync(root + "sendMessage", new { chat_id = message.Chat, text = answer });
                var sent = await shown.Content.ReadFromJsonAsync<JsonNode>();
                await store.SentAsync(message, sent!["result"]!["message_id"]!.GetValue<long>());
            }
        }
    }

    private static FloorMessage Parse(JsonNode? update) => new(
        update!["update_id"]!.GetValue<long>(), update["message"]!["chat"]!["id"]!.GetValue<long>(), update["message"]!["text"]!.GetValue<string>());

    private static HttpRequestMessage Ask(string text) => new(HttpMethod.Post, Setting("LLM_BASE_URL") + "/chat/completions")
    {
        Headers = { Authorization = new("Bearer", Setting("LLM_API_KEY")) },
        Content = JsonContent.Create(new { model = Setting("LLM_MODEL"), messages = new[] { new { role = "user", content = text } } }),
    };

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"Set {name}.");
}

/// <summary>One update of the messenger.</summary>
internal sealed record FloorMessage(long Update, long Chat, string Text);
