using Assistant.Testing.Fakes;
using System.Diagnostics;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Tests.Conversations;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class StrandedClaimsTests : PathContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly OutboxOptions _options = new();
    private readonly ScriptedSession _session = new();
    private readonly HashSet<ConversationId> _lanes = [];
    private StrandedClaims? _stranded;

    private StrandedClaims Stranded => _stranded ??= new StrandedClaims(Ports.Outbox, _lanes.Contains, _options.SendTimeout, Ports.Clock);

    [Fact]
    public async Task A_claim_without_a_lane_is_taken_back_after_longer_than_a_send_may_take()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");

        await LookForAsync(_options.SendTimeout);
        Assert.Equal([claimed.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
        Assert.False(Stranded.IsTakenBack(claimed));
        await LookForAsync(_options.SendTimeout);

        Assert.Equal([conversation], await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
        Assert.True(Stranded.IsTakenBack(claimed));
    }

    [Fact]
    public async Task A_lane_keeps_its_claims_however_long_it_takes()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");
        _lanes.Add(conversation);

        await LookForAsync(TimeSpan.FromHours(1));

        Assert.Equal([claimed.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
    }

    [Fact]
    public async Task A_claim_seen_with_a_lane_in_between_is_waited_for_anew()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");
        await LookForAsync(_options.SendTimeout);
        _lanes.Add(conversation);
        await LookForAsync(StrandedClaims.LookInterval);
        _lanes.Clear();

        await LookForAsync(_options.SendTimeout);

        Assert.Equal([claimed.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
    }

    [Fact]
    public async Task A_lane_that_comes_while_a_claim_is_taken_back_keeps_it()
    {
        var (_, claimed) = await AnsweredAsync("hi");
        var asked = 0;
        var stranded = new StrandedClaims(Ports.Outbox, _ => asked++ > 0, _options.SendTimeout, Ports.Clock);
        Assert.Equal(0, await stranded.RecoverAsync(Cancel)); // seen without a lane
        asked = 0;
        Ports.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, await stranded.RecoverAsync(Cancel)); // still without, but not a moment later

        Assert.Equal(2, asked);
        Assert.False(stranded.IsTakenBack(claimed));
        Assert.Equal([claimed.Claim], await Ports.Outbox.FindClaimsAsync(Cancel));
    }

    [Fact]
    public async Task A_reply_whose_commit_was_never_answered_is_sent_once_as_perhaps_shown()
    {
        var (conversation, _) = await AnsweredAsync("hi");
        using var worker = Worker(Ports.Outbox);

        SweepFor(worker, 4 * _options.SendTimeout);

        Assert.True(Assert.Single(_session.Sent).MayRepeat);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_claim_handed_over_after_it_was_taken_back_is_not_sent_a_second_time()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");
        using var worker = Worker(Ports.Outbox);
        SweepFor(worker, 4 * _options.SendTimeout);

        HandOver(worker, conversation, claimed);

        Assert.Single(_session.Sent);
    }

    [Fact]
    public async Task A_claim_handed_over_in_time_is_sent_once_and_not_as_perhaps_shown()
    {
        var (conversation, claimed) = await AnsweredAsync("hi");
        using var worker = Worker(Ports.Outbox);
        SweepFor(worker, _options.SendTimeout);

        HandOver(worker, conversation, claimed);
        SweepFor(worker, 4 * _options.SendTimeout);

        Assert.False(Assert.Single(_session.Sent).MayRepeat);
    }

    [Fact]
    public async Task A_part_claimed_by_a_recording_whose_answer_was_lost_is_sent_all_the_same()
    {
        var (conversation, claimed) = await AnsweredAsync("one", "two");
        var losses = 1;
        using var worker = Worker(new FailingOutbox(Ports.Outbox, fails: _ => false, losesAnswer: name => name == nameof(IOutbox.MarkSentAsync) && losses-- > 0));

        await worker.StartAsync(Cancel);
        worker.Committed(conversation, claimed);
        await UntilAsync(() => _session.Sent.Count == 2 && worker.Active == 0);
        await worker.StopAsync(Cancel);

        Assert.Equal([("one", false), ("two", true)], _session.Sent.Select(m => (m.Body.Markdown, m.MayRepeat)));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private OutboxWorker Worker(IOutbox outbox) => new(outbox, _session, Ports.Connections, Unwatched.Pauses(Ports.Clock), new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(_options), Ports.Clock, NullLogger<OutboxWorker>.Instance);

    private async Task<(ConversationId Conversation, OutboxEntry Claimed)> AnsweredAsync(params string[] parts)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        return (conversation, Assert.IsType<OutboxEntry>(await AnswerAsync(conversation, parts)));
    }

    /// <summary>Looks every second, as the sweep does.</summary>
    private async Task LookForAsync(TimeSpan time)
    {
        for (var end = Ports.Clock.GetUtcNow() + time; Ports.Clock.GetUtcNow() < end; Ports.Clock.Advance(_options.SweepInterval))
        {
            await Stranded.RecoverAsync(Cancel);
        }
    }

    private void SweepFor(OutboxWorker worker, TimeSpan time)
    {
        for (var end = Ports.Clock.GetUtcNow() + time; Ports.Clock.GetUtcNow() < end; Ports.Clock.Advance(_options.SweepInterval))
        {
            new RandomSteps(1).Run(() => worker.SweepAsync(Cancel), () => worker.Active == 0);
        }
    }

    private static void HandOver(OutboxWorker worker, ConversationId conversation, OutboxEntry claimed)
        => new RandomSteps(1).Run(
            () =>
            {
                worker.Committed(conversation, claimed);
                return Task.CompletedTask;
            },
            () => worker.Active == 0);

    /// <summary>Lets time pass on the fake clock until it is so.</summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "nothing moves any more");
            Ports.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }
}
