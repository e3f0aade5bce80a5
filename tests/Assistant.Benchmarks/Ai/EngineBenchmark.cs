using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Ai.OpenAi;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Benchmarks.Ai;

/// <summary>
/// CPU time of one reply through an OpenAI-compatible engine, beside its floor: the same request over a bare HttpClient whose answer is
/// read but not parsed. The server runs in a process of its own, so that only the caller is measured.
/// </summary>
public static class EngineBenchmark
{
    private const string Model = "bench-model";
    private const string ServerScript = "../shared/bench/gateway/mock-llm.mjs";
    private const int Rounds = 3;

    /// <summary>Arguments: <c>[--url http://…/v1] [--calls 6000] [--concurrency 1000]</c>; without a URL the bench's own server is started with Node.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var calls = int.Parse(Argument(args, "--calls") ?? "6000", CultureInfo.InvariantCulture);
        var concurrency = int.Parse(Argument(args, "--concurrency") ?? "1000", CultureInfo.InvariantCulture);
        using var server = Argument(args, "--url") is null ? await StartServerAsync() : null;
        var url = Argument(args, "--url") ?? "http://127.0.0.1:21182/v1";

        await using var services = Compose(url);
        using var client = Sdk(services, url);
        var generator = services.GetRequiredService<IReplyGenerator>();
        using var bare = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false });
        (string Name, Func<int, Task> Call)[] paths =
        [
            ("floor: bare HttpClient, streamed", i => RawAsync(bare, url, i)),
            ("SDK, whole response", async i => Expect(i, (await client.GetResponseAsync(Prompt(i))).Text)),
            ("SDK, streamed", async i => Expect(i, await client.GetStreamingResponseAsync(Prompt(i)).Select(u => u.Text).AggregateAsync("", string.Concat))),
            ("reply generator, all concerns", async i => Expect(i, string.Concat(await generator.GenerateAsync(Context(i), CancellationToken.None)
                .Select(chunk => (chunk as ReplyChunk.Text)?.Delta).ToListAsync()))),
        ];

        var best = paths.ToDictionary(path => path.Name, _ => double.MaxValue);
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (name, call) in paths)
            {
                var cpu = await MeasureAsync(call, round == 0 ? Math.Min(calls, 2000) : calls, concurrency);
                best[name] = round == 0 ? best[name] : Math.Min(best[name], cpu);
            }
        }

        var floor = best[paths[0].Name];
        Console.WriteLine($"CPU per call, best of {Rounds} rounds of {calls} calls, {concurrency} at once");
        foreach (var (name, _) in paths)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {best[name]:F3} ms   {best[name] / floor:F2} x floor"));
        }

        return 0;
    }

    private static async Task<double> MeasureAsync(Func<int, Task> call, int calls, int concurrency)
    {
        var next = -1;
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next); i < calls; i = Interlocked.Increment(ref next))
            {
                await call(i);
            }
        }));
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds / calls;
    }

    private static async Task RawAsync(HttpClient http, string url, int i)
    {
        using var body = new MemoryStream(4096);
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            json.WriteBoolean("stream", true);
            json.WriteStartArray("messages");
            foreach (var message in Prompt(i))
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role.Value);
                json.WriteString("content", message.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url + "/chat/completions")
        {
            Content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length) { Headers = { ContentType = new("application/json") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "k") },
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        if (answer.Length < 100)
        {
            throw new InvalidOperationException("The server did not answer.");
        }
    }

    private static List<ChatMessage> Prompt(int i)
    {
        var prompt = new List<ChatMessage> { new(ChatRole.System, new string('s', 900)) };
        prompt.AddRange(Said().Select(m => new ChatMessage(m.Author == AuthorKind.Person ? ChatRole.User : ChatRole.Assistant, m.Text)));
        prompt.Add(new(ChatRole.User, Utterance(i)));
        return prompt;
    }

    private static ReplyContext Context(int i)
    {
        var conversation = new ConversationId(Guid.Empty);
        var history = Said().Select((m, seq) => new HistoryMessage(seq, m.Author, m.Text, [], DateTimeOffset.UnixEpoch)).ToList();
        return new(TenantId.Default, conversation, new Person(default, TenantId.Default, "Mira", null, default), Utterance(i), history, [], [], DateTimeOffset.UnixEpoch) { Words = Utterance(i) };
    }

    private static IEnumerable<(AuthorKind Author, string Text)> Said() => Enumerable.Range(0, 6)
        .SelectMany(h => new[] { (AuthorKind.Person, $"hello again, number {h}"), (AuthorKind.Assistant, "fine, thank you") });

    private static string Code(int i) => $"bn-bench-{i}-1";

    private static string Utterance(int i) => $"Please repeat this code: {Code(i)}";

    private static void Expect(int i, string answer)
    {
        if (!answer.Contains(Code(i), StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Wrong answer: {answer}");
        }
    }

    private static IChatClient Sdk(ServiceProvider services, string url)
        => new OpenAiEngine(services.GetRequiredService<EngineHttp>()).Create(Settings(url));

    private static SettingValues Settings(string url)
        => new(new Dictionary<string, string> { ["baseUrl"] = url, ["apiKey"] = "k", ["model"] = Model, ["inputPrice"] = "1", ["outputPrice"] = "2" });

    private static ServiceProvider Compose(string url) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<IEngineStore>(new OneEngine(new("bench", TenantId.Default, OpenAiEngine.Type, Settings(url), true, 0, true, DateTimeOffset.UnixEpoch)))
        .AddEngines()
        .BuildServiceProvider();

    private static async Task<Server?> StartServerAsync()
    {
        var process = Process.Start(new ProcessStartInfo("node", ServerScript) { Environment = { ["LLM_PORT"] = "21182" } })
            ?? throw new InvalidOperationException("Node could not be started; pass --url.");
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await http.GetAsync(new Uri("http://127.0.0.1:21182/v1/models"));
                return new Server(process);
            }
            catch (HttpRequestException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string? Argument(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private sealed class Server(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.Dispose();
        }
    }

    private sealed class OneEngine(Engine engine) : IEngineStore
    {
        public Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Engine>>([engine]);

        public Task<Engine?> SaveAsync(Engine saved, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
            => throw new NotSupportedException();

        public Task<bool> DeleteAsync(TenantId tenant, string name, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
            => throw new NotSupportedException();
    }
}
