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

    private void Streams(params string[] chunks)
        => _server.Says("text/event-stream", string.Concat(chunks.Append("[DONE]").Select(chunk => $"data: {chunk}\n\n")));

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
