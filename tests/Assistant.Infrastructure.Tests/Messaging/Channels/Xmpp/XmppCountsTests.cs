using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>What both sides of a stream count.</summary>
public sealed class XmppCountsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_acknowledged_is_taken_and_the_rest_goes_again_in_its_order()
    {
        var unacked = new XmppUnacked();
        var (first, second, third) = (NewPending(), NewPending(), NewPending());
        unacked.Add("<one/>", first);
        unacked.Add(null, null);
        unacked.Add("<two/>", second);
        unacked.Add("<three/>", third);

        unacked.Acknowledge(1);
        unacked.GiveUp(second);

        Assert.True(first.Done.Task.IsCompletedSuccessfully);
        Assert.Equal(["<three/>"], unacked.Renumber(2));
        unacked.Acknowledge(3);
        Assert.True(third.Done.Task.IsCompletedSuccessfully);
        Assert.False(second.Done.Task.IsCompleted);
    }

    [Fact]
    public void The_count_goes_round()
    {
        var unacked = new XmppUnacked();
        unacked.Renumber(uint.MaxValue - 1);
        var (last, first) = (NewPending(), NewPending());
        unacked.Add("<last/>", last);
        unacked.Add("<first/>", first);

        unacked.Acknowledge(uint.MaxValue);
        Assert.False(first.Done.Task.IsCompleted);
        unacked.Acknowledge(0);

        Assert.True(last.Done.Task.IsCompletedSuccessfully && first.Done.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Nothing_behind_what_failed_counts()
    {
        var received = new XmppReceived();
        var slow = new TaskCompletionSource<XmppMark?>();
        List<string> saved = [];
        received.Add(Task.FromResult<XmppMark?>(new("archive", "1", null)));
        received.Add(slow.Task);
        received.Add(Task.FromResult<XmppMark?>(new("archive", "3", null)));
        var committing = received.CommitAsync(SaveAsync, () => Task.CompletedTask, Cancel);

        slow.SetException(new IOException("The disk is full."));

        await Assert.ThrowsAsync<XmppNotStoredException>(() => committing);
        Assert.Equal(1u, received.Handled);
        Assert.DoesNotContain("3", saved);

        Task SaveAsync(IReadOnlyCollection<XmppMark> marks)
        {
            saved.AddRange(marks.Select(mark => mark.Id));
            return Task.CompletedTask;
        }
    }

    private static XmppPending NewPending() => new(ToRoom: false, new TaskCompletionSource<XmppReceipt>());
}
