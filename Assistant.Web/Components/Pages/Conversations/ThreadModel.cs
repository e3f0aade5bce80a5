using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>A reply being generated.</summary>
public sealed record StreamingReply(Guid TurnId, string Text);

/// <summary>Somebody who is writing.</summary>
public sealed record Typist(AuthorKind Author, string Name, DateTimeOffset Until);

/// <summary>The thread pane: a window of messages that follows the newest one, or stays where the reader is.</summary>
/// <remarks>
/// Messages are numbered without gaps, so the window always knows what it misses: an event that does not continue it makes it
/// <see cref="IsStale"/>, and <see cref="RefreshAsync"/> reads the difference. At most <see cref="MaxShown"/> messages are kept:
/// reading far back lets go of the newest, and the way forward reads them again, page by page. What comes meanwhile is only counted.
/// </remarks>
/// <param name="desk">Knows whether whoever holds a conversation may still answer; without it the row says so.</param>
public sealed class ThreadModel(IConversationQueries queries, Caller me, TimeProvider clock, ConversationDesk? desk = null)
{
    public const int PageSize = 60;
    public const int MaxShown = MessageWindow.Max;

    /// <summary>How long somebody is shown as writing after their last sign.</summary>
    public static readonly TimeSpan TypingFades = TimeSpan.FromSeconds(6);

    private readonly MessageWindow _window = new();
    private UnreadMark _unread = new(0, 0);
    private List<Typist> _typists = [];
    private IReadOnlyList<ThreadRow>? _rows;
    private bool _isAtEnd = true;
    private bool _isBehind;
    private bool? _isHolderGone;

    public ConversationId? Id { get; private set; }

    /// <summary>The conversation's row; <see langword="null"/> before it is read and when there is none.</summary>
    public ConversationRow? Row { get; private set; }

    public bool IsLoaded { get; private set; }

    public bool IsMissing => IsLoaded && Row is null;

    public IReadOnlyList<Message> Messages => _window.Messages;

    public IReadOnlyList<HeldReply> Held { get; private set; } = [];

    public StreamingReply? Streaming { get; private set; }

    public bool HasOlder => _window.HasOlder;

    /// <summary>Whether newer messages exist that the window has let go of, or not come to.</summary>
    public bool HasNewer => _window.HasNewer;

    /// <summary>Messages that came below what the reader sees.</summary>
    public int NewBelow { get; private set; }

    /// <summary>The first message the user had not read when the thread was opened; <see langword="null"/> until the reader has come so far back.</summary>
    public long? FirstUnreadSeq => _unread.Seq;

    /// <summary>The newest message of somebody else's that came while the thread was open: what a screen reader is told, and not what was read from before.</summary>
    public Message? Arrived { get; private set; }

    public bool IsStale { get; private set; }

    public long LastSeq => _window.LastSeq;

    public ConversationControl? Control => Row is null ? null : ConversationControl.Of(Row, me, _isHolderGone);

    /// <summary>Who is writing now, the user aside.</summary>
    public IReadOnlyList<Typist> Typists => [.. _typists.Where(typist => typist.Until > clock.GetUtcNow())];

    /// <summary>Whether somebody is, or was a moment ago, shown as writing.</summary>
    public bool HasTypists => _typists.Count > 0;

    /// <summary>What the pane draws, in order.</summary>
    public IReadOnlyList<ThreadRow> Rows(TimeZoneInfo zone) => _rows ??= ThreadRows.Build(Messages, Held, FirstUnreadSeq, zone);

    public async Task OpenAsync(ConversationId id, CancellationToken cancellationToken)
    {
        Id = id;
        Row = null;
        IsLoaded = false;
        IsStale = false;
        NewBelow = 0;
        Streaming = null;
        Arrived = null;
        Held = [];
        _typists = [];
        _isAtEnd = true;
        _isBehind = false;
        _unread = new UnreadMark(0, 0);
        Clear();
        var row = await queries.FindAsync(me.Tenant, me.AsUser.Id, id, cancellationToken);
        var messages = row is null ? [] : await queries.ReadThreadAsync(me.Tenant, id, null, PageSize, cancellationToken);
        var held = row is null ? [] : await queries.ListHeldAsync(me.Tenant, id, cancellationToken);
        var isHolderGone = await IsHolderGoneAsync(row, cancellationToken);
        if (Id != id)
        {
            return; // Another conversation was opened meanwhile.
        }

        (Row, _isHolderGone) = (row, isHolderGone);
        Held = held;
        _unread = new UnreadMark(row?.Unread ?? 0, row?.LastSeq ?? 0);
        _unread.Search(messages);
        Show(messages);
        IsLoaded = true;
    }

