using Assistant.Domain.Observability;

namespace Assistant.Domain.Conversations;

/// <summary>A reply being generated: what stops it, and the only door its progress leaves by.</summary>
internal sealed class Thinking(ILiveFeed live, Conversation conversation, Guid turnId, CancellationToken cancellationToken) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private bool _isDisposed;
    private volatile bool _isHalted;

    /// <summary>Cancelled when thinking has ended, for whatever reason.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Whether control changed: what was generated until then may be held back, never sent.</summary>
    public bool IsHalted => _isHalted;

    /// <summary>Shows the text so far, unless halted.</summary>
    public void Show(string text)
    {
        // Looked at and shown under the gate: whoever has halted it may rely on nothing following.
        lock (_gate)
        {
            if (!_isHalted)
            {
                live.Publish(new LiveEvent.ReplyProgress(conversation.Tenant, conversation.Id, turnId, text));
            }
        }
    }

    /// <summary>Halts a reply begun before the conversation reached <paramref name="version"/>.</summary>
    public void Halt(long version)
    {
        lock (_gate)
        {
            if (_isDisposed || _isHalted || conversation.Version >= version)
            {
                return;
            }

            _isHalted = true;
            live.Publish(new LiveEvent.ReplyAbandoned(conversation.Tenant, conversation.Id, turnId));
            _ = _end.CancelAsync(); // whoever listens to the token goes on elsewhere, not in the middle of a take-over
        }
    }

    public Task EndAsync() => _end.CancelAsync();

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _end.Dispose();
        }
    }
}
