using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Live;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Live;

public sealed class LivePumpTests
{
    private static readonly TenantId Tenant = new("acme");
    private static readonly ConversationId Id = ConversationId.Create();
    private readonly InMemoryLiveFeed _feed = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly System.Threading.Channels.Channel<LiveBatch> _shown = System.Threading.Channels.Channel.CreateUnbounded<LiveBatch>();

    [Fact]
    public async Task The_first_event_is_shown_at_once_and_the_next_ones_together()
    {
        await using var pump = Start();

        _feed.Publish(Progress("a"));
        Assert.Single((await NextAsync()).Events);
        var turn = Guid.CreateVersion7();
        _feed.Publish(Progress("b", turn));
        _feed.Publish(Progress("bc", turn));
        _feed.Publish(new LiveEvent.ConversationChanged(Tenant, Id));
        await BufferedAsync();
        _clock.Advance(LivePump.Interval);

        var batch = await NextAsync();
        Assert.Equal("bc", Assert.IsType<LiveEvent.ReplyProgress>(batch.Events[0]).Text);
        Assert.Equal(2, batch.Events.Count);
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_once()
    {
        await using var pump = Start();
        _feed.Publish(Progress("first"));
        await NextAsync();

        for (var i = 0; i < LivePump.Capacity * 3; i++)
        {
            _feed.Publish(Progress("x", Guid.CreateVersion7()));
        }

        await BufferedAsync();
        _clock.Advance(LivePump.Interval);
        var batch = await NextAsync();
        var shown = batch.Events.Count;
        var lost = batch.Lost;
        while (shown + lost < LivePump.Capacity * 3)
        {
            _clock.Advance(LivePump.Interval);
            batch = await NextAsync();
            shown += batch.Events.Count;
            lost += batch.Lost;
        }

        Assert.Equal(LivePump.Capacity * 3, shown + lost);
        Assert.True(lost > 0);
    }

    [Fact]
    public async Task Disposing_unsubscribes()
    {
        var pump = Start();
        Assert.Equal(1, _feed.Listeners);

        await pump.DisposeAsync();

        Assert.Equal(0, _feed.Listeners);
    }

    private LivePump Start() => LivePump.Start(_feed, Tenant, _clock, batch => _shown.Writer.WriteAsync(batch).AsTask());

    private static LiveEvent.ReplyProgress Progress(string text, Guid? turn = null) => new LiveEvent.ReplyProgress(Tenant, Id, turn ?? Guid.CreateVersion7(), text);

    private ValueTask<LiveBatch> NextAsync() => _shown.Reader.ReadAsync(TestContext.Current.CancellationToken);

    // The reader takes events over on its own thread; give it the processor until it has.
    private static async Task BufferedAsync()
    {
        for (var i = 0; i < 200; i++)
        {
            await Task.Yield();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
