using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Outbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class ConnectionPausesTests
{
    private static readonly Phrase Flood = new Phrase.Verbatim("flood");

    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionPauses _pauses;

    public ConnectionPausesTests() => _pauses = Unwatched.Pauses(_clock);

    [Fact]
    public void A_pause_lasts_as_long_as_asked_and_tells_what_is_left()
    {
        Begin(TimeSpan.FromSeconds(7));

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(2), _pauses.Left(Row.Line));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_pauses.Left(Row.Line));
    }

    [Fact]
    public void Another_connection_goes_on()
    {
        Begin(TimeSpan.FromSeconds(7));

        Assert.Null(_pauses.Left(new ConnectionId("other")));
    }

    [Theory]
    [InlineData(30, 5)]
    [InlineData(5, 30)]
    public void Of_two_pauses_the_longer_one_stands(int first, int second)
    {
        Begin(TimeSpan.FromSeconds(first));
        Begin(TimeSpan.FromSeconds(second));

        Assert.Equal(TimeSpan.FromSeconds(30), _pauses.Left(Row.Line));
    }

    [Fact]
    public void A_pause_that_is_over_does_not_lengthen_the_next()
    {
        Begin(TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Begin(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(5), _pauses.Left(Row.Line));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_clock_that_is_set_changes_no_pause(int days)
    {
        var clock = new SetClock();
        var pauses = Unwatched.Pauses(clock);
        pauses.Begin(TenantId.Default, Row.Line, TimeSpan.FromSeconds(7), Flood);

        clock.Pass(TimeSpan.FromSeconds(2));
        clock.Set(TimeSpan.FromDays(days));

        Assert.Equal(TimeSpan.FromSeconds(5), pauses.Left(Row.Line));
        clock.Pass(TimeSpan.FromSeconds(5));
        Assert.Null(pauses.Left(Row.Line));
    }

    private void Begin(TimeSpan length) => _pauses.Begin(TenantId.Default, Row.Line, length, Flood);

    /// <summary>A machine's clock: somebody sets it, and time passes all the same.</summary>
    private sealed class SetClock : TimeProvider
    {
        private TimeSpan _passed;
        private TimeSpan _set;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _passed += time;

        public void Set(TimeSpan by) => _set += by;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + _passed + _set;
    }
}
