using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class ConnectionPausesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionPauses _pauses;

    public ConnectionPausesTests() => _pauses = new ConnectionPauses(_clock);

    [Fact]
    public void A_pause_lasts_as_long_as_asked_and_tells_what_is_left()
    {
        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(7));

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(2), _pauses.Left(Row.Line));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_pauses.Left(Row.Line));
    }

    [Fact]
    public void Another_connection_goes_on()
    {
        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(7));

        Assert.Null(_pauses.Left(new ConnectionId("other")));
    }

    [Theory]
    [InlineData(30, 5)]
    [InlineData(5, 30)]
    public void Of_two_pauses_the_longer_one_stands(int first, int second)
    {
        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(first));
        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(second));

        Assert.Equal(TimeSpan.FromSeconds(30), _pauses.Left(Row.Line));
    }

    [Fact]
    public void A_pause_that_is_over_does_not_lengthen_the_next()
    {
        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromMinutes(1));

        _pauses.Begin(Row.Line, TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(5), _pauses.Left(Row.Line));
    }
}
