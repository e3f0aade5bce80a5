using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Assistant.Infrastructure.Tests.Ai.ScriptedChatClient;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

public sealed class CircuitBreakerChatClientTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly EngineCircuit _circuit;

    public CircuitBreakerChatClientTests()
        => _circuit = new(new(FailuresToOpen: 3, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(35)), _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failures_in_a_row_keep_further_calls_away()
    {
        var engine = new ScriptedChatClient(Fails(EngineFaultKind.ServerFault));
        var guarded = Guard(engine);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(EngineFaultKind.ServerFault, await FaultOfAsync(guarded));
        }

        Assert.Equal(EngineFaultKind.Resting, await FaultOfAsync(guarded));

        Assert.Equal(3, engine.Calls);
        Assert.Equal((true, _time.GetUtcNow().AddSeconds(10)), (Health.IsOpen, Health.RetryAt!.Value));
        Assert.Equal(new Phrase.Verbatim("broken"), Health.LastError);
    }

    [Fact]
    public async Task A_success_in_between_starts_the_count_anew()
    {
        var bad = Fails(EngineFaultKind.ServerFault);
        var engine = new ScriptedChatClient(bad, bad, Says("ok"), bad, bad, Says("ok"));
        var guarded = Guard(engine);

        for (var i = 0; i < 2; i++)
        {
            await FaultOfAsync(guarded);
            await FaultOfAsync(guarded);
            Assert.Equal("ok", await guarded.TextAsync(Cancel));
        }

        Assert.False(Health.IsOpen);
        Assert.Equal(_time.GetUtcNow(), Health.LastSuccessAt);
    }

    [Fact]
    public async Task After_its_rest_one_probe_passes_and_its_success_lets_all_pass()
    {
        var bad = Fails(EngineFaultKind.TimedOut);
        var gate = new TaskCompletionSource();
        var engine = new ScriptedChatClient(bad, bad, bad, HangsAfter(gate.Task, "alive"), Says("ok"));
        var guarded = Guard(engine);
        await OpenAsync(guarded);
        _time.Advance(TimeSpan.FromSeconds(10));

        await using var probe = guarded.GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel);
        Assert.Null(_circuit.Snapshot("e")!.LastSuccessAt);
        var first = probe.MoveNextAsync();
        Assert.True(await first);

        Assert.Equal("ok", await guarded.TextAsync(Cancel));
        Assert.False(Health.IsOpen);
        gate.SetResult();
    }

    [Fact]
    public async Task While_a_probe_is_out_others_are_kept_away()
    {
        var bad = Fails(EngineFaultKind.TimedOut);
        var gate = new TaskCompletionSource();
        var guarded = Guard(new ScriptedChatClient(bad, bad, bad, HangsAfter(gate.Task), Says("never")));
        await OpenAsync(guarded);
        _time.Advance(TimeSpan.FromSeconds(10));

        await using var probe = guarded.GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel);
        var first = probe.MoveNextAsync();

        Assert.Equal(EngineFaultKind.Resting, await FaultOfAsync(guarded));
        gate.SetResult();
        await first;
    }

    [Fact]
    public async Task A_failing_probe_doubles_the_rest_up_to_the_limit()
    {
        var guarded = Guard(new ScriptedChatClient(Fails(EngineFaultKind.Unreachable)));
        await OpenAsync(guarded);

        foreach (var (rest, next) in new[] { (10, 20), (20, 35), (35, 35) })
        {
            _time.Advance(TimeSpan.FromSeconds(rest));
            Assert.Equal(EngineFaultKind.Unreachable, await FaultOfAsync(guarded));
            Assert.Equal(_time.GetUtcNow().AddSeconds(next), Health.RetryAt);
        }
    }

    [Fact]
    public async Task A_probe_whose_caller_leaves_makes_room_for_the_next_probe()
    {
        var bad = Fails(EngineFaultKind.ServerFault);
        var guarded = Guard(new ScriptedChatClient(bad, bad, bad, HangsAfter(new TaskCompletionSource().Task), Says("ok")));
        await OpenAsync(guarded);
        _time.Advance(TimeSpan.FromSeconds(10));
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var probe = guarded.TextAsync(giveUp.Token);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);

        Assert.Equal("ok", await guarded.TextAsync(Cancel));
    }

    [Theory]
    [InlineData("Refused")]
    [InlineData("NoAnswer")]
    public async Task A_request_that_is_refused_or_left_without_an_answer_says_nothing_about_the_engine(string kind)
    {
        var expected = Enum.Parse<EngineFaultKind>(kind);
        var guarded = Guard(new ScriptedChatClient(Fails(expected)));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(expected, await FaultOfAsync(guarded));
        }

        Assert.False(Health.IsOpen);
    }

    [Fact]
    public async Task An_engine_whose_answers_are_finished_but_empty_stays_in_service()
    {
        var guarded = Guard(new PlainFaultChatClient(new ScriptedChatClient(Says())));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(EngineFaultKind.NoAnswer, await FaultOfAsync(guarded));
        }

        Assert.False(Health.IsOpen);
    }

    [Theory]
    [InlineData]
    [InlineData("half")]
    public async Task Answers_that_break_off_count_too(params string[] pieces)
    {
        var guarded = Guard(new ScriptedChatClient(BreaksOffAfter(pieces)));

        await OpenAsync(guarded);

        Assert.True(Health.IsOpen);
    }

    [Fact]
    public async Task A_probe_that_breaks_off_after_its_first_word_rests_again_and_longer()
    {
        var guarded = Guard(new ScriptedChatClient(BreaksOffAfter("half")));
        await OpenAsync(guarded);
        _time.Advance(TimeSpan.FromSeconds(10));

        await FaultOfAsync(guarded);

        Assert.Equal((true, _time.GetUtcNow().AddSeconds(20)), (Health.IsOpen, Health.RetryAt!.Value));
        Assert.Null(Health.LastSuccessAt);
    }

    [Fact]
    public async Task A_caller_who_leaves_an_answer_half_read_changes_nothing()
    {
        var bad = BreaksOffAfter("half");
        var guarded = Guard(new ScriptedChatClient(bad, bad, HangsAfter(new TaskCompletionSource().Task, "half"), bad));
        await FaultOfAsync(guarded);
        await FaultOfAsync(guarded);
        await using (var left = guarded.GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel))
        {
            Assert.True(await left.MoveNextAsync());
        }

        Assert.False(Health.IsOpen);
        await FaultOfAsync(guarded);

        Assert.True(Health.IsOpen);
    }

    [Fact]
    public async Task The_rest_is_at_least_as_long_as_the_server_asks()
    {
        var guarded = Guard(new ScriptedChatClient(Fails(EngineFaultKind.RateLimited, TimeSpan.FromSeconds(25))));

        await OpenAsync(guarded);

        Assert.Equal(_time.GetUtcNow().AddSeconds(25), Health.RetryAt);
    }

    [Fact]
    public async Task A_call_from_before_the_rest_that_fails_during_the_probe_is_not_taken_for_it()
    {
        var (late, probing) = (new TaskCompletionSource(), new TaskCompletionSource());
        var bad = Fails(EngineFaultKind.ServerFault);
        var guarded = Guard(new ScriptedChatClient(FailsAfter(late.Task), bad, bad, bad, HangsAfter(probing.Task), Says("ok")));
        var before = FaultOfAsync(guarded);
        await OpenAsync(guarded);
        _time.Advance(TimeSpan.FromSeconds(10));
        await using var probe = guarded.GetStreamingResponseAsync([], null, Cancel).GetAsyncEnumerator(Cancel);
        var first = probe.MoveNextAsync();

        late.SetResult();
        await before;

        Assert.True(Health.RetryAt <= _time.GetUtcNow());
        Assert.Equal(EngineFaultKind.Resting, await FaultOfAsync(guarded));
        probing.SetResult();
        Assert.True(await first);
        Assert.Equal("ok", await guarded.TextAsync(Cancel));
    }

    [Fact]
    public async Task Calls_from_before_the_rest_that_fail_in_it_do_not_prolong_it()
    {
        var late = new TaskCompletionSource();
        var bad = Fails(EngineFaultKind.ServerFault);
        var guarded = Guard(new ScriptedChatClient(FailsAfter(late.Task), bad, bad, bad));
        var before = FaultOfAsync(guarded);
        await OpenAsync(guarded);
        var until = Health.RetryAt;
        _time.Advance(TimeSpan.FromSeconds(5));

        late.SetResult();
        await before;

        Assert.Equal(until, Health.RetryAt);
    }

    private Domain.Ai.EngineHealth Health => _circuit.Snapshot("e")!;

    private CircuitBreakerChatClient Guard(IChatClient engine) => new(engine, _circuit);

    private static async Task OpenAsync(IChatClient guarded)
    {
        for (var i = 0; i < 3; i++)
        {
            await FaultOfAsync(guarded);
        }
    }

    private static async Task<EngineFaultKind> FaultOfAsync(IChatClient client)
        => (await Assert.ThrowsAsync<EngineFaultException>(() => client.TextAsync(Cancel))).Fault.Kind;
}
