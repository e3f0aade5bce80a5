using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class AccessTokensTests
{
    private readonly FakeTimeProvider _time = new();
    private int _issued;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_one_is_fetched()
    {
        var gate = new TaskCompletionSource();
        using var tokens = new AccessTokens(async _ =>
        {
            await gate.Task;
            return Issue();
        }, _time);

        var asking = Enumerable.Range(0, 20).Select(_ => tokens.GetAsync(Cancel)).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(asking), token => Assert.Equal("token-1", token));
    }

    [Fact]
    public async Task It_is_renewed_before_it_ends()
    {
        using var tokens = new AccessTokens(_ => Task.FromResult(Issue()), _time);
        await tokens.GetAsync(Cancel);

        _time.Advance(TimeSpan.FromMinutes(114));
        Assert.Equal("token-1", await tokens.GetAsync(Cancel));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("token-2", await tokens.GetAsync(Cancel));
    }

    [Fact]
    public async Task A_refused_one_is_replaced_once_however_many_were_refused_with_it()
    {
        using var tokens = new AccessTokens(_ => Task.FromResult(Issue()), _time);
        var first = await tokens.GetAsync(Cancel);

        tokens.Refused(first);
        var second = await tokens.GetAsync(Cancel);
        tokens.Refused(first);

        Assert.Equal(("token-2", "token-2"), (second, await tokens.GetAsync(Cancel)));
    }

    [Fact]
    public async Task After_a_fault_the_next_one_tries_again()
    {
        var fails = true;
        using var tokens = new AccessTokens(_ => fails ? throw new IOException("no") : Task.FromResult(Issue()), _time);

        await Assert.ThrowsAsync<IOException>(() => tokens.GetAsync(Cancel));
        fails = false;

        Assert.Equal("token-1", await tokens.GetAsync(Cancel));
    }

    [Fact]
    public async Task A_fault_is_everybody_s_who_waits_for_it_and_nobody_s_after()
    {
        var gate = new TaskCompletionSource<IssuedToken>();
        using var tokens = new AccessTokens(_ => ++_issued == 1 ? gate.Task : Task.FromResult(Issue()), _time);
        var asking = Enumerable.Range(0, 20).Select(_ => tokens.GetAsync(Cancel)).ToList();

        gate.SetException(new IOException("no"));

        foreach (var one in asking)
        {
            await Assert.ThrowsAsync<IOException>(() => one);
        }

        Assert.Equal(1, _issued);
        Assert.Equal("token-3", await tokens.GetAsync(Cancel));
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_others_to_their_own_question()
    {
        using var impatient = new CancellationTokenSource();
        using var tokens = new AccessTokens(async cancellationToken =>
        {
            if (++_issued == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
            }

            return Issue();
        }, _time);
        var (first, second) = (tokens.GetAsync(impatient.Token), tokens.GetAsync(Cancel));

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("token-3", await second);
    }

    private IssuedToken Issue() => new($"token-{++_issued}", TimeSpan.FromHours(2));
}
