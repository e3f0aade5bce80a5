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
/// <see cref="IsStale"/>, and <see cref="RefreshAsync"/> reads the difference. At most <see cref="MaxShown"/> messages are kept;
/// reading far back lets go of the newest, and the way forward reads them again.
/// </remarks>
public sealed class ThreadModel(IConversationQueries queries, Caller me, TimeProvider clock)
{
    public const int PageSize = 60;
    public const int MaxShown = 300;

    /// <summary>How long somebody is shown as writing after their last sign.</summary>
    public static readonly TimeSpan TypingFades = TimeSpan.FromSeconds(6);

    private List<Message> _messages = [];
    private List<Typist> _typists = [];
    private IReadOnlyList<ThreadRow>? _rows;
    private bool _isAtEnd = true;

    public ConversationId? Id { get; private set; }

    /// <summary>The conversation's row; <see langword="null"/> before it is read and when there is none.</summary>
    public ConversationRow? Row { get; private set; }

    public bool IsLoaded { get; private set; }

    public bool IsMissing => IsLoaded && Row is null;

    public IReadOnlyList<Message> Messages => _messages;

    public IReadOnlyList<HeldReply> Held { get; private set; } = [];

    public StreamingReply? Streaming { get; private set; }

    public bool HasOlder => _messages.Count > 0 && _messages[0].Seq > 1;

    /// <summary>Whether newer messages exist that the window has let go of.</summary>
    public bool HasNewer { get; private set; }

    /// <summary>Messages that came below what the reader sees.</summary>
    public int NewBelow { get; private set; }

    /// <summary>The first message the user had not read when the thread was opened.</summary>
    public long? FirstUnreadSeq { get; private set; }

    public bool IsStale { get; private set; }

    public long LastSeq => _messages.Count > 0 ? _messages[^1].Seq : 0;

    public ConversationControl? Control => Row is null ? null : ConversationControl.Of(Row, me);

    /// <summary>Who is writing now, the user aside.</summary>
    public IReadOnlyList<Typist> Typists => [.. _typists.Where(typist => typist.Until > clock.GetUtcNow())];

    /// <summary>Whether somebody is, or was a moment ago, shown as writing.</summary>
    public bool HasTypists => _typists.Count > 0;

    /// <summary>What the pane draws, in order.</summary>
    public IReadOnlyList<ThreadRow> Rows(TimeZoneInfo zone) => _rows ??= ThreadRows.Build(_messages, Held, FirstUnreadSeq, zone);

    public async Task OpenAsync(ConversationId id, CancellationToken cancellationToken)
    {
        Id = id;
        Row = null;
        IsLoaded = false;
        IsStale = false;
        HasNewer = false;
        NewBelow = 0;
        FirstUnreadSeq = null;
        Streaming = null;
        Held = [];
        _typists = [];
        _isAtEnd = true;
        Set([]);
        var row = await queries.FindAsync(me.Tenant, me.AsUser.Id, id, cancellationToken);
        var messages = row is null ? [] : await queries.ReadThreadAsync(me.Tenant, id, null, PageSize, cancellationToken);
        var held = row is null ? [] : await queries.ListHeldAsync(me.Tenant, id, cancellationToken);
        if (Id != id)
        {
            return; // Another conversation was opened meanwhile.
        }

        Row = row;
        Held = held;
        FirstUnreadSeq = FirstUnread(messages, row?.Unread ?? 0);
        Set(messages);
        IsLoaded = true;
    }

    public void Close()
    {
        Id = null;
        Row = null;
        IsLoaded = false;
        Streaming = null;
        Set([]);
    }

