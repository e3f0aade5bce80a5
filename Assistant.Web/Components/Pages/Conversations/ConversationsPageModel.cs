using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>What the operator is told after an act, where the screen itself does not show it.</summary>
public abstract record DeskNotice
{
    private DeskNotice() { }

    /// <summary>Taken over; so many replies were stopped and wait for a decision.</summary>
    public sealed record HeldBack(int Count) : DeskNotice;

    public sealed record HeldByColleague(string Name) : DeskNotice;

    /// <summary>Only who holds the conversation may answer.</summary>
    public sealed record TakeOverFirst : DeskNotice;

    public sealed record NoConnection : DeskNotice;

    public sealed record Gone : DeskNotice;

    /// <summary>Somebody sent, dropped or replaced the held reply before.</summary>
    public sealed record HeldDecided : DeskNotice;

    /// <summary>What was pressed could not be done just now.</summary>
    public sealed record ActFailed : DeskNotice;

    public sealed record TooLong(int Limit) : DeskNotice;

    /// <summary>Nothing was sent because of a file.</summary>
    public sealed record FileRefused(string Name, Phrase Reason) : DeskNotice;
}

/// <summary>How the operator writes.</summary>
public enum ComposerMode { Reply, Note }

/// <summary>The conversations room: selection, acts, and how live events reach its panes.</summary>
public sealed partial class ConversationsPageModel(
    ConversationListModel list, ThreadModel thread, ContextModel context, ReachModel reach, ConversationDesk desk, SentOnce once, Caller me,
    TimeProvider clock, ILogger<ConversationsPageModel> log)
{
    /// <summary>How often the list is read again at most while the tenant is busy.</summary>
    public static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(3);

    private ConversationId? _selected;
    private DateTimeOffset _listReadAt;
    private DateTimeOffset _typingShownAt;
    private long _markedRead;

    /// <summary>Something on screen changed because of an act of the user.</summary>
    public event Action? Changed;

    /// <summary>A reply went to another of the person's chats, where it goes on.</summary>
    public event Action<ConversationId>? Moved;

    /// <summary>Whether somebody has it on screen. A page that is only drawn ahead, before its circuit, marks nothing as read.</summary>
    public bool IsOnScreen { get; init; } = true;

    public ConversationListModel List => list;

    public ThreadModel Thread => thread;

    public ContextModel Context => context;

    public ReachModel Reach => reach;

    /// <summary>Whether a conversation and its messages offer to be forgotten.</summary>
    public bool MayForget => me.Permissions.Contains(Permissions.PeopleForget);

    public DeskNotice? Notice { get; private set; }

    public ComposerMode Mode { get; private set; }

    /// <summary>The held reply the composer is rewriting.</summary>
    public HeldReply? Rewriting { get; private set; }

    /// <summary>Bytes the largest file may have that can be sent in the open conversation; 0 where none can.</summary>
    public long LargestFile { get; private set; }

    /// <summary>Shows what the address says: filter and selection. A later call wins over one that still reads.</summary>
    public async Task ShowAsync(ConversationFilter filter, ConversationId? selected, CancellationToken cancellationToken)
    {
        _selected = selected;
        if (!list.IsLoaded || list.Filter != filter)
        {
            await ReadListAsync(() => list.LoadAsync(filter, cancellationToken));
        }

        if (_selected != selected)
        {
            return;
        }

        if (selected is not { } id)
        {
            thread.Close();
            await context.OpenAsync(null, cancellationToken);
            await reach.OpenAsync(null, cancellationToken);
        }
        else if (thread.Id != id)
        {
            await OpenAsync(id, cancellationToken);
        }
    }

    /// <summary>Takes in live events.</summary>
    public async Task ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        list.Apply(batch.Events);
        thread.Apply(batch.Events);
        if (batch.Lost > 0)
        {
            list.EventsWereLost();
            thread.EventsWereLost();
        }

        if (thread.IsStale)
        {
            await thread.RefreshAsync(cancellationToken);
        }

        await reach.ApplyAsync(batch, cancellationToken);
        await MarkReadAsync(cancellationToken);
        await TickAsync(cancellationToken);
    }

    /// <summary>Has the next reply go to another of the person's chats, or stay here.</summary>
    public async Task ChooseAsync(ConversationId to, CancellationToken cancellationToken)
    {
        reach.Choose(to);
        LargestFile = await desk.FindLargestFileAsync(me, to, cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>Notes that the person wants to be written to in a chat, or does not care any more.</summary>
    public async Task PreferAsync(DirectChat chat, bool isPreferred, CancellationToken cancellationToken)
    {
        await reach.PreferAsync(chat, isPreferred, cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>Reads the list again when it is stale and was not read just now.</summary>
    /// <returns>Whether the list was read.</returns>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        if (!list.IsStale || clock.GetUtcNow() - _listReadAt < ListInterval)
        {
            return false;
        }

        await ReadListAsync(() => list.RefreshAsync(cancellationToken));
        return true;
    }

    /// <summary>The reader came to, or left, the newest message.</summary>
    public Task ReaderMovedAsync(bool isAtEnd, CancellationToken cancellationToken)
    {
        thread.ReaderMoved(isAtEnd);
        return MarkReadAsync(cancellationToken);
    }

    public Task TakeOverAsync(CancellationToken cancellationToken) =>
        ActAsync(thread.Control is { CanTakeOver: true }, desk.TakeOverAsync, cancellationToken);

    public Task HandBackAsync(CancellationToken cancellationToken) =>
        ActAsync(thread.Control is { CanHandBack: true }, desk.HandBackAsync, cancellationToken);

    public Task CloseAsync(CancellationToken cancellationToken) =>
        ActAsync(thread.Control is { CanClose: true }, desk.CloseAsync, cancellationToken);

    public Task ReopenAsync(CancellationToken cancellationToken) =>
        ActAsync(thread.Control is { CanReopen: true }, desk.ReopenAsync, cancellationToken);

    public void Choose(ComposerMode mode)
    {
        Mode = mode;
        Changed?.Invoke();
    }

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    /// <summary>Puts a held reply into the composer; it is dropped when the new text is sent.</summary>
    public void Rewrite(HeldReply? reply)
    {
        Rewriting = reply;
        Mode = ComposerMode.Reply;
        Changed?.Invoke();
    }

    public async Task DecideHeldAsync(HeldReply reply, HeldDecision decision, CancellationToken cancellationToken)
    {
        Tell(await desk.DecideHeldAsync(me, reply.Conversation, reply.EntryId, decision, cancellationToken), isOfHeld: true);
        if (Rewriting?.EntryId == reply.EntryId)
        {
            Rewriting = null;
        }

        await thread.RefreshAsync(cancellationToken);
        Changed?.Invoke();
    }

    /// <summary>Sends what was written and the files chosen, as the composer's mode says.</summary>
    /// <param name="name">The browser's for this message: sent again under it, because no answer was seen, it is stored once.</param>
    public async Task<SendResult> SendAsync(string name, string text, IReadOnlyList<GivenFile> files, CancellationToken cancellationToken)
    {
        if (thread.Id is not { } id || (string.IsNullOrWhiteSpace(text) && files.Count == 0))
        {
            return SendResult.Refused;
        }

        if (text.Length > ConversationDesk.MaxTextLength)
        {
            Notice = new DeskNotice.TooLong(ConversationDesk.MaxTextLength);
            return SendResult.Refused;
        }

        var (mode, held, to) = (Mode, Rewriting, reach.To); // as it was written: something else may be opened before it is stored
        Task<bool> StoreAsync() => mode == ComposerMode.Note
            ? AddNoteAsync(id, text, cancellationToken)
            : ReplyAsync(id, to, held, text, files, cancellationToken);
        var result = await once.SendAsync(id, name, text, StoreAsync, cancellationToken);
        if (result is not SendResult.Refused)
        {
            await thread.JumpToEndAsync(cancellationToken);
        }

        await thread.RefreshAsync(cancellationToken);
        Changed?.Invoke();
        return result;
    }

    /// <summary>Tells colleagues that the user is writing a reply, now and then.</summary>
    public void ShowTyping()
    {
        var now = clock.GetUtcNow();
        if (thread is { Id: { } id, Control.CanReply: true } && Mode is ComposerMode.Reply && now - _typingShownAt >= TypingInterval)
        {
            _typingShownAt = now;
            desk.ShowTyping(me, id, isTyping: true);
        }
    }

    /// <summary>Says why a file that was chosen is not taken.</summary>
    public void RefuseFile(string name, Phrase reason)
    {
        Notice = new DeskNotice.FileRefused(name, reason);
        Changed?.Invoke();
    }

    private async Task<bool> AddNoteAsync(ConversationId id, string text, CancellationToken cancellationToken)
    {
        var note = await desk.AddNoteAsync(me, id, text, cancellationToken);
        Notice = note is null ? new DeskNotice.Gone() : null;
        return note is not null;
    }

    private async Task<bool> ReplyAsync(
        ConversationId id, ConversationId? to, HeldReply? held, string text, IReadOnlyList<GivenFile> files, CancellationToken cancellationToken)
    {
        var outcome = held is not null
            ? await desk.ReplaceHeldAsync(me, id, held.EntryId, text, cancellationToken)
            : await reach.ReplyAsync(id, to, text, files, cancellationToken);
        Tell(outcome, isOfHeld: held is not null);
        if (outcome is not ReplyOutcome.Accepted accepted)
        {
            return false;
        }

        if (accepted.Message.Conversation != id)
        {
            Moved?.Invoke(accepted.Message.Conversation);
        }

        Rewriting = null;
        _typingShownAt = default;
        desk.ShowTyping(me, id, isTyping: false);
        return true;
    }

    private void Tell(ReplyOutcome outcome, bool isOfHeld) => Notice = outcome switch
    {
        ReplyOutcome.Accepted => null,
        ReplyOutcome.NotHolder { Operator: { } holder } => new DeskNotice.HeldByColleague(holder.Name),
        ReplyOutcome.NotHolder => new DeskNotice.TakeOverFirst(),
        ReplyOutcome.NoConnection => new DeskNotice.NoConnection(),
        ReplyOutcome.FileRefused refused => new DeskNotice.FileRefused(refused.Name, refused.Reason),
        ReplyOutcome.NotFound when isOfHeld => new DeskNotice.HeldDecided(),
        ReplyOutcome.NotFound => new DeskNotice.Gone(),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    // A fault ends here: the conversation stays on screen with a line that says so, and one may press again.
    private async Task ActAsync(
        bool mayAct, Func<Caller, ConversationId, CancellationToken, Task<ControlOutcome>> act, CancellationToken cancellationToken)
    {
        if (!mayAct || thread.Id is not { } id)
        {
            return;
        }

        try
        {
            await SettleAsync(await act(me, id, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            ActFailed(log, exception, id);
            Notice = new DeskNotice.ActFailed();
            Changed?.Invoke();
        }
    }

    private async Task SettleAsync(ControlOutcome outcome, CancellationToken cancellationToken)
    {
        Notice = outcome switch
        {
            ControlOutcome.Changed { HeldBack: > 0 } changed => new DeskNotice.HeldBack(changed.HeldBack),
            ControlOutcome.Changed or ControlOutcome.Unchanged => null,
            ControlOutcome.HeldByOther other => new DeskNotice.HeldByColleague(other.Operator.Name),
            ControlOutcome.NotFound => new DeskNotice.Gone(),
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
        await thread.RefreshAsync(cancellationToken);
        await ReadListAsync(() => list.RefreshAsync(cancellationToken));
        Changed?.Invoke();
    }

    private async Task OpenAsync(ConversationId id, CancellationToken cancellationToken)
    {
        Notice = null;
        Rewriting = null;
        Mode = ComposerMode.Reply;
        _markedRead = 0;
        LargestFile = 0;
        await thread.OpenAsync(id, cancellationToken);
        if (_selected == id && thread.IsStale)
        {
            await thread.RefreshAsync(cancellationToken); // what came while it was being opened
        }

        if (_selected != id)
        {
            return;
        }

        await reach.OpenAsync(id, cancellationToken);
        var largest = await desk.FindLargestFileAsync(me, reach.To ?? id, cancellationToken);
        if (_selected != id)
        {
            return;
        }

        LargestFile = largest;
        await MarkReadAsync(cancellationToken);
        if (_selected == id)
        {
            await context.OpenAsync(id, cancellationToken);
        }
    }

    private async Task ReadListAsync(Func<Task> read)
    {
        _listReadAt = clock.GetUtcNow();
        await read();
    }

    private async Task MarkReadAsync(CancellationToken cancellationToken)
    {
        if (IsOnScreen && thread is { Id: { } id, ReadUpTo: { } seq } && seq > _markedRead)
        {
            _markedRead = seq;
            await desk.MarkReadAsync(me, id, seq, cancellationToken);
            list.MarkRead(id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What an operator wanted done with conversation {ConversationId} failed; they may try again.")]
    private static partial void ActFailed(ILogger logger, Exception exception, ConversationId conversationId);
}