    public void Close()
    {
        Id = null;
        Row = null;
        IsLoaded = false;
        Streaming = null;
        Arrived = null;
        Clear();
    }

    public async Task LoadOlderAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !HasOlder)
        {
            return;
        }

        var first = _window.FirstSeq;
        var older = await queries.ReadThreadAsync(me.Tenant, id, first, PageSize, cancellationToken);
        if (Id == id && _window.PutBefore(first, older))
        {
            _unread.Search(older);
            _rows = null;
        }
    }

    /// <summary>Reads the page after what is shown.</summary>
    public async Task LoadNewerAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !HasNewer)
        {
            return;
        }

        var newer = await queries.ReadSinceAsync(me.Tenant, id, LastSeq, PageSize, cancellationToken);
        if (Id == id && IsLoaded)
        {
            _window.PutAfter(newer, mayMove: true);
            _rows = null;
            Learn(LastSeq);
        }
    }

    /// <summary>Goes to the newest message.</summary>
    public async Task JumpToEndAsync(CancellationToken cancellationToken)
    {
        _isAtEnd = true;
        NewBelow = 0;
        if (Id is not { } id || !HasNewer)
        {
            return;
        }

        var newest = await queries.ReadThreadAsync(me.Tenant, id, null, PageSize, cancellationToken);
        if (Id == id && HasNewer)
        {
            Show(newest); // One that came while they were read is next.
            NewBelow = 0;
        }
    }

    /// <summary>The reader came to, or left, the end of the thread. The end of a window that <see cref="HasNewer"/> is none.</summary>
    public void ReaderMoved(bool isAtEnd)
    {
        _isAtEnd = isAtEnd && !HasNewer;
        if (_isAtEnd)
        {
            NewBelow = 0;
        }
    }

    /// <summary>The number to remember as read: the newest, when the reader is there.</summary>
    public long? ReadUpTo => _isAtEnd && !HasNewer && IsLoaded && Row is not null && LastSeq > 0 ? LastSeq : null;

    /// <summary>Takes in the events of this conversation.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Apply(IReadOnlyList<LiveEvent> events)
    {
        var changed = false;
        foreach (var liveEvent in events)
        {
            if (Id is not null && liveEvent.About == Id)
            {
                changed = true;
                Apply(liveEvent);
            }
        }

        return changed;
    }

    /// <summary>Events were lost: what is shown may be behind in any way.</summary>
    public void EventsWereLost() => IsStale = _isBehind = Id is not null;

    /// <summary>
    /// Reads what came after what is shown, and that again as far as it may have changed: the last page, or all when events were lost.
    /// While the thread is being opened it stays <see cref="IsStale"/>.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !IsLoaded)
        {
            return;
        }

        var wasBehind = _isBehind;
        IsStale = _isBehind = false;
        var shown = Messages.ToDictionary(message => message.Seq);
        var after = Math.Max(_window.FirstSeq - 1, wasBehind ? 0 : LastSeq - PageSize);
        var limit = (int)(LastSeq - after) + PageSize;
        var row = await queries.FindAsync(me.Tenant, me.AsUser.Id, id, cancellationToken);
        var held = await queries.ListHeldAsync(me.Tenant, id, cancellationToken);
        var isHolderGone = await IsHolderGoneAsync(row, cancellationToken);
        var read = await queries.ReadSinceAsync(me.Tenant, id, after, limit, cancellationToken);
        if (Id != id || !IsLoaded)
        {
            return; // Another conversation was opened meanwhile, or this one anew.
        }

        (Row, _isHolderGone) = (row, isHolderGone);
        Held = held;
        foreach (var message in read.Where(message => shown.TryGetValue(message.Seq, out var was) && ReferenceEquals(was, _window.Find(message.Seq))))
        {
            _window.Replace(message); // What an event changed meanwhile is newer.
        }

        _window.PutAfter(read, mayMove: _isAtEnd);
        _rows = null;
        Learn(Math.Max(row?.LastSeq ?? 0, LastSeq));
        if (HasNewer && _isAtEnd)
        {
            await JumpToEndAsync(cancellationToken); // More came than one page.
        }

        // A reply that is still being written tells the whole of it again.
        if (wasBehind || Messages.Any(message => message.TurnId is not null && message.TurnId == Streaming?.TurnId))
        {
            Streaming = null;
        }
    }

    private async Task<bool?> IsHolderGoneAsync(ConversationRow? row, CancellationToken cancellationToken)
        => desk is not null && row?.Operator is { } holder && holder.Id != me.AsUser.Id
            ? await desk.IsHolderGoneAsync(me, holder, cancellationToken)
            : null;

    private void Apply(LiveEvent liveEvent)
    {
        switch (liveEvent)
        {
            case LiveEvent.MessageChanged { Message: var message }:
                Apply(message);
                break;
            case LiveEvent.ReactionsChanged { Seq: var seq, Reactions: var reactions }:
                IsStale |= !IsLoaded;
                Change(seq, shown => shown with { Reactions = reactions });
                break;
            case LiveEvent.ReplyProgress progress:
                Streaming = new StreamingReply(progress.TurnId, progress.Text);
                break;
            case LiveEvent.ReplyAbandoned abandoned when Streaming?.TurnId == abandoned.TurnId:
                Streaming = null;
                break;
            case LiveEvent.Typing typing:
                Apply(typing);
                break;
            case LiveEvent.ConversationChanged:
                IsStale = true;
                break;
        }
    }

    private void Apply(Message message)
    {
        if (message.TurnId is { } turn && Streaming?.TurnId == turn)
        {
            Streaming = null;
        }

        _typists.RemoveAll(typist => typist.Author == message.Author && typist.Name == message.AuthorName);
        if (!IsLoaded)
        {
            IsStale = true; // What is being read may be from before.
        }
        else if (_window.Find(message.Seq) is { } shown)
        {
            IsStale |= shown.Delivery != message.Delivery && message.Delivery is DeliveryState.Held;
            // What people reacted with is told apart.
            _window.Replace(message with { Reactions = message.DeletedAt is null ? shown.Reactions : [] });
            _rows = null;
        }
        else if (message.Seq > LastSeq)
        {
            IsStale |= message.Delivery is DeliveryState.Held;
            Arrived = IsMine(message.Author, message.AuthorName) ? Arrived : message;
            if (!HasNewer)
            {
                IsStale |= message.Seq > LastSeq + 1;
                _window.PutAfter([message], mayMove: _isAtEnd);
                _rows = null;
            }

            Learn(message.Seq);
        }
    }

    private void Change(long seq, Func<Message, Message> change)
    {
        if (_window.Find(seq) is { } shown)
        {
            _window.Replace(change(shown));
            _rows = null;
        }
    }

    private void Apply(LiveEvent.Typing typing)
    {
        _typists.RemoveAll(typist => typist.Author == typing.Author && typist.Name == typing.Name);
        if (typing.IsTyping && !IsMine(typing.Author, typing.Name))
        {
            _typists.Add(new Typist(typing.Author, typing.Name, clock.GetUtcNow() + TypingFades));
        }
    }

    private bool IsMine(AuthorKind author, string? name) => author is AuthorKind.Operator && name == me.Actor.Name;

    /// <summary>Notes that there are messages up to a number, and counts those that came below what the reader sees.</summary>
    private void Learn(long seq)
    {
        var news = _window.Learn(seq);
        NewBelow += _isAtEnd ? 0 : news;
    }

    private void Show(IReadOnlyList<Message> newest)
    {
        _window.Show(newest);
        _window.Learn(LastSeq);
        _rows = null;
    }

    private void Clear()
    {
        _window.Clear();
        _rows = null;
    }
}
