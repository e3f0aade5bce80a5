using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The list pane: what it shows, in which order, and when that order may change.</summary>
/// <remarks>
/// <see cref="_truth"/> is what the store says, newest first; <see cref="Rows"/> is what is on screen. They are the same until the
/// pointer is inside the list: then rows change their text in place but not their place, and <see cref="Updated"/> says how many
/// would move.
/// </remarks>
public sealed class ConversationListModel(IConversationQueries queries, Caller me)
{
    public const int PageSize = 50;

    /// <summary>Rows kept current by one re-read; older ones are refreshed when they are opened.</summary>
    public const int MaxRefreshed = 200;

    private List<ConversationRow> _truth = [];
    private bool _isPointerInside;

    public ConversationFilter Filter { get; private set; } = new();

    public IReadOnlyList<ConversationRow> Rows { get; private set; } = [];

    /// <summary>Rows that would come, go or move once the pointer leaves.</summary>
    public int Updated { get; private set; }

    public bool IsLoaded { get; private set; }

    public bool HasMore => _next is not null;

    private string? _next;

    /// <summary>Whether an event told of a change only the store can answer for.</summary>
    public bool IsStale { get; private set; }

    public async Task LoadAsync(ConversationFilter filter, CancellationToken cancellationToken)
    {
        if (filter != Filter)
        {
            Filter = filter;
            IsLoaded = false;
            _truth = [];
            ShowUpdates();
        }

        var page = await queries.ListAsync(me.Tenant, me.AsUser.Id, filter, null, PageSize, cancellationToken);
        if (filter != Filter)
        {
            return; // A newer filter was chosen meanwhile.
        }

        _truth = [.. page.Items];
        _next = page.Next;
        IsLoaded = true;
        IsStale = false;
        Show();
    }

    public async Task LoadMoreAsync(CancellationToken cancellationToken)
    {
        if (_next is null)
        {
            return;
        }

        var filter = Filter;
        var page = await queries.ListAsync(me.Tenant, me.AsUser.Id, filter, _next, PageSize, cancellationToken);
        if (filter != Filter)
        {
            return;
        }

        // They come below everything: nothing moves, so they need not wait for the pointer to leave.
        _truth.AddRange(page.Items.ExceptBy(_truth.Select(row => row.Id), row => row.Id).ToList());
        Rows = [.. Rows, .. page.Items.ExceptBy(Rows.Select(row => row.Id), row => row.Id)];
        _next = page.Next;
        Show();
    }

    /// <summary>Reads what is shown again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        IsStale = false;
        var filter = Filter;
        var limit = Math.Clamp(_truth.Count, PageSize, MaxRefreshed);
        var page = await queries.ListAsync(me.Tenant, me.AsUser.Id, filter, null, limit, cancellationToken);
        if (filter != Filter)
        {
            return;
        }

        // What comes after the page stays as it was read; what should be in the page and is not has left the filter.
        var older = page is { Next: not null, Items: [.., var last] } ? _truth.Where(row => IsAfter(row, last)).ExceptBy(page.Items.Select(row => row.Id), row => row.Id).ToList() : [];
        _truth = [.. page.Items, .. older];
        _next = older.Count > 0 ? _next : page.Next;
        IsLoaded = true;
        Show();
    }

    /// <summary>Takes in events: a new message changes its row at once, anything else makes the list <see cref="IsStale"/>.</summary>
    public void Apply(IReadOnlyList<LiveEvent> events)
    {
        foreach (var liveEvent in events)
        {
            switch (liveEvent)
            {
                case LiveEvent.MessageChanged { Message: var message }:
                    Apply(message);
                    break;
                case LiveEvent.ReadUpTo read when read.User == me.AsUser.Id:
                    Apply(read);
                    break;
                case LiveEvent.ConversationChanged:
                    IsStale = true;
                    break;
            }
        }

        Show();
    }

    public void EventsWereLost() => IsStale = true;

    /// <summary>The user has read a conversation up to its end.</summary>
    public void MarkRead(ConversationId id)
    {
        var index = _truth.FindIndex(row => row.Id == id);
        if (index >= 0 && _truth[index].Unread > 0)
        {
            _truth[index] = _truth[index] with { Unread = 0 };
            Show();
        }
    }

    public void PointerEntered() => _isPointerInside = true;

    public void PointerLeft()
    {
        _isPointerInside = false;
        Show();
    }

    /// <summary>Shows what waits although the pointer is inside.</summary>
    public void ShowUpdates()
    {
        Rows = [.. _truth];
        Updated = 0;
    }

    // The order of the store: newest activity first.
    private static bool IsAfter(ConversationRow row, ConversationRow other) =>
        (row.LastAt, row.Id.Value).CompareTo((other.LastAt, other.Id.Value)) < 0;

    // Read on another page of the user's. What came since is counted by its own event.
    private void Apply(LiveEvent.ReadUpTo read)
    {
        var index = _truth.FindIndex(row => row.Id == read.Conversation);
        if (index >= 0 && read.Seq >= _truth[index].LastSeq)
        {
            _truth[index] = _truth[index] with { Unread = 0 };
        }
    }

    private void Apply(Message message)
    {
        if (message.IsNote)
        {
            return;
        }

        var index = _truth.FindIndex(row => row.Id == message.Conversation);
        if (index < 0)
        {
            IsStale = true;
            return;
        }

        var row = _truth[index];
        if (message.Seq < row.LastSeq)
        {
            return;
        }

        var isNew = message.Seq > row.LastSeq;
        var changed = row with
        {
            LastText = message.Body.Markdown,
            IsForgotten = message.Body.IsForgotten,
            LastAuthor = message.Author,
            LastAt = message.At,
            LastSeq = message.Seq,
            Unread = row.Unread + (isNew && message.Author is AuthorKind.Person ? 1 : 0),
        };
        if (isNew)
        {
            _truth.RemoveAt(index);
            _truth.Insert(0, changed);
        }
        else
        {
            _truth[index] = changed;
        }
    }

    private void Show()
    {
        if (!_isPointerInside || Rows.Count == 0)
        {
            ShowUpdates();
            return;
        }

        var fresh = _truth.ToDictionary(row => row.Id);
        var shown = Rows.Select(row => row.Id).ToHashSet();
        var moved = MovedUp();
        Rows = [.. Rows.Select(row => fresh.GetValueOrDefault(row.Id, row))];
        Updated = moved + shown.Count(id => !fresh.ContainsKey(id));
    }

    /// <summary>Rows whose place on screen is lower than their true one, new ones included.</summary>
    private int MovedUp()
    {
        var place = Rows.Select((row, index) => (row.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        var moved = 0;
        var highest = int.MaxValue;

        // Walking up from the end, a row that stood below one already met has overtaken it.
        for (var i = _truth.Count - 1; i >= 0; i--)
        {
            var shownAt = place.GetValueOrDefault(_truth[i].Id, int.MaxValue);
            if (shownAt < highest)
            {
                highest = shownAt;
            }
            else
            {
                moved++;
            }
        }

        return moved;
    }
}
