using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The audit room: a filtered log that follows what happens, until somebody pauses it.</summary>
/// <remarks>
/// A live event only says that there is more: the log is read again, so that live rows pass the very filter stored rows do. When
/// more came than one page holds, the list begins anew from the newest page; what went by is counted and reached by reading on.
/// </remarks>
public sealed class AuditPageModel(IAuditLog log, Caller me, TimeProvider clock)
{
    public const int PageSize = 100;
    public const int MaxShown = 1000;

    public static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    private string? _next;
    private long _readTo;
    private bool _isBehind;
    private DateTimeOffset _readAt;

    public AuditFilter Filter { get; private set; } = new();

    public bool IsLoaded { get; private set; }

    public IReadOnlyList<AuditEvent> Events { get; private set; } = [];

    public bool HasMore => _next is not null;

    public bool IsPaused { get; private set; }

    /// <summary>Events that came while paused.</summary>
    public int Waiting { get; private set; }

    /// <summary>Events that went by without being shown since the page was opened; reading on shows them.</summary>
    public long Dropped { get; private set; }

    public AuditEvent? Selected { get; private set; }

    /// <summary>What the last verification found; <see langword="null"/> before one.</summary>
    public AuditVerdict? Verdict { get; private set; }

    public bool IsVerifying { get; private set; }

    private long Newest => Events.Count > 0 ? Events[0].Seq : 0;

    public async Task ShowAsync(AuditFilter filter, long? selected, CancellationToken cancellationToken)
    {
        if (!IsLoaded || filter != Filter)
        {
            Filter = filter;
            await ReadAsync(cancellationToken);
        }

        await SelectAsync(selected, cancellationToken);
    }

    public async Task LoadMoreAsync(CancellationToken cancellationToken)
    {
        if (_next is not { } from)
        {
            return;
        }

        var filter = Filter;
        var page = await log.ListAsync(me.Tenant, filter, from, PageSize, cancellationToken);
        if (from != _next || filter != Filter)
        {
            return; // Asked for twice, or the list began anew meanwhile.
        }

        Events = [.. Events, .. page.Items];
        _next = page.Next;
    }

    /// <returns>Whether anything changed.</returns>
    public Task<bool> ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        var came = batch.Events.Count(liveEvent => liveEvent is LiveEvent.Audited) + (int)Math.Min(batch.Lost, int.MaxValue / 2);
        if (came == 0)
        {
            return Task.FromResult(false);
        }

        _isBehind = true;
        if (!IsPaused)
        {
            return TickAsync(cancellationToken);
        }

        Waiting += came;
        return Task.FromResult(true);
    }

    /// <summary>Reads what is new when there is some and the last reading was long enough ago.</summary>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        if (!_isBehind || IsPaused || clock.GetUtcNow() - _readAt < ReadInterval)
        {
            return false;
        }

        await FollowAsync(cancellationToken);
        return true;
    }

    public void Pause() => IsPaused = true;

    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        IsPaused = false;
        Waiting = 0;
        await FollowAsync(cancellationToken);
    }

    /// <summary>Reads the whole chain and says whether every event is as it was written.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        IsVerifying = true;
        try
        {
            Verdict = await AuditVerifier.VerifyStoredAsync(log, me.Tenant, [], clock.GetUtcNow(), cancellationToken);
        }
        finally
        {
            IsVerifying = false;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var filter = Filter;
        var page = await HeadAsync(cancellationToken);
        if (filter == Filter)
        {
            Begin(page);
            Waiting = 0;
            Dropped = 0;
            IsLoaded = true;
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var filter = Filter;
        var page = await HeadAsync(cancellationToken, _readTo);
        if (filter != Filter)
        {
            return;
        }

        var newest = Newest; // Only now: another reading may have come first.
        var fresh = page.Items.Where(item => item.Seq > newest).ToList();
        if (fresh.Count == page.Items.Count && page.Next is not null)
        {
            Dropped += filter == new AuditFilter() && newest > 0 ? fresh[^1].Seq - newest - 1 : 0;
            Begin(page);
            return;
        }

        Events = [.. fresh, .. Events];
        if (Events.Count > MaxShown)
        {
            _next = string.Create(CultureInfo.InvariantCulture, $"{Events[PageSize - 1].Seq}");
            Events = [.. Events.Take(PageSize)];
        }
    }

    /// <param name="above">What was read through before is not read again: looking for text opens every event.</param>
    private async Task<Domain.Conversations.Page<AuditEvent>> HeadAsync(CancellationToken cancellationToken, long? above = null)
    {
        _isBehind = false;
        _readAt = clock.GetUtcNow();
        var filter = Filter;
        var head = (await log.ReadHeadAsync(me.Tenant, cancellationToken)).Seq;
        var page = await log.ListAsync(me.Tenant, filter with { Above = above }, null, PageSize, cancellationToken);
        if (filter == Filter)
        {
            _readTo = head;
        }

        return page;
    }

    private void Begin(Domain.Conversations.Page<AuditEvent> page)
    {
        Events = page.Items;
        _next = page.Next;
    }

    private async Task SelectAsync(long? selected, CancellationToken cancellationToken)
    {
        Selected = selected is null ? null : Events.FirstOrDefault(item => item.Seq == selected);
        if (Selected is null && selected is { } seq and > 0)
        {
            // A link to an event older than what is listed: read that one alone.
            await foreach (var item in log.ReadAsync(me.Tenant, seq, cancellationToken))
            {
                Selected = item.Seq == seq ? item : null;
                break;
            }
        }
    }
}
