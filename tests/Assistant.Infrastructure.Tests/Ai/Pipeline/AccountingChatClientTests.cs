using Assistant.Domain.Conversations;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class AccountingChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_are_added_up_and_priced_to_the_last_digit()
    {
        var usage = await UsageAsync(Says("hello"), new TokenPrices(0.15m, 0.6m));

        Assert.Equal(("cloud", "scripted-1", 100L, 20L, (decimal?)0.000027m), (usage.Engine, usage.Model, usage.InputTokens, usage.OutputTokens, usage.Cost));
    }

    [Fact]
    public async Task Without_prices_there_is_no_cost()
        => Assert.Null((await UsageAsync(Says("hello"), prices: null)).Cost);

    [Fact]
    public async Task An_engine_that_reports_no_tokens_has_no_known_cost()
    {
        var usage = await UsageAsync(Updates(new ChatResponseUpdate(ChatRole.Assistant, "hi")), new TokenPrices(1, 1));

        Assert.Equal((0L, null), (usage.InputTokens, usage.Cost));
    }

    [Theory]
    [InlineData("stop", false)]
    [InlineData("length", true)]
    [InlineData("content_filter", true)]
    public async Task What_an_engines_limit_or_filter_cut_is_noted(string reason, bool isCut)
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, "…") { FinishReason = new ChatFinishReason(reason) };

        Assert.Equal(isCut, (await UsageAsync(Updates(update), prices: null)).IsCut);
    }

    private static async Task<TurnUsage> UsageAsync(Act act, TokenPrices? prices)
    {
        var client = new AccountingChatClient(new ScriptedChatClient(act), "cloud", prices, new FakeTimeProvider());
        var updates = await client.GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);
        return Assert.IsType<TurnUsageContent>(Assert.Single(updates[^1].Contents)).Usage;
    }
}
