using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class PlainFaultChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Empty_updates_are_dropped_so_that_the_first_one_is_the_first_token()
    {
        var client = new PlainFaultChatClient(new ScriptedChatClient(Updates(
            new ChatResponseUpdate(ChatRole.Assistant, ""), new ChatResponseUpdate(ChatRole.Assistant, []),
            new ChatResponseUpdate(ChatRole.Assistant, "hi") { FinishReason = ChatFinishReason.Stop })));

        var updates = await client.GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);

        Assert.Equal("hi", Assert.Single(updates).Text);
    }

    [Fact]
    public async Task An_answer_without_a_reason_to_finish_was_cut_off()
        => Assert.Equal(FaultWords.BrokenOff, await FaultOfAsync(Updates(new ChatResponseUpdate(ChatRole.Assistant, "hal"))));

    [Fact]
    public async Task An_answer_of_nothing_but_thoughts_or_calls_or_silence_says_nothing_about_the_engine()
    {
        Assert.Equal(FaultWords.Blank, await FaultOfAsync(Says()));
        Assert.Equal(FaultWords.Blank, await FaultOfAsync(Updates(
            new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("let me see")]), new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop })));
        Assert.Equal(FaultWords.Blank, await FaultOfAsync(Updates(
            new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("1", "look_up")]) { FinishReason = ChatFinishReason.ToolCalls })));
        Assert.False(FaultWords.Blank.CountsAgainstEngine);
    }

    [Fact]
    public async Task A_stream_without_answer_and_end_is_no_answer_at_all()
    {
        Assert.Equal(FaultWords.Empty, await FaultOfAsync(Updates()));
        Assert.True(FaultWords.Empty.CountsAgainstEngine);
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\uFEFF\u2060 \u200D\n\u00AD")]
    [InlineData(" \n")]
    public async Task An_answer_in_which_nothing_shows_is_empty(string answer)
        => Assert.Equal(FaultWords.Blank, await FaultOfAsync(Says(answer, answer)));

    [Fact]
    public async Task Signs_without_width_are_part_of_an_answer_that_shows()
    {
        const string Family = "\U0001F469\u200D\U0001F467";

        Assert.Equal($"\u200B{Family}", await new PlainFaultChatClient(new ScriptedChatClient(Says("\u200B", Family))).TextAsync(Cancel));
    }

    [Fact]
    public async Task An_answer_without_end_is_cut()
        => Assert.Equal(FaultWords.Endless, await FaultOfAsync(Says([.. Enumerable.Repeat(new string('a', 1000), 201)])));

    [Fact]
    public async Task A_withheld_answer_is_named_as_such()
        => Assert.Equal(FaultWords.Filtered, await FaultOfAsync(Updates(new ChatResponseUpdate { FinishReason = ChatFinishReason.ContentFilter })));

    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    public async Task An_answer_that_was_cut_ends_with_a_sign_of_it_and_the_reason(string reason)
    {
        var finish = new ChatFinishReason(reason);
        var client = new PlainFaultChatClient(new ScriptedChatClient(Updates(
            new ChatResponseUpdate(ChatRole.Assistant, "Part of a long answ"), new ChatResponseUpdate { FinishReason = finish })));

        var updates = await client.GetStreamingResponseAsync([], null, Cancel).ToListAsync(Cancel);

        Assert.Equal(["Part of a long answ", "…"], updates.Select(update => update.Text));
        Assert.True(updates[^1].FinishReason == finish);
    }

    [Fact]
    public async Task A_limit_that_left_no_word_is_an_empty_answer()
        => Assert.Equal(FaultWords.Blank, await FaultOfAsync(RunsOutAfter()));

    [Fact]
    public async Task A_vendors_exception_becomes_a_fault_in_plain_words()
    {
        Assert.Equal(FaultWords.Malformed, await FaultOfAsync(Throws(new System.Text.Json.JsonException("'<' is an invalid start"))));
        Assert.Equal(FaultWords.BrokenOff, await FaultOfAsync(ThrowsAfter(new InvalidOperationException("wrapped", new IOException("reset")), "hal")));
        var known = FaultWords.NoFirstToken(TimeSpan.FromSeconds(1));
        Assert.Equal(known, await FaultOfAsync(Throws(new InvalidOperationException("wrapped", new EngineFaultException(known)))));
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_end_takes_nothing_back()
        => Assert.Equal("whole", await new PlainFaultChatClient(new ScriptedChatClient(_ => Finished(new IOException("reset")))).TextAsync(Cancel));

    [Fact]
    public async Task A_connection_that_is_given_up_after_the_end_takes_nothing_back()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var client = new PlainFaultChatClient(new ScriptedChatClient(_ => Finished(new OperationCanceledException(giveUp.Token), giveUp)));

        Assert.Equal("whole", await client.TextAsync(giveUp.Token));
    }

    [Fact]
    public async Task Cancellation_stays_cancellation()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answer = new PlainFaultChatClient(new ScriptedChatClient(HangsAfter(new TaskCompletionSource().Task))).TextAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Finished(Exception then, CancellationTokenSource? giveUp = null)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "whole") { FinishReason = ChatFinishReason.Stop };
        await (giveUp?.CancelAsync() ?? Task.CompletedTask);
        throw then;
    }

    private static async Task<EngineFault> FaultOfAsync(Act act)
        => (await Assert.ThrowsAsync<EngineFaultException>(() => new PlainFaultChatClient(new ScriptedChatClient(act)).TextAsync(Cancel))).Fault;
}