    public async Task LoadOlderAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !HasOlder)
        {
            return;
        }

        var older = await queries.ReadThreadAsync(me.Tenant, id, _messages[0].Seq, PageSize, cancellationToken);
        if (Id != id)
        {
            return;
        }

        List<Message> all = [.. older.Where(message => message.Seq < _messages[0].Seq), .. _messages];
        if (all.Count > MaxShown)
        {
            all.RemoveRange(MaxShown, all.Count - MaxShown);
            HasNewer = true;
        }

        Set(all);
    }

    /// <summary>Reads the next messages the window has let go of.</summary>
    public async Task LoadNewerAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !HasNewer)
        {
            return;
        }

        var newer = await queries.ReadSinceAsync(me.Tenant, id, LastSeq, PageSize, cancellationToken);
        if (Id != id)
        {
            return;
        }

        List<Message> all = [.. _messages, .. newer.Where(message => message.Seq > LastSeq)];
        all.RemoveRange(0, Math.Max(0, all.Count - MaxShown));
        HasNewer = newer.Count == PageSize;
        Set(all);
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
        if (Id == id)
        {
            HasNewer = false;
            Set(newest);
        }
    }

    /// <summary>The reader came to, or left, the end of the thread.</summary>
    public void ReaderMoved(bool isAtEnd)
    {
        _isAtEnd = isAtEnd;
        if (isAtEnd && !HasNewer)
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
    public void EventsWereLost() => IsStale = Id is not null;

    /// <summary>Reads again what is shown, and what came after it. While the thread is being opened it stays <see cref="IsStale"/>.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Id is not { } id || !IsLoaded)
        {
            return;
        }

        IsStale = false;
        var row = await queries.FindAsync(me.Tenant, me.AsUser.Id, id, cancellationToken);
        var held = await queries.ListHeldAsync(me.Tenant, id, cancellationToken);
        var from = _messages.Count == 0 ? 0 : Math.Max(_messages[0].Seq - 1, LastSeq - PageSize);
        var tail = HasNewer ? [] : await queries.ReadSinceAsync(me.Tenant, id, from, MaxShown, cancellationToken);
        if (Id != id || !IsLoaded)
        {
            return; // Another conversation was opened meanwhile, or this one anew.
        }

        Row = row;
        Held = held;
        if (!HasNewer)
        {
            var before = LastSeq;
            Set([.. _messages.Where(message => message.Seq <= from), .. tail]);
            CountNew(_messages.Count(message => message.Seq > before));
            if (Streaming is { } streaming && _messages.Exists(message => message.TurnId == streaming.TurnId))
            {
                Streaming = null;
            }
        }
        else
        {
            _rows = null;
        }
    }

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
        var index = _messages.FindIndex(shown => shown.Seq == message.Seq);
        if (!IsLoaded)
        {
            IsStale = true; // What is being read may be from before.
        }
        else if (index >= 0)
        {
            IsStale |= _messages[index].Delivery != message.Delivery && message.Delivery is DeliveryState.Held;
            // What people reacted with is told apart.
            _messages[index] = message with { Reactions = message.DeletedAt is null ? _messages[index].Reactions : [] };
            _rows = null;
        }
        else if (HasNewer)
        {
            CountNew(message.Seq > LastSeq ? 1 : 0);
        }
        else if (message.Seq == LastSeq + 1)
        {
            IsStale |= message.Delivery is DeliveryState.Held;
            _messages.Add(message);
            _rows = null;
            CountNew(1);
        }
        else
        {
            IsStale |= message.Seq > LastSeq;
        }
    }

    private void Change(long seq, Func<Message, Message> change)
    {
        if (_messages.FindIndex(shown => shown.Seq == seq) is >= 0 and var index)
        {
            _messages[index] = change(_messages[index]);
            _rows = null;
        }
    }

    private void Apply(LiveEvent.Typing typing)
    {
        _typists.RemoveAll(typist => typist.Author == typing.Author && typist.Name == typing.Name);
        if (typing.IsTyping && !(typing.Author is AuthorKind.Operator && typing.Name == me.Actor.Name))
        {
            _typists.Add(new Typist(typing.Author, typing.Name, clock.GetUtcNow() + TypingFades));
        }
    }

    private void CountNew(int count)
    {
        if (!_isAtEnd || HasNewer)
        {
            NewBelow += count;
        }
    }

    private void Set(IReadOnlyList<Message> messages)
    {
        _messages = [.. messages];
        _rows = null;
    }

    private static long? FirstUnread(IReadOnlyList<Message> messages, int unread)
    {
        var fromPerson = messages.Where(message => message.Author is AuthorKind.Person).ToList();
        return unread > 0 && fromPerson.Count > 0 ? fromPerson[Math.Max(0, fromPerson.Count - unread)].Seq : null;
    }
}
