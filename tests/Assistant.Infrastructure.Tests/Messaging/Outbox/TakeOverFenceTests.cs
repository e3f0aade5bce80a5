using Assistant.Domain.Conversations;
using Assistant.Infrastructure.Messaging.Outbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class TakeOverFenceTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConversationId _conversation = Row.NewConversation();
    private readonly TakeOverFence _fence;

    public TakeOverFenceTests() => _fence = new TakeOverFence(_clock);

    [Fact]
    public void It_stops_what_the_assistant_claimed_before_the_take_over_and_nothing_else()
    {
        _fence.Raise(_conversation, 5);

        Assert.True(_fence.Stops(Row.Of(_conversation, version: 4)));
        Assert.False(_fence.Stops(Row.Of(_conversation, version: 5)));
        Assert.False(_fence.Stops(Row.Of(_conversation, version: 4, byAssistant: false)));
        Assert.False(_fence.Stops(Row.Of(Row.NewConversation(), version: 4)));
    }

    [Fact]
    public void An_older_take_over_that_comes_late_lowers_nothing()
    {
        _fence.Raise(_conversation, 5);
        _fence.Raise(_conversation, 3);

        Assert.True(_fence.Stops(Row.Of(_conversation, version: 4)));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(11, false)]
    public void It_is_forgotten_once_nothing_older_can_turn_up(int minutes, bool stops)
    {
        _fence.Raise(_conversation, 5);
        _clock.Advance(TimeSpan.FromMinutes(minutes));

        _fence.ForgetOld(_ => false);

        Assert.Equal(stops, _fence.Stops(Row.Of(_conversation, version: 4)));
    }

    [Fact]
    public void It_is_kept_while_rows_of_the_conversation_wait_for_a_place()
    {
        _fence.Raise(_conversation, 5);
        _clock.Advance(TimeSpan.FromHours(1));

        _fence.ForgetOld(conversation => conversation == _conversation);

        Assert.True(_fence.Stops(Row.Of(_conversation, version: 4)));
    }
}
