using Assistant.Domain.Conversations;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Ai.Anthropic;
using Assistant.Infrastructure.Ai.Embedded;
using Assistant.Infrastructure.Ai.Ollama;
using Assistant.Infrastructure.Ai.OpenAi;
using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Ai;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>Each engine type against a server that speaks its protocol over real HTTP.</summary>
public sealed class EngineTypesTests : IAsyncLifetime
{
    private readonly EngineHttp _http = new(TestOutgoing.Default, TimeProvider.System);
    private readonly EngineOptions _options = new() { MaxAttempts = 1, FirstTokenTimeout = TimeSpan.FromSeconds(20), StallTimeout = TimeSpan.FromMilliseconds(200) };
    private EngineEmulator _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EngineEmulator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_address_of_the_clouds_metadata_is_refused_in_words()
    {
        var client = new OpenAiEngine(_http).Create(new(new Dictionary<string, string>
        {
            ["baseUrl"] = "http://169.254.169.254/v1", ["model"] = "m",
        }));

        var fault = await Assert.ThrowsAsync<EngineFaultException>(() => client.GetResponseAsync("hello", cancellationToken: Cancel));

        Assert.Equal(Phrase.Of("engine.address-refused", ("host", "169.254.169.254")), fault.Fault.Reason);
    }

