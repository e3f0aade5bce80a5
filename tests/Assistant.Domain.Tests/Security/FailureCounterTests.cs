using Assistant.Domain.Security;
using Xunit;

namespace Assistant.Domain.Tests.Security;

public sealed class FailureCounterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(5);

    [Fact]
    public void Too_many_failures_in_a_row_lock_one_key_for_a_while()
    {
        var counter = new FailureCounter<string>(3, Lock);
        Fail(counter, "ada", 2);
        Assert.False(counter.IsLocked("ada", Noon));

        Fail(counter, "ada", 1);

        Assert.True(counter.IsLocked("ada", Noon + Lock - TimeSpan.FromTicks(1)));
        Assert.False(counter.IsLocked("bob", Noon));
        Assert.False(counter.IsLocked("ada", Noon + Lock));
    }

    [Fact]
    public void A_success_forgets()
    {
        var counter = new FailureCounter<string>(3, Lock);
        Fail(counter, "ada", 2);
        counter.Forget("ada");
        Fail(counter, "ada", 2);

        Assert.False(counter.IsLocked("ada", Noon));
    }

    [Fact]
    public void A_full_table_drops_what_failed_longest_ago()
    {
        var counter = new FailureCounter<string>(1, Lock, maxKeys: 2);
        counter.Fail("first", Noon);
        counter.Fail("second", Noon.AddSeconds(1));
        counter.Fail("third", Noon.AddSeconds(2));

        Assert.Equal([false, true, true], new[] { "first", "second", "third" }.Select(key => counter.IsLocked(key, Noon.AddSeconds(3))));
    }

    private static void Fail(FailureCounter<string> counter, string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            counter.Fail(key, Noon);
        }
    }
}
