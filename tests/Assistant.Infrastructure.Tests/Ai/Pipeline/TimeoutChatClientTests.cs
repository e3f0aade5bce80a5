using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class TimeoutChatClientTests
{
    private static readonly TimeLimits Limits = new(FirstToken: TimeSpan.FromSeconds(60), Stall: TimeSpan.FromSeconds(30), Total: TimeSpan.FromSeconds(100));

    private readonly WatchedTime _time = new();
    private readonly Task _never = new TaskCompletionSource().Task;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_before_the_first_token_is_a_fault()
    {
        var answer = Limited(HangsAfter(_never)).TextAsync(Cancel);

        Assert.Equal(Limits.FirstToken, await _time.NextWaitAsync(Cancel));
        _time.Advance(Limits.FirstToken);

        var exception = await Assert.ThrowsAsync<EngineFaultException>(() => answer);
        Assert.Equal((EngineFaultKind.TimedOut, FaultWords.NoFirstToken(Limits.FirstToken).Reason), (exception.Fault.Kind, exception.Fault.Reason));
    }

    [Fact]
    public async Task A_pause_within_the_answer_is_a_fault_of_its_own()
    {
        await using var updates = Limited(HangsAfter(_never, "hel")).GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await updates.MoveNextAsync());

        var next = updates.MoveNextAsync();
        _time.Advance(Limits.Stall);

        var exception = await Assert.ThrowsAsync<EngineFaultException>(async () => await next);
        Assert.Equal(FaultWords.Stalled(Limits.Stall).Reason, exception.Fault.Reason);
    }

    [Fact]
    public async Task An_answer_that_never_ends_is_cut_at_the_total_limit()
    {
        await using var updates = Limited(HangsAfter(_never, "a", "b", "c", "d")).GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await updates.MoveNextAsync());
            _time.Advance(TimeSpan.FromSeconds(24));
        }

        var next = updates.MoveNextAsync();
        _time.Advance(TimeSpan.FromSeconds(4));

        var exception = await Assert.ThrowsAsync<EngineFaultException>(async () => await next);
        Assert.Equal(FaultWords.TooLong(Limits.Total).Reason, exception.Fault.Reason);
    }

    [Fact]
    public async Task A_prompt_answer_passes_and_time_passing_afterwards_does_no_harm()
    {
        Assert.Equal("hello", await Limited(Says("hel", "lo")).TextAsync(Cancel));

        _time.Advance(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_not_a_fault()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answer = Limited(HangsAfter(_never)).TextAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private TimeoutChatClient Limited(Act act) => new(new ScriptedChatClient(act), Limits, _time);
}