    [Theory]
    [InlineData("openai", "/v1")]
    [InlineData("openai", "/v1/")]
    [InlineData("openai", "/v1/chat/completions")]
    [InlineData("openai", "/v1/chat/completions?api-version=2024-10-21")]
    [InlineData("ollama", "")]
    [InlineData("ollama", "/v1")]
    public async Task A_compatible_server_is_streamed_and_its_usage_counted(string type, string path)
    {
        _server.Streams("Hel", "lo ", "你好");

        var (text, usage) = await AskAsync(type, new() { ["baseUrl"] = _server.Address + path, ["model"] = "m-1", ["apiKey"] = "sk-1" });

        Assert.Equal("Hello 你好", text);
        Assert.Equal(("m-1", 120L, 30L), (usage.Model, usage.InputTokens, usage.OutputTokens));
        var call = Assert.Single(_server.Calls);
        Assert.Equal(("/v1/chat/completions", true), (call.Path, call.Body.GetProperty("stream").GetBoolean()));
        Assert.Equal("m-1", call.Body.GetProperty("model").GetString());
        Assert.True(call.Body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.False(call.Body.TryGetProperty("max_tokens", out _) || call.Body.TryGetProperty("temperature", out _));
        Assert.Equal("Bearer sk-1", call.Authorization);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("ollama")]
    public async Task A_models_own_refusal_is_its_answer(string type)
    {
        _server.Refuses("I can't ", "help with that.");

        var (text, usage) = await AskAsync(type, OpenAi());

        Assert.Equal("I can't help with that.", text);
        Assert.Equal(30L, usage.OutputTokens);
    }

    [Fact]
    public async Task An_answer_that_reached_the_limit_says_so()
    {
        _server.StreamsDeltas("length", """{"content":"Part of a long answ"}""");

        var (text, usage) = await AskAsync("openai", OpenAi());

        Assert.Equal(("Part of a long answ…", true, 30L), (text, usage.IsCut, usage.OutputTokens));
    }

    [Fact]
    public async Task A_call_of_a_tool_that_nobody_offered_is_no_answer()
    {
        _server.StreamsDeltas("tool_calls", """{"tool_calls":[{"index":0,"id":"1","type":"function","function":{"name":"look_up","arguments":"{}"}}]}""");

        Assert.Equal(FaultWords.Blank, await FaultAsync("openai", OpenAi()));
    }

    [Fact]
    public async Task Anthropic_is_streamed_and_its_usage_counted()
    {
        _server.StreamsMessage("Hel", "lo");

        var (text, usage) = await AskAsync("anthropic", new() { ["baseUrl"] = _server.Address, ["model"] = "claude-1", ["apiKey"] = "sk-ant", ["inputPrice"] = "3", ["outputPrice"] = "15" });

        Assert.Equal("Hello", text);
        Assert.Equal((120L, 30L, 0.00081m), (usage.InputTokens, usage.OutputTokens, usage.Cost));
        var call = Assert.Single(_server.Calls);
        Assert.Equal(("/v1/messages", "Bearer sk-ant"), (call.Path, call.Authorization));
        Assert.Equal(4096, call.Body.GetProperty("max_tokens").GetInt32());
    }

    [Fact]
    public async Task Sampling_settings_reach_a_compatible_server_under_the_names_it_knows()
    {
        _server.Streams("ok");

        await AskAsync("openai", OpenAi(("maxTokens", "77"), ("temperature", "0.25")));

        var body = Assert.Single(_server.Calls).Body;
        Assert.Equal((77, 0.25), (body.GetProperty("max_tokens").GetInt32(), body.GetProperty("temperature").GetDouble()));
        Assert.False(body.TryGetProperty("max_completion_tokens", out _));
    }

    [Theory]
    [InlineData("https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "https://r.openai.azure.com/openai/deployments/d?api-version=1")]
    [InlineData("https://r.openai.azure.com/openai/v1/?api-version=preview", "https://r.openai.azure.com/openai/v1?api-version=preview")]
    public void What_an_address_asks_for_behind_its_path_is_kept(string pasted, string used)
        => Assert.Equal(new Uri(used), OpenAiEngine.Address(pasted));

    [Theory]
    [InlineData("eu.api.openai.com", true)]
    [InlineData("r.openai.azure.com", true)]
    [InlineData("r.services.ai.azure.com", true)]
    [InlineData("r.cognitiveservices.azure.com", true)]
    [InlineData("openai.com.example", false)]
    [InlineData("notopenai.com", false)]
    public async Task A_host_that_knows_the_new_name_of_the_longest_answer_is_told_it(string host, bool isNew)
    {
        _server.Streams("ok");
        using var http = new EngineHttp(TestOutgoing.With(new ScriptedResolver().Answers(host, "127.0.0.1")), TimeProvider.System);
        var settings = OpenAi(("maxTokens", "77"));
        settings["baseUrl"] = $"http://{host}:{new Uri(_server.Address).Port}/v1";

        await new OpenAiEngine(http).Create(new(settings)).TextAsync(Cancel);

        Assert.Equal(77, Assert.Single(_server.Calls).Body.GetProperty(isNew ? "max_completion_tokens" : "max_tokens").GetInt32());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/messages")]
    public async Task Anthropics_address_may_be_pasted_with_the_path(string path)
    {
        _server.StreamsMessage("ok");
        var settings = Anthropic();
        settings["baseUrl"] += path;

        await AskAsync("anthropic", settings);

        Assert.Equal("/v1/messages", Assert.Single(_server.Calls).Path);
    }

    [Fact]
    public async Task A_server_without_a_key_gets_a_harmless_one()
    {
        _server.Streams("ok");

        await AskAsync("openai", new() { ["baseUrl"] = _server.Address + "/v1", ["model"] = "m" });

        Assert.Equal("Bearer none", Assert.Single(_server.Calls).Authorization);
    }

    [Theory]
    [InlineData(401, "Incorrect key sk-secret-1", "engine.key-refused", "401")]
    [InlineData(403, "no", "engine.key-refused", "403")]
    [InlineData(404, "The model `m` does not exist", "engine.model-unknown", "does not exist")]
    [InlineData(402, "pay", "engine.no-credit", "402")]
    [InlineData(429, "You exceeded your current quota", "engine.too-many-requests", "exceeded")]
    [InlineData(429, "slow down", "engine.too-many-requests", "slow down")]
    [InlineData(400, "context too long", "engine.refused", "context too long")]
    [InlineData(500, "oops sk-secret-1", "engine.server-fault", "oops ***")]
    [InlineData(503, "loading", "engine.server-fault", "loading")]
    public async Task A_refusal_is_told_with_what_the_server_said_but_without_the_key(int status, string message, string code, string fact)
    {
        _server.Fails(status, message);

        foreach (var (type, settings) in new[] { ("openai", OpenAi()), ("anthropic", Anthropic()) })
        {
            var fault = await FaultAsync(type, settings);

            Assert.Equal(code, fault.Reason.FirstCode);
            Assert.Contains(fact, fault.Reason.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("sk-secret-1", fault.Reason.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_address_without_the_api_is_told_with_what_its_kind_of_address_looks_like()
    {
        _server.Fails(404, "Not Found");

        Assert.Equal("engine.no-chat-api", (await FaultAsync("openai", OpenAi())).Reason.FirstCode);
        Assert.Equal("engine.no-messages-api", (await FaultAsync("anthropic", Anthropic())).Reason.FirstCode);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task The_servers_wish_to_wait_is_read(string type)
    {
        _server.Fails(429, "slow down", retryAfter: "7");

        Assert.Equal(TimeSpan.FromSeconds(7), (await FaultAsync(type, type == "openai" ? OpenAi() : Anthropic())).RetryAfter);
        Assert.Single(_server.Calls);
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_is_asked_again_once_it_has_passed()
    {
        _server.Fails(429, "slow down", retryAfter: "0").Fails(500, "oops").Streams("ok");
        _options.MaxAttempts = 3;
        _options.RetryDelay = TimeSpan.FromMilliseconds(1);

        Assert.Equal("ok", (await AskAsync("openai", OpenAi())).Text);

        Assert.Equal(3, _server.Calls.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_cut_in_the_middle_is_not_taken_for_a_whole_one(bool politely)
    {
        _ = politely ? _server.EndsEarlyAfter("Hel") : _server.BreaksOffAfter("Hel");

        Assert.Equal(FaultWords.BrokenOff, await FaultAsync("openai", OpenAi()));
    }

    [Fact]
    public async Task A_server_that_hangs_in_the_middle_is_given_up()
    {
        _server.HangsAfter("Hel");

        Assert.Equal(FaultWords.Stalled(_options.StallTimeout), await FaultAsync("openai", OpenAi()));
    }

    [Fact]
    public async Task A_server_that_never_begins_is_given_up()
    {
        _server.Answers(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        _options.FirstTokenTimeout = TimeSpan.FromMilliseconds(200);

        Assert.Equal(FaultWords.NoFirstToken(_options.FirstTokenTimeout), await FaultAsync("openai", OpenAi()));
    }

    [Theory]
    [InlineData("text/event-stream", "data: {\"choices\": [oops\n\n")]
    [InlineData("text/event-stream", "data: 42\n\n")]
    [InlineData("application/json", "{}")]
    [InlineData("text/event-stream", "")]
    public async Task Nonsense_is_a_fault_and_not_an_answer(string contentType, string body)
    {
        _server.Says(contentType, body);

        Assert.Equal(EngineFaultKind.Malformed, (await FaultAsync("openai", OpenAi())).Kind);
        Assert.Equal(EngineFaultKind.Malformed, (await FaultAsync("anthropic", Anthropic())).Kind);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task A_line_without_end_is_left_before_it_fills_the_memory(string contentType)
    {
        _server.Says(contentType, "data: " + new string('a', 2 << 20));

        Assert.Equal(FaultWords.Endless, await FaultAsync("openai", OpenAi()));
        Assert.Equal(FaultWords.Endless, await FaultAsync("anthropic", Anthropic()));
    }

    [Fact]
    public async Task Lines_without_end_are_left_before_they_fill_the_memory()
    {
        _server.Says("text/event-stream", string.Concat(Enumerable.Repeat(": " + new string('a', 1_000) + "\n", 17 << 10)));

        Assert.Equal(FaultWords.Endless, await FaultAsync("openai", OpenAi()));
        Assert.Equal(FaultWords.Endless, await FaultAsync("anthropic", Anthropic()));
    }

    [Fact]
    public async Task A_web_page_at_the_address_is_recognised()
    {
        _server.Says("text/html", "<html>hello</html>");

        Assert.Equal(FaultWords.WebPage, await FaultAsync("openai", OpenAi()));
    }

    [Fact]
    public async Task A_redirect_does_not_carry_the_key_elsewhere()
    {
        _server.Answers(context =>
        {
            context.Response.Redirect("/stolen");
            return Task.CompletedTask;
        });

        Assert.Equal("engine.redirects", (await FaultAsync("openai", OpenAi())).Reason.FirstCode);
        Assert.Single(_server.Calls);
    }

    [Fact]
    public async Task A_fault_reported_in_the_middle_of_the_stream_is_told()
    {
        _server.ReportsOverloadAfter("Hel");

        var fault = await FaultAsync("anthropic", Anthropic());

        Assert.Equal(EngineFaultKind.ServerFault, fault.Kind);
        Assert.Contains("verloaded", fault.Reason.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_repeated_in_the_middle_of_the_stream_is_not_told()
    {
        _server.Says("text/event-stream", """
            event: error
            data: {"type":"error","error":{"type":"authentication_error","message":"invalid key sk-secret-1"}}


            """);

        var fault = await FaultAsync("anthropic", Anthropic());

        Assert.Equal(("engine.reported", EngineFaultKind.ServerFault), (fault.Reason.FirstCode, fault.Kind));
        Assert.Contains("invalid key ***", fault.Reason.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_is_told_apart_from_one_that_is_not_there()
    {
        _server.HangsUp();

        var fault = await FaultAsync("openai", OpenAi());

        Assert.Equal(EngineFaultKind.BrokenOff, fault.Kind);
        Assert.Equal("engine.closed", fault.Reason.FirstCode);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_its_address()
    {
        var fault = await FaultAsync("openai", new() { ["baseUrl"] = "http://127.0.0.1:9/v1", ["model"] = "m" });

        Assert.Equal(Phrase.Of("engine.no-server", ("host", "127.0.0.1:9")), fault.Reason);
    }

    [Fact]
    public void Every_manifest_is_complete_in_both_languages_and_accepts_its_own_example()
    {
        foreach (var type in Types())
        {
            var manifest = type.Manifest;
            Assert.NotEmpty(manifest.Summary.Chinese);
            Assert.All(manifest.Settings, field => Assert.All([field.Label.English, field.Label.Chinese, field.Help.English, field.Help.Chinese], Assert.NotEmpty));
            var example = manifest.Settings.Where(f => f.IsRequired && f.Default is null).Select(f => KeyValuePair.Create(f.Key, "x"));
            Assert.Empty(new SettingValues(example).Check(manifest.Settings));
        }
    }

    private Dictionary<string, string> OpenAi(params (string Key, string Value)[] more)
        => new(more.Select(m => KeyValuePair.Create(m.Key, m.Value))) { ["baseUrl"] = _server.Address + "/v1", ["model"] = "m-1", ["apiKey"] = "sk-secret-1" };

    private Dictionary<string, string> Anthropic() => new() { ["baseUrl"] = _server.Address, ["model"] = "claude-1", ["apiKey"] = "sk-secret-1" };

    private async Task<EngineFault> FaultAsync(string type, Dictionary<string, string> settings)
        => (await Assert.ThrowsAsync<EngineFaultException>(() => AskAsync(type, settings))).Fault;

    private async Task<(string Text, TurnUsage Usage)> AskAsync(string type, Dictionary<string, string> settings)
    {
        var engineType = Types().Single(t => t.Manifest.Type == type);
        var values = new SettingValues(settings).WithDefaults(engineType.Manifest.Settings);
        var pipeline = new EnginePipeline(Options.Create(_options), TimeProvider.System);
        var engine = new Domain.Ai.Engine("e", Domain.Tenancy.TenantId.Default, type, values, true, 0, false, DateTimeOffset.UnixEpoch);
        using var client = pipeline.Build(engine, engineType.Create(values), pipeline.CreateCircuit());
        var updates = await client.GetStreamingResponseAsync([new(ChatRole.System, "Be kind."), new(ChatRole.User, "hi")], null, Cancel).ToListAsync(Cancel);
        return (string.Concat(updates.Select(u => u.Text)), updates[^1].Contents.OfType<TurnUsageContent>().Single().Usage);
    }

    private IEngineType[] Types() => [new OpenAiEngine(_http), new AnthropicEngine(_http), new OllamaEngine(_http), new EmbeddedEngine()];
}
