using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

public abstract partial class InboxContract
{
    /// <summary>The clock is set back after the entry was stored: by its own time it is due in hours.</summary>
    [Fact]
    public async Task What_waits_longer_than_anything_may_was_stored_by_a_clock_that_was_ahead()
    {
        var longest = TimeSpan.FromMinutes(12);
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var now = Ports.Clock.GetUtcNow() - TimeSpan.FromHours(2);
        Assert.Empty(await Ports.Inbox.FindDueAsync(now, 10, Cancel));

        Assert.Equal(1, await Ports.Inbox.EndWaitsAsync(now, longest, Cancel));

        Assert.Equal([conversation], await Ports.Inbox.FindDueAsync(now, 10, Cancel));
        var entry = (await BeginAsync(conversation)).Entry;
        await Ports.Inbox.RetryLaterAsync(entry, new Phrase.Verbatim("boom"), Ports.Clock.GetUtcNow() + longest, Cancel);
        Assert.Equal(0, await Ports.Inbox.EndWaitsAsync(Ports.Clock.GetUtcNow(), longest, Cancel));
        Assert.Empty(await Ports.Inbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
    }
}
