using System.Globalization;
using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Ai;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai;

public sealed class EngineCatalogTests : IAsyncLifetime
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

    [Fact]
    public async Task A_working_engine_shows_what_it_said_and_how_long_it_took()
    {
        _server.Streams("Hello, ", "operator!");

        var test = await Catalog().TestAsync("openai", Settings(), Cancel);

        Assert.Equal((true, "Hello, operator!"), (test.IsPassed, test.Answer));
        Assert.True(test.Elapsed > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("<think>A test.", "</think>\n\nHello.")]
    [InlineData("A test.", "</think>\n\nHello.")]
    public async Task A_test_shows_what_was_said_without_what_was_thought(params string[] pieces)
    {
        _server.Streams(pieces);

        Assert.Equal("Hello.", (await Catalog().TestAsync("openai", Settings(), Cancel)).Answer);
    }

    [Fact]
    public async Task A_failing_engine_says_why()
    {
        _server.Fails(401, "nope");

        Assert.Equal(
            new Phrase.Several([Phrase.Of("engine.key-refused", ("status", "401")), Phrase.Of("engine.server-says", ("says", "nope"))]),
            (await Catalog().TestAsync("openai", Settings(), Cancel)).Problem);
    }

    [Fact]
    public async Task A_test_asks_as_messages_do()
    {
        _server.Streams("Hello.");

        await Catalog().TestAsync("openai", Settings(), Cancel);

        var body = Assert.Single(_server.Calls).Body;
        Assert.True(body.GetProperty("stream").GetBoolean());
        Assert.Equal(["system", "user"], body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
    }

    [Theory]
    [InlineData("sk-x\u200B")]
    [InlineData("sk-测试")]
    [InlineData("ｓｋ-x")]
    [InlineData("sk-x\nfoo")]
    public async Task A_key_with_a_sign_that_no_key_has_is_refused_before_it_is_sent(string key)
    {
        var test = await Catalog().TestAsync("openai", Settings(key), Cancel);

        Assert.Contains("'apiKey' has a sign that no key has", test.Problem!.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_reported_within_the_limit()
    {
        _server.Answers(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        var test = await Catalog(TimeSpan.FromMilliseconds(150)).TestAsync("openai", Settings(), Cancel);

        Assert.Equal(Phrase.Of("engine.no-first-token", ("seconds", "0.2")), test.Problem);
    }

    [Fact]
    public async Task Settings_are_checked_before_anything_is_sent()
    {
        var test = await Catalog().TestAsync("openai", new([KeyValuePair.Create("baseUrl", "ftp://x"), KeyValuePair.Create("colour", "red")]), Cancel);

        Assert.Contains("'model' is required.", test.Problem!.ToString(), StringComparison.Ordinal);
        Assert.Contains("'baseUrl' must be an absolute http or https address.", test.Problem!.ToString(), StringComparison.Ordinal);
        Assert.Contains("There is no setting 'colour'.", test.Problem!.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task The_embedded_engine_always_works()
        => Assert.True((await Catalog().TestAsync("embedded", SettingValues.Empty, Cancel)).IsPassed);

    [Fact]
    public async Task An_unknown_type_is_answered_with_the_known_ones()
        => Assert.Contains("openai, anthropic, ollama, embedded", (await Catalog().TestAsync("telepathy", SettingValues.Empty, Cancel)).Problem!.ToString(), StringComparison.Ordinal);

    [Fact]
    public void Every_type_can_be_found_by_its_name()
    {
        var catalog = Catalog();

        Assert.Equal(["openai", "anthropic", "ollama", "embedded"], catalog.All.Select(m => m.Type));
        Assert.All(catalog.All, manifest => Assert.Same(manifest, catalog.Find(manifest.Type)));
        Assert.Null(catalog.Find("telepathy"));
    }

    private SettingValues Settings(string key = "k")
        => new(new Dictionary<string, string> { ["baseUrl"] = _server.Address + "/v1", ["model"] = "m-1", ["apiKey"] = key });

    private EngineCatalog Catalog(TimeSpan? limit = null) => new(
        [
            new Infrastructure.Ai.OpenAi.OpenAiEngine(_http), new Infrastructure.Ai.Anthropic.AnthropicEngine(_http),
            new Infrastructure.Ai.Ollama.OllamaEngine(_http), new Infrastructure.Ai.Embedded.EmbeddedEngine(),
        ],
        new EnginePipeline(Options.Create(new EngineOptions { TestTimeout = limit ?? TimeSpan.FromSeconds(20) }), TimeProvider.System), TimeProvider.System);
}
