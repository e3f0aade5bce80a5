using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class RetryChatClientTests
{
    private readonly WatchedTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passing_fault_is_followed_by_another_attempt_after_a_growing_wait()
    {
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.ServerFault), Fails(EngineFaultKind.Unreachable), Says("ok"));

        var answer = Retry(engine).TextAsync(Cancel);

        await AdvanceOverWaitAsync(TimeSpan.FromMilliseconds(750));
        await AdvanceOverWaitAsync(TimeSpan.FromMilliseconds(1500));
        Assert.Equal("ok", await answer);
        Assert.Equal(3, engine.Calls);
    }

    [Fact]
    public async Task The_wait_the_server_asks_for_is_honoured()
    {
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.RateLimited, TimeSpan.FromSeconds(7)), Says("ok"));

        var answer = Retry(engine).TextAsync(Cancel);

        await AdvanceOverWaitAsync(TimeSpan.FromSeconds(7));
        Assert.Equal("ok", await answer);
    }

    [Fact]
    public async Task A_server_that_asks_for_too_long_a_wait_is_given_up()
    {
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.RateLimited, TimeSpan.FromSeconds(11)), Says("never"));

        await Assert.ThrowsAsync<EngineFaultException>(() => Retry(engine).TextAsync(Cancel));

        Assert.Equal(1, engine.Calls);
    }

    [Theory]
    [InlineData("Misconfigured")]
    [InlineData("Refused")]
    [InlineData("NoAnswer")]
    public async Task A_fault_that_would_come_again_is_not_retried(string kind)
    {
        var engine = new ScriptedChatClient(Fails(Enum.Parse<EngineFaultKind>(kind)), Says("never"));

        await Assert.ThrowsAsync<EngineFaultException>(() => Retry(engine).TextAsync(Cancel));

        Assert.Equal(1, engine.Calls);
    }

    [Fact]
    public async Task After_the_first_token_nothing_is_repeated()
    {
        var engine = new ScriptedChatClient(BreaksOffAfter("half a"), Says("whole answer"));
        var seen = new List<string>();

        var exception = await Assert.ThrowsAsync<EngineFaultException>(async () =>
        {
            await foreach (var update in Retry(engine).GetStreamingResponseAsync([new(ChatRole.User, "hi")], null, Cancel))
            {
                seen.Add(update.Text);
            }
        });

        Assert.Equal(EngineFaultKind.BrokenOff, exception.Fault.Kind);
        Assert.Equal(["half a"], seen);
        Assert.Equal(1, engine.Calls);
    }

    [Fact]
    public async Task The_last_attempts_fault_is_the_one_reported()
    {
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.ServerFault), Fails(EngineFaultKind.ServerFault), Fails(EngineFaultKind.TimedOut));

        var answer = Retry(engine).TextAsync(Cancel);
        await AdvanceOverWaitAsync(TimeSpan.FromMilliseconds(750));
        await AdvanceOverWaitAsync(TimeSpan.FromMilliseconds(1500));

        var exception = await Assert.ThrowsAsync<EngineFaultException>(() => answer);
        Assert.Equal(EngineFaultKind.TimedOut, exception.Fault.Kind);
        Assert.Equal(3, engine.Calls);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.ServerFault), Says("never"));

        var answer = Retry(engine).TextAsync(giveUp.Token);
        await _time.NextWaitAsync(Cancel);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(1, engine.Calls);
    }

    private RetryChatClient Retry(IChatClient engine)
        => new(engine, new(MaxAttempts: 3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), Jitter: () => 0.5), _time);

    private async Task AdvanceOverWaitAsync(TimeSpan expected)
    {
        Assert.Equal(expected, await _time.NextWaitAsync(Cancel));
        _time.Advance(expected);
    }
}
