using Assistant.Domain.Ai;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Testing.Ai;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class FallbackChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_engine_that_answers_is_the_last_one_asked()
    {
        var spare = new ScriptedChatClient(Says("never"));

        Assert.Equal("two", await Chain(new ScriptedChatClient(Fails(EngineFaultKind.Misconfigured)), new ScriptedChatClient(Says("two")), spare).TextAsync(Cancel));

        Assert.Equal(0, spare.Calls);
    }

    [Fact]
    public async Task An_engine_that_breaks_off_is_followed_and_the_new_beginning_is_announced()
    {
        var chain = Chain(new ScriptedChatClient(BreaksOffAfter("half")), new ScriptedChatClient(Says("whole")));
        var seen = new List<string>();

        await foreach (var update in chain.GetStreamingResponseAsync([], null, Cancel))
        {
            seen.AddRange(update.Contents.Select(c => c is EngineBegunContent begun ? $"<{begun.Engine}>" : (c as TextContent)?.Text ?? "usage"));
        }

        Assert.Equal(["<e1>", "half", "<e2>", "whole", "usage"], seen);
    }

    [Fact]
    public async Task When_all_fail_each_reason_is_listed()
    {
        var chain = Chain(new ScriptedChatClient(Fails(EngineFaultKind.Unreachable)), new ScriptedChatClient(BreaksOffAfter("x")));

        var exception = await Assert.ThrowsAsync<EnginesFailedException>(() => chain.TextAsync(Cancel));

        Assert.Equal([new("e1", new Phrase.Verbatim("broken")), new("e2", FaultWords.BrokenOff.Reason)], exception.Failures);
    }

    [Theory]
    [InlineData("Refused", "NoAnswer", true)]
    [InlineData("NoAnswer", "Refused", true)]
    [InlineData("Refused", "Unreachable", false)] // which may take it another time
    [InlineData("Misconfigured", "Refused", false)]
    [InlineData("NoAnswer", "NoAnswer", false)]
    public async Task A_message_that_no_engine_would_take_another_time_is_a_refused_one(string first, string second, bool isRefusal)
    {
        var chain = Chain([.. new[] { first, second }.Select(kind => new ScriptedChatClient(Fails(Enum.Parse<EngineFaultKind>(kind))))]);

        Assert.Equal(isRefusal, (await Assert.ThrowsAsync<EnginesFailedException>(() => chain.TextAsync(Cancel))).IsRefusal);
    }

    [Fact]
    public async Task Without_any_engine_the_operator_is_told_so()
    {
        var exception = await Assert.ThrowsAsync<EnginesFailedException>(() => Chain().TextAsync(Cancel));

        Assert.Single(exception.Failures);
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_set_the_next_engine_to_work()
    {
        var spare = new ScriptedChatClient(Says("never"));
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answer = Chain(new ScriptedChatClient(HangsAfter(new TaskCompletionSource().Task)), spare).TextAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, spare.Calls);
    }

    [Fact]
    public async Task Only_a_later_engine_is_told_that_it_stands_in()
    {
        var (first, second) = (new ScriptedChatClient(Fails(EngineFaultKind.ServerFault)), new ScriptedChatClient(Says("ok")));
        var options = new ReplyOptions(ReplyContextBuilder.Saying("hi").Build());

        await Chain(first, second).TextAsync(Cancel, options);

        Assert.False(((ReplyOptions)first.Options[0]!).IsStandIn);
        Assert.True(((ReplyOptions)second.Options[0]!).IsStandIn);
        Assert.Same(options.Context, ((ReplyOptions)second.Options[0]!.Clone()).Context);
    }

    private static FallbackChatClient Chain(params IChatClient[] engines)
        => new([.. engines.Select((engine, i) => new NamedEngine($"e{i + 1}", engine))], NullLogger.Instance);
}
