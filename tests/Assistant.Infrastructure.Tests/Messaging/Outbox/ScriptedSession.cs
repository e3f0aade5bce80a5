using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>The one session there is: records what it is to send and answers as it is told.</summary>
internal sealed class ScriptedSession : IChannelSessions, IChannelSession, IFileSender, IDeliveryProbe
{
    private readonly List<OutboundMessage> _sent = [];
    private int _lent;

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<OutboundMessage> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>The outcome of a send; <see langword="null"/> delivers.</summary>
    public Func<OutboundMessage, SendOutcome?> Answers { get; set; } = _ => null;

    /// <summary>Sends that are never answered.</summary>
    public Func<OutboundMessage, bool> Hangs { get; set; } = _ => false;

    /// <summary>What every answer waits for.</summary>
    public Task Lingers { get; set; } = Task.CompletedTask;

    /// <summary>Sends it is lent for.</summary>
    public int Lent => Volatile.Read(ref _lent);

    /// <summary>What the probe finds; <see langword="null"/> when nothing was shown.</summary>
    public string? Shown { get; set; }

    /// <summary>What the probe was asked about last.</summary>
    public OutboundMessage? AskedAbout { get; private set; }

    public bool IsRunning { get; set; } = true;

    /// <summary>Connections without a session, also while it is running.</summary>
    public HashSet<ConnectionId> Off { get; } = [];

    public IChannelSession? Find(ConnectionId id) => IsRunning && !Off.Contains(id) ? this : null;

    public SessionLoan? Lend(ConnectionId id)
    {
        if (Find(id) is not { } session)
        {
            return null;
        }

        Interlocked.Increment(ref _lent);
        return new SessionLoan(session, () => Interlocked.Decrement(ref _lent));
    }

    public Connection? FindConnection(ConnectionId id) => null;

    void IChannelSessions.NoteInbound(ConnectionId id) { }

    /// <summary>Messages noted as shown, by connection.</summary>
    public ConcurrentBag<ConnectionId> Noted { get; } = [];

    public void NoteOutbound(ConnectionId id) => Noted.Add(id);

    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        int number;
        lock (_sent)
        {
            _sent.Add(message);
            number = _sent.Count;
        }

        if (Hangs(message))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        await Lingers.WaitAsync(cancellationToken);
        return Answers(message) ?? new SendOutcome.Delivered($"out-{number}");
    }

    /// <summary>Files as they were shown.</summary>
    public List<(string Name, byte[] Content)> Files { get; } = [];

    public async Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        await using var source = await file.OpenAsync(cancellationToken);
        using var content = new MemoryStream();
        await source.CopyToAsync(content, cancellationToken);
        var outcome = await SendAsync(message, cancellationToken);
        if (outcome is SendOutcome.Delivered)
        {
            Files.Add((file.Name, content.ToArray()));
        }

        return outcome;
    }

    public Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
    {
        AskedAbout = message;
        return Task.FromResult<DeliveryFinding?>(new DeliveryFinding(Shown));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
