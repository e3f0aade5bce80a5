using Assistant.Domain.Conversations;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Ai.OpenAi;
using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Ai;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>What servers that are compatible in their own way answer, over real HTTP.</summary>
public sealed class CompatibleServersTests : IAsyncLifetime
{
    private const string End = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private readonly EngineHttp _http = new(TestOutgoing.Default, TimeProvider.System);
    private EngineEmulator _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EngineEmulator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("reasoning")]
    [InlineData("reasoning_content")]
    public async Task A_thinking_model_is_at_work_from_its_first_thought(string field)
    {
        _server.StreamsDeltas("stop", $$"""{"content":"","{{field}}":"hm"}""", $$"""{"content":"Hello","{{field}}":null}""", """{"reasoning":{}}""");

        var (text, updates) = await AskAsync();

        Assert.Equal("Hello", text);
        Assert.Equal("hm", Assert.Single(updates[0].Contents.OfType<TextReasoningContent>()).Text);
    }

    [Fact]
    public async Task Usage_that_comes_with_every_chunk_is_not_added_up()
    {
        Streams(
            """{"choices":[{"index":0,"delta":{"content":"Hel"}}],"usage":{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105}}""",
            """{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}""");

        var (_, updates) = await AskAsync();

        var usage = updates[^1].Contents.OfType<TurnUsageContent>().Single().Usage;
        Assert.Equal((100L, 20L), (usage.InputTokens, usage.OutputTokens));
        Assert.Single(updates, update => update.Contents.Any(content => content is UsageContent));
    }

    [Theory]
    [InlineData("", "\"role\":\"\"")]
    [InlineData("", "\"role\":\"model\"")]
    [InlineData("\"created\":1700000000.123", "")]
    [InlineData("\"created\":\"1700000000\"", "")]
    [InlineData("\"created\": null", "")]
    [InlineData("\"created\":1700000000000", "")]
    [InlineData("\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":null}", "")]
    [InlineData("\"usage\":{\"prompt_tokens\":100.0,\"completion_tokens\":20.5}", "")]
    public async Task Odd_values_beside_an_answer_do_not_void_it(string beside, string inDelta)
    {
        var (more, first) = (beside.Length > 0 ? beside + "," : "", inDelta.Length > 0 ? inDelta + "," : "");
        Streams(
            $$$"""{{{{more}}}"choices":[{"index":0,"delta":{{{{first}}}"content":"Hel"}}]}""",
            $$$"""{{{{more}}}"choices":[{"index":0,"delta":{{{{first}}}"content":"lo “你好”"}}]}""",
            End);

        Assert.Equal("Hello “你好”", (await AskAsync()).Text);
    }

    [Fact]
    public async Task Token_counts_are_read_as_far_as_they_are_any()
    {
        Streams(
            """{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}""",
            """{"choices":null,"usage":{"prompt_tokens":100.0,"completion_tokens":"20","total_tokens":null,"cost":0.1,"completion_tokens_details":{"reasoning_tokens":null}}}""");

        var usage = (await AskAsync()).Updates[^1].Contents.OfType<TurnUsageContent>().Single().Usage;

        Assert.Equal((100L, 20L), (usage.InputTokens, usage.OutputTokens));
    }

    [Theory]
    [InlineData("eos", "Hello")]
    [InlineData("end_turn", "Hello")]
    [InlineData("something new", "Hello")]
    [InlineData("STOP", "Hello")]
    [InlineData("model_length", "Hello…")]
    [InlineData("MAX_TOKENS", "Hello…")]
    [InlineData("sensitive", "Hello…")]
    [InlineData("content_filter: PROHIBITED_CONTENT", "Hello…")]
    public async Task An_answer_may_end_for_a_reason_of_the_servers_own(string reason, string answer)
    {
        Streams(
            """{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":""}]}""",
            """{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":""}]}""",
            $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]}""");

        Assert.Equal(answer, (await AskAsync()).Text);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("insufficient_system_resource")]
    public async Task An_answer_that_failed_is_a_fault(string reason)
    {
        Streams("""{"choices":[{"index":0,"delta":{"content":"Hel"}}]}""", $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{reason}}}"}]}""");

        Assert.Equal(FaultWords.Reported($"finish_reason: {reason}"), await FaultAsync());
    }

    [Fact]
    public async Task Parts_of_content_are_words_or_thoughts()
    {
        Streams(
            """{"choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}""",
            """{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":"!"},{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}}]}""",
            End);

        var (text, updates) = await AskAsync();

        Assert.Equal("Hello", text);
        Assert.Equal("hm!", string.Concat(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(thought => thought.Text)));
    }

    [Theory]
    [InlineData("""{"error":{"message":"context length is 4096 tokens, key sk-secret-1","type":"BadRequestError","code":400}}""", nameof(EngineFaultKind.Refused), "4096 tokens, key ***")]
    [InlineData("""{"error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", nameof(EngineFaultKind.ServerFault), "Provider disconnected")]
    [InlineData("""{"object":"error","message":"slow down","code":429}""", nameof(EngineFaultKind.RateLimited), "slow down")]
    [InlineData("""{"choices":null,"base_resp":{"status_code":1004,"status_msg":"login fail"}}""", nameof(EngineFaultKind.Misconfigured), "login fail (1004)")]
    public async Task A_fault_in_the_stream_is_told_with_what_the_server_said(string chunk, string kind, string words)
    {
        Streams("""{"choices":[{"index":0,"delta":{"content":"Hel"}}]}""", chunk);

        await IsReportedAsync(kind, words);
    }

    [Theory]
    [InlineData("""{"error":"Unexpected endpoint or method. (POST /chat/completions)"}""", nameof(EngineFaultKind.Misconfigured), "Unexpected endpoint")]
    [InlineData("""{"error":{"message":"insufficient balance sk-secret-1","code":1008}}""", nameof(EngineFaultKind.Misconfigured), "balance ***")]
    [InlineData("""[{"error":{"message":"oops","code":500}}]""", nameof(EngineFaultKind.ServerFault), "oops")]
    [InlineData("""{"base_resp":{"status_code":1002,"status_msg":"too fast"}}""", nameof(EngineFaultKind.RateLimited), "too fast (1002)")]
    public async Task A_fault_instead_of_a_stream_is_told_with_what_the_server_said(string document, string kind, string words)
    {
        _server.Says("application/json", document);

        await IsReportedAsync(kind, words);
    }

    [Theory]
    [InlineData("""{"error":{"message":"the context overflows"}}""", nameof(EngineFaultKind.Refused))]
    [InlineData("""{"message":"the context overflows"}""", nameof(EngineFaultKind.Refused))]
    [InlineData("the model crashed", nameof(EngineFaultKind.ServerFault))]
    public async Task An_event_named_after_a_fault_is_one(string data, string kind)
    {
        _server.Says("text/event-stream", $"event: error\ndata: {data}\n\n");

        await IsReportedAsync(kind, data.Contains("context", StringComparison.Ordinal) ? "the context overflows" : data);
    }

    [Theory]
    [InlineData("\"error\":null,")]
    [InlineData("\"error\":{\"code\":0,\"message\":\"\"},")]
    [InlineData("\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"},")]
    public async Task The_report_that_there_is_no_fault_is_none(string beside)
    {
        Streams($$$"""{{{{beside}}}"choices":[{"index":0,"delta":{"content":"Hello"}}]}""", End);

        Assert.Equal("Hello", (await AskAsync()).Text);
    }

    [Theory]
    [InlineData("\"stop\"", "Hello")]
    [InlineData("\"length\"", "Hello…")]
    [InlineData("null", "Hello")]
    public async Task A_whole_answer_of_a_server_that_cannot_stream_is_the_answer(string reason, string answer)
    {
        _server.Says("application/json", $$$"""
            {
              "id": "c", "object": "chat.completion", "created": 1, "model": "m-real",
              "choices": [{"index": 0, "finish_reason": {{{reason}}}, "message": {"role": "assistant", "content": "Hello", "reasoning": "hm"}}],
              "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            }
            """);

        var (text, updates) = await AskAsync();

        var usage = updates[^1].Contents.OfType<TurnUsageContent>().Single().Usage;
        Assert.Equal((answer, "m-real", 100L, 20L), (text, usage.Model, usage.InputTokens, usage.OutputTokens));
    }

    private void Streams(params string[] chunks)
        => _server.Says("text/event-stream", string.Concat(chunks.Append("[DONE]").Select(chunk => $"data: {chunk}\n\n")));

    private async Task IsReportedAsync(string kind, string words)
    {
        var fault = await FaultAsync();

        Assert.Equal(("engine.reported", kind), (fault.Reason.FirstCode, fault.Kind.ToString()));
        Assert.Contains(words, fault.Reason.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret-1", fault.Reason.ToString(), StringComparison.Ordinal);
    }

    private async Task<EngineFault> FaultAsync() => (await Assert.ThrowsAsync<EngineFaultException>(AskAsync)).Fault;

    private async Task<(string Text, List<ChatResponseUpdate> Updates)> AskAsync()
    {
        var settings = new SettingValues(new Dictionary<string, string> { ["baseUrl"] = _server.Address + "/v1", ["model"] = "m-1", ["apiKey"] = "sk-secret-1" });
        var pipeline = new EnginePipeline(Options.Create(new EngineOptions { MaxAttempts = 1 }), TimeProvider.System);
        var engine = new Domain.Ai.Engine("e", Domain.Tenancy.TenantId.Default, OpenAiEngine.Type, settings, true, 0, false, DateTimeOffset.UnixEpoch);
        using var client = pipeline.Build(engine, new OpenAiEngine(_http).Create(settings), pipeline.CreateCircuit());
        var updates = await client.GetStreamingResponseAsync([new(ChatRole.User, "hi")], null, Cancel).ToListAsync(Cancel);
        return (string.Concat(updates.Select(update => update.Text)), updates);
    }
}
