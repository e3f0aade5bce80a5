using System.Collections.Immutable;
using System.Threading.Channels;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;

namespace Assistant.Web.Hubs;

/// <summary>One visitor on one or more devices: keeps them in step. Membership is guarded by <see cref="ChatSessions"/>.</summary>
/// <remarks>
/// How far the visitor has read is a number that only grows, kept by every device and merged here: each brings its own when it comes,
/// so nothing needs to be stored for it to survive a restart.
/// </remarks>
internal sealed partial class VisitorSession : IAsyncDisposable
{
    private const int QueueCapacity = 256;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(60);

    /// <summary>How often the store is asked although nothing was heard: another process, as a verb is, says nothing to this one.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    // Nothing (null) only has the loop look whether something was lost.
    private readonly Channel<LiveEvent?> _events = Channel.CreateBounded<LiveEvent?>(
        new BoundedChannelOptions(QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly IConversationStore _conversations;
    private readonly ChatViews _views;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _progressTimer;
    private readonly ITimer _lookTimer;
    private readonly Task _loop;
    private volatile ImmutableDictionary<string, IChatEvents> _devices = ImmutableDictionary<string, IChatEvents>.Empty;
    private LiveEvent.ReplyProgress? _progress;
    private Guid _endedTurn;
    private long _progressAt;
    private int _isProgressDue;
    private int _hasLost;
    private long _readSeq;

    public VisitorSession(VisitorKey key, IConversationStore conversations, ChatViews views, TimeProvider time, ILogger logger)
    {
        Key = key;
        All = new EveryDevice(() => _devices.Values);
        _conversations = conversations;
        _views = views;
        _time = time;
        _logger = logger;
        _progressTimer = time.CreateTimer(_ => QueueProgress(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lookTimer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
        _loop = ShowAllAsync();
    }

    public VisitorKey Key { get; }

    public ConversationId? Conversation { get; set; }

    /// <summary>Tells every device.</summary>
    public IChatEvents All { get; }

    public int Devices => _devices.Count;

    public long ReadSeq => Interlocked.Read(ref _readSeq);

    /// <summary>Tells every device but one.</summary>
    public IChatEvents Others(string device) => new EveryDevice(() => _devices.Where(other => other.Key != device).Select(other => other.Value));

    public bool TryAdd(string device, IChatEvents events, int max)
    {
        if (_devices.Count >= max)
        {
            return false;
        }

        _devices = _devices.Add(device, events);
        return true;
    }

    public bool Remove(string device)
    {
        var wasHere = _devices.ContainsKey(device);
        _devices = _devices.Remove(device);
        return wasHere;
    }

    /// <summary>Moves the read mark forward.</summary>
    /// <returns>Whether it moved.</returns>
    public bool MarkRead(long seq)
    {
        long current;
        while ((current = Interlocked.Read(ref _readSeq)) < seq)
        {
            if (Interlocked.CompareExchange(ref _readSeq, seq, current) == current)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Queues an event to be shown. Never blocks; when the queue is full the devices are told to read the store.</summary>
    public void Offer(LiveEvent liveEvent)
    {
        if (liveEvent is LiveEvent.ReplyProgress progress)
        {
            OfferProgress(progress);
        }
        else if (!_events.Writer.TryWrite(liveEvent))
        {
            OfferResync();
        }
    }

    /// <summary>Has the devices read the store, after the events that wait already.</summary>
    public void OfferResync()
    {
        Interlocked.Exchange(ref _hasLost, 1);
        _events.Writer.TryWrite(null); // a full queue has events before it yet, and each has the loop look
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _loop;
        await _progressTimer.DisposeAsync();
        await _lookTimer.DisposeAsync();
    }

    // Only the newest text of a reply matters and rendering it costs its whole length: at most one frame per interval is shown.
    private void OfferProgress(LiveEvent.ReplyProgress progress)
    {
        Interlocked.Exchange(ref _progress, progress);
        if (Interlocked.Exchange(ref _isProgressDue, 1) == 1)
        {
            return;
        }

        var rest = ProgressInterval - _time.GetElapsedTime(Interlocked.Read(ref _progressAt));
        if (rest <= TimeSpan.Zero)
        {
            QueueProgress();
        }
        else
        {
            _progressTimer.Change(rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void QueueProgress()
    {
        if (Volatile.Read(ref _progress) is { } progress && !_events.Writer.TryWrite(progress))
        {
            Interlocked.Exchange(ref _isProgressDue, 0);
        }
    }

    private void Look()
    {
        if (Conversation is { } conversation)
        {
            Offer(new LiveEvent.ConversationChanged(Key.Tenant, conversation));
        }
    }

    private async Task ShowAllAsync()
    {
        await foreach (var liveEvent in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await ShowAsync(liveEvent);
            }
            catch (Exception e)
            {
                LogNotShown(e, Key.Connection.Value);
                Interlocked.Exchange(ref _hasLost, 1);
            }

            if (Interlocked.Exchange(ref _hasLost, 0) == 1)
            {
                await ResyncAsync();
            }
        }
    }

    private async Task ResyncAsync()
    {
        try
        {
            await All.Resync();
            await ShowStateAsync(); // a device reads messages; who answers, and whether there is anything left to read, it is told
        }
        catch (Exception e)
        {
            // Not again at once, which a store that is down would make a loop without end: after the next event.
            LogNotShown(e, Key.Connection.Value);
            Interlocked.Exchange(ref _hasLost, 1);
        }
    }

    private Task ShowAsync(LiveEvent? liveEvent) => liveEvent switch
    {
        LiveEvent.MessageChanged { Message: var message } => ShowMessageAsync(message),
        LiveEvent.ReplyProgress => ShowProgressAsync(),
        LiveEvent.ReplyAbandoned { TurnId: var turn } => EndTurnAsync(turn),
        LiveEvent.Typing { Author: not AuthorKind.Person } e => All.Typing(ChatViews.Typing(e.Author, e.Name, e.IsTyping)),
        LiveEvent.ConversationChanged => ShowStateAsync(),
        _ => Task.CompletedTask,
    };

    private async Task ShowMessageAsync(Message message)
    {
        if (_views.Of(message) is { } view)
        {
            _endedTurn = message.TurnId ?? _endedTurn;
            await All.Message(view);
        }
        else if (message.TurnId is { } turn && ChatViews.IsWithheld(message))
        {
            await EndTurnAsync(turn);
        }
    }

    private async Task ShowProgressAsync()
    {
        Interlocked.Exchange(ref _progressAt, _time.GetTimestamp());
        Interlocked.Exchange(ref _isProgressDue, 0);
        if (Volatile.Read(ref _progress) is { } progress && progress.TurnId != _endedTurn)
        {
            await All.Progress(_views.Progress(progress.TurnId, progress.Text));
        }
    }

    private Task EndTurnAsync(Guid turn)
    {
        _endedTurn = turn;
        return All.ProgressGone(turn);
    }

    private async Task ShowStateAsync()
    {
        if (Conversation is not { } id)
        {
            return;
        }

        if (await _conversations.FindAsync(Key.Tenant, id, CancellationToken.None) is { } conversation)
        {
            await All.State(ChatViews.StateOf(conversation));
        }
        else
        {
            await All.Forgotten(); // there was one, and nothing else takes a conversation away
        }
    }

    [LoggerMessage(LogLevel.Warning, "An event could not be shown to a visitor of {ConnectionId}; their devices read the store again.")]
    private partial void LogNotShown(Exception exception, string connectionId);
}
