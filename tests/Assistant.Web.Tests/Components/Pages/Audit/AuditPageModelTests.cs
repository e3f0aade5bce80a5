using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Web.Components.Pages.Audit;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditPageModelTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DeskFixture _house = new();

    [Fact]
    public async Task New_events_come_on_top_through_the_filter()
    {
        var room = await ShownAsync(new AuditFilter(AuditActions.SignedIn));
        Write(AuditActions.SignedOut);
        var shown = Write(AuditActions.SignedIn);
        _house.Clock.Advance(AuditPageModel.ReadInterval);

        Assert.True(await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.Audited(DeskFixture.Acme, shown)), Cancel));

        Assert.Equal([shown.Seq], room.Events.Select(item => item.Seq));
    }

    [Fact]
    public async Task Paused_nothing_moves_and_what_waits_is_counted()
    {
        Write(AuditActions.SignedIn);
        var room = await ShownAsync();
        var before = room.Events;

        room.Pause();
        var waiting = Write(AuditActions.SignedOut);
        await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.Audited(DeskFixture.Acme, waiting)), Cancel);
        Assert.Same(before, room.Events);
        Assert.Equal(1, room.Waiting);
        await room.ResumeAsync(Cancel);

        Assert.Equal(waiting.Seq, room.Events[0].Seq);
        Assert.Equal(0, room.Waiting);
    }

    [Fact]
    public async Task A_flood_shows_the_newest_page_counts_what_went_by_and_can_be_read_back()
    {
        var first = Write(AuditActions.SignedIn);
        var room = await ShownAsync();
        AuditEvent last = first;
        for (var i = 0; i < AuditPageModel.PageSize + 30; i++)
        {
            last = Write(AuditActions.MessageReceived);
        }

        _house.Clock.Advance(AuditPageModel.ReadInterval);
        await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.Audited(DeskFixture.Acme, last)), Cancel);
        Assert.Equal(AuditPageModel.PageSize, room.Events.Count);
        Assert.Equal(30, room.Dropped);
        await room.LoadMoreAsync(Cancel);

        Assert.Contains(room.Events, item => item.Seq == first.Seq);
        Assert.Equal(room.Events.Count, room.Events.Select(item => item.Seq).Distinct().Count());
    }

    [Fact]
    public async Task Asking_twice_for_older_events_shows_them_once()
    {
        for (var i = 0; i < AuditPageModel.PageSize * 3; i++)
        {
            Write(AuditActions.MessageReceived);
        }

        var (log, gate) = Gated.Over<IAuditLog>(_house.Audit, nameof(IAuditLog.ListAsync));
        var room = await ShownAsync(log: log);
        gate.Close();
        var both = Task.WhenAll(room.LoadMoreAsync(Cancel), room.LoadMoreAsync(Cancel));
        gate.Open();
        await both;

        Assert.Equal(AuditPageModel.PageSize * 2, room.Events.Select(item => item.Seq).Distinct().Count());
        Assert.Equal(AuditPageModel.PageSize * 2, room.Events.Count);
    }

    [Fact]
    public async Task Older_events_of_another_filter_are_not_shown_under_this_one()
    {
        for (var i = 0; i < AuditPageModel.PageSize * 2; i++)
        {
            Write(AuditActions.MessageReceived);
        }

        var only = Write(AuditActions.SignedIn);
        var (log, gate) = Gated.Over<IAuditLog>(_house.Audit, nameof(IAuditLog.ListAsync));
        var room = await ShownAsync(log: log);
        gate.Close();
        var older = room.LoadMoreAsync(Cancel);
        var release = gate.HoldWhoCame();
        await room.ShowAsync(new AuditFilter(AuditActions.SignedIn), null, Cancel);
        release();
        await older;

        Assert.Equal([only.Seq], room.Events.Select(item => item.Seq));
    }

    [Fact]
    public async Task Going_on_and_following_at_once_show_what_is_new_once()
    {
        var (log, gate) = Gated.Over<IAuditLog>(_house.Audit, nameof(IAuditLog.ListAsync));
        var room = await ShownAsync(log: log);
        _house.Clock.Advance(AuditPageModel.ReadInterval);
        var shown = Write(AuditActions.SignedIn);
        await Dispatcher.CreateDefault().InvokeAsync(async () => // one thing at a time, as in a page
        {
            gate.Close();
            var both = Task.WhenAll(room.ApplyAsync(DeskFixture.Batch(new LiveEvent.Audited(DeskFixture.Acme, shown)), Cancel), room.ResumeAsync(Cancel));
            gate.Open();
            await both;
        });

        Assert.Equal([shown.Seq], room.Events.Select(item => item.Seq));
    }

    [Fact]
    public async Task A_stream_of_events_costs_one_reading_a_second()
    {
        var room = await ShownAsync();
        _house.Clock.Advance(AuditPageModel.ReadInterval);
        var reads = _house.Audit.Lists;

        for (var i = 0; i < 20; i++)
        {
            await room.ApplyAsync(DeskFixture.Batch(new LiveEvent.Audited(DeskFixture.Acme, Write(AuditActions.MessageSent))), Cancel);
        }

        Assert.Equal(reads + 1, _house.Audit.Lists);
        _house.Clock.Advance(AuditPageModel.ReadInterval);
        Assert.True(await room.TickAsync(Cancel));
        Assert.False(await room.TickAsync(Cancel));
    }

    [Fact]
    public async Task A_link_to_an_old_event_opens_it()
    {
        var old = Write(AuditActions.SignedIn);
        for (var i = 0; i < AuditPageModel.PageSize; i++)
        {
            Write(AuditActions.MessageSent);
        }

        var room = new AuditPageModel(_house.Audit, _house.Me, _house.Clock);
        await room.ShowAsync(new AuditFilter(), old.Seq, Cancel);

        Assert.Equal(old.Seq, room.Selected?.Seq);
    }

    [Fact]
    public async Task A_log_that_was_tampered_with_is_said_to_be_broken()
    {
        Write(AuditActions.SignedIn);
        _house.Audit.Tamper(1, what => what with { Action = AuditActions.SignedOut });
        var room = await ShownAsync();

        await room.VerifyAsync(Cancel);

        Assert.Equal(1, Assert.IsType<AuditVerdict.Broken>(room.Verdict).Seq);
        Assert.False(room.IsVerifying);
    }

    [Fact]
    public async Task An_event_under_a_number_below_the_first_breaks_the_log_that_shows_it()
    {
        var forged = Write(AuditActions.SignedIn).What with { Action = AuditActions.SignedOut };
        _house.Audit.Forge(-7, forged);
        var room = await ShownAsync();

        await room.VerifyAsync(Cancel);

        Assert.Equal(new AuditVerdict.Broken(1, AuditBreak.Inserted), room.Verdict);
        Assert.Equal([1L, -7L], room.Events.Select(item => item.Seq));
    }

    [Fact]
    public void A_filter_survives_the_address()
    {
        var address = AuditAddress.Read("user.signin", "anna", "user/anna", "10.0", "2026-03-01", "2026-03-24");

        Assert.Equal(
            "audit/7?action=user.signin&actor=anna&subject=user%2Fanna&q=10.0&from=2026-03-01&until=2026-03-24",
            address.Href(7));
        Assert.True(AuditAddress.Read(" ", null, "", null, "not a day", null).IsEmpty);
    }

    [Fact]
    public void A_day_is_the_readers_own_and_the_last_one_counts_whole()
    {
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

        var filter = AuditAddress.Read(null, null, null, null, "2026-03-24", "2026-03-24").Filter(shanghai);

        Assert.Equal(new DateTimeOffset(2026, 3, 23, 16, 0, 0, TimeSpan.Zero), filter.From);
        Assert.Equal(new DateTimeOffset(2026, 3, 24, 16, 0, 0, TimeSpan.Zero), filter.Until);
    }

    private AuditEvent Write(string action) => _house.Audit.Append(
        new AuditDraft(DeskFixture.Acme, _house.Clock.GetUtcNow(), Actor.System, action, "user/anna", "local", AuditDraft.NoDetails));

    private async Task<AuditPageModel> ShownAsync(AuditFilter? filter = null, IAuditLog? log = null)
    {
        var room = new AuditPageModel(log ?? _house.Audit, _house.Me, _house.Clock);
        await room.ShowAsync(filter ?? new AuditFilter(), null, Cancel);
        return room;
    }
}
