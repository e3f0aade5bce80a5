using Assistant.Domain.Observability;

namespace Assistant.Domain.Conversations;

/// <summary>A turn from before it reads what it begins with: what stops its reply, and the only door the reply's progress leaves by.</summary>
/// <remarks>
/// It is there to be halted before the conversation is read: a change of control is either in what is read, or is told here afterwards and
/// found by <see cref="Begin"/>.
/// </remarks>
internal sealed class Thinking(ILiveFeed live, Guid turnId, CancellationToken cancellationToken) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Conversation? _conversation;
    private Message? _yielding;
    private long _haltedFrom = long.MinValue;
    private bool _hasEnded;
    private volatile bool _isHalted;

    /// <summary>Cancelled when thinking has ended, for whatever reason.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Whether control or the words changed: what was generated until then may be held back, never sent.</summary>
    public bool IsHalted => _isHalted;

    /// <summary>The reply is about to be generated, from what was read of the conversation.</summary>
    /// <param name="yielding">What it answers, when it gives way to an edit of it.</param>
    public void Begin(Conversation conversation, Message? yielding)
    {
        lock (_gate)
        {
            _conversation = conversation;
            _yielding = yielding;
            HaltIfOlder();
        }
    }

    /// <summary>Shows the text so far, unless thinking is over. Only after <see cref="Begin"/>.</summary>
    public void Show(string text)
        => TryShow(() => live.Publish(new LiveEvent.ReplyProgress(_conversation!.Tenant, _conversation.Id, turnId, text)));

    /// <summary>Begins to give a sign of the reply, unless thinking is over. What it begins is not waited for here.</summary>
    /// <returns>Whether it was begun.</returns>
    public bool TryShow(Action begin)
    {
        // Looked at and begun under the gate: whoever has halted it may rely on nothing following.
        lock (_gate)
        {
            if (_isHalted || _hasEnded)
            {
                return false;
            }

            begin();
            return true;
        }
    }

    /// <summary>Halts a reply begun before the conversation reached <paramref name="version"/>.</summary>
    public void Halt(long version)
    {
        lock (_gate)
        {
            _haltedFrom = Math.Max(_haltedFrom, version);
            HaltIfOlder();
        }
    }

    /// <summary>Halts a reply to words that were edited, or taken back, after they were read.</summary>
    public void HaltEdited(string message, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_yielding is { } read && read.ExternalId == message && (read.EditedAt is null || read.EditedAt < at))
            {
                Halt(_conversation!);
            }
        }
    }

    /// <summary>Nothing more is generated: from here on it is the commit that a change of control stops.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        return _end.CancelAsync();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _end.Dispose();
        }
    }

    private void HaltIfOlder()
    {
        if (_conversation is { } conversation && conversation.Version < _haltedFrom)
        {
            Halt(conversation);
        }
    }

    private void Halt(Conversation conversation)
    {
        if (_hasEnded || _isHalted)
        {
            return;
        }

        _isHalted = true;
        live.Publish(new LiveEvent.ReplyAbandoned(conversation.Tenant, conversation.Id, turnId));
        _ = _end.CancelAsync(); // whoever listens to the token goes on elsewhere, not in the middle of a take-over
    }
}
