using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Outbox;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class SendLaneTests
{
    private readonly SendLane _lane = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_first_offer_starts_the_lane_and_the_next_ones_are_taken_along()
    {
        Assert.Equal(LaneOffer.Start, _lane.Offer(null));
        Assert.Equal(LaneOffer.Taken, _lane.Offer(null));
    }

    [Fact]
    public void Rows_handed_over_come_first_and_in_order_then_a_look_into_the_outbox_where_somebody_asked_for_one()
    {
        var conversation = Row.NewConversation();
        var (one, two) = (Row.Of(conversation), Row.Of(conversation));
        _lane.Offer(one);
        _lane.Offer(null);
        _lane.Offer(two);

        Assert.Equal([one, two, null], Take(3));
        Assert.False(_lane.TakeOrLeave(out _));
    }

    [Fact]
    public void A_row_handed_over_asks_for_no_look_recording_it_is_one()
    {
        var row = Row.Of(Row.NewConversation());
        _lane.Offer(row);

        Assert.Equal([row], Take(1));
        Assert.False(_lane.TakeOrLeave(out _));
    }

    [Fact]
    public void A_lane_that_is_told_to_look_again_does_so_before_it_leaves()
    {
        _lane.Offer(null);
        Take(1);

        _lane.LookAgain();

        Assert.Equal([null], Take(1));
        Assert.False(_lane.TakeOrLeave(out _));
    }

    [Fact]
    public void A_lane_that_has_left_takes_nothing_any_more()
    {
        _lane.Offer(null);
        Take(1);
        _lane.TakeOrLeave(out _);

        Assert.Equal(LaneOffer.Gone, _lane.Offer(Row.Of(Row.NewConversation())));
    }

    [Fact]
    public async Task Everybody_who_waits_hears_when_the_send_has_ended()
    {
        Assert.True(_lane.WhenSentAsync(Cancel).IsCompletedSuccessfully);

        _lane.Begin();
        var (one, two) = (_lane.WhenSentAsync(Cancel), _lane.WhenSentAsync(Cancel));
        Assert.False(one.IsCompleted);
        _lane.End();
        await Task.WhenAll(one, two);

        _lane.Begin();
        Assert.False(_lane.WhenSentAsync(Cancel).IsCompleted);
    }

    private List<OutboxEntry?> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _lane.TakeOrLeave(out var entry) ? entry : throw new InvalidOperationException("It left."))];
}
