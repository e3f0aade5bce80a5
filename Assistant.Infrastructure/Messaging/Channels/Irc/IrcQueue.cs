using System.Threading.Channels;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// A line has about 450 bytes, and clients cut what is longer; in a channel only the first part names the assistant. So a line that had hardly room for
// more waits for a second: what its sender says in the same place meanwhile is its next part. All else waits behind it, in its order. Where a part stood,
// its place in the server's history stays, so that a crash neither repeats the part nor passes over what came before it.

/// <summary>Something heard, on its way to the gateway.</summary>
/// <param name="Message"><see langword="null"/> where only the place moves, behind what came before.</param>
/// <param name="MovesPlace">Whether all before it has been read, so that reading may go on behind it.</param>
/// <param name="At">When it was heard, as a timestamp.</param>
internal sealed record IrcHeard(InboundMessage? Message, bool MovesPlace, long At)
{
    /// <summary>Where reading goes on behind it; <see langword="null"/> where that is behind what came before.</summary>
    public DateTimeOffset? Place { get; init; } = Message?.SentAt;

    /// <summary>Whether its line had hardly room for more.</summary>
    public bool IsFull { get; init; }

    /// <summary>How many lines it came in.</summary>
    public int Lines { get; init; } = Message is null ? 0 : 1;
}

/// <summary>What has been heard and is not stored yet: a thousand, then who adds waits. What a client sent in parts comes out whole. One thread adds, one takes.</summary>
internal sealed class IrcQueue(TimeProvider time)
{
    private const int Capacity = 1_000;
    private const int MostParts = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Channel<IrcHeard> _waiting = Channel.CreateBounded<IrcHeard>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>What was taken out to look for a part.</summary>
    private readonly List<IrcHeard> _ahead = [];

    /// <inheritdoc cref="IrcHeard"/>
    public ValueTask AddAsync(InboundMessage? message, bool movesPlace, bool isFull, CancellationToken cancellationToken)
        => _waiting.Writer.WriteAsync(new IrcHeard(message, movesPlace, time.GetTimestamp()) { IsFull = isFull }, cancellationToken);

    /// <summary>Nothing is added any more, and no part waited for.</summary>
    public void End() => _waiting.Writer.TryComplete();

    /// <summary>The next in order; <see langword="null"/> at the end.</summary>
    public async Task<IrcHeard?> NextAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(cancellationToken) is not { } whole)
        {
            return null;
        }

        var last = whole;
        while (last.IsFull && whole.Lines < MostParts && await FindPartAsync(whole.Message!, last, cancellationToken) is { } part)
        {
            (whole, last) = (Joined(whole, part.Message!), part);
        }

        return whole;
    }

    private async Task<IrcHeard?> TakeAsync(CancellationToken cancellationToken)
    {
        if (_ahead is [var next, ..])
        {
            _ahead.RemoveAt(0);
            return next;
        }

        return await _waiting.Reader.WaitToReadAsync(cancellationToken) && _waiting.Reader.TryRead(out var heard) ? heard : null;
    }

    /// <summary>The next part of what a line began, taken from its place; <see langword="null"/> when there is none.</summary>
    private async Task<IrcHeard?> FindPartAsync(InboundMessage begun, IrcHeard last, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Capacity; i++)
        {
            if (i == _ahead.Count)
            {
                if (!await ComesInTimeAsync(last, cancellationToken) || !_waiting.Reader.TryRead(out var heard))
                {
                    return null;
                }

                _ahead.Add(heard);
            }

            var part = _ahead[i];
            if (time.GetElapsedTime(last.At, part.At) > Patience)
            {
                return null;
            }

            if (part.Message is { } message && message.Chat == begun.Chat && message.Sender.ExternalId == begun.Sender.ExternalId)
            {
                if (message.IsAddressed && !begun.IsAddressed)
                {
                    return null; // now it is the assistant that is spoken to
                }

                _ahead[i] = part with { Message = null, IsFull = false, Lines = 0 };
                return part;
            }
        }

        return null;
    }

    private async Task<bool> ComesInTimeAsync(IrcHeard last, CancellationToken cancellationToken)
    {
        // What waits already may have come in time, however long ago that was.
        if (_waiting.Reader.TryPeek(out _))
        {
            return true;
        }

        var left = Patience - time.GetElapsedTime(last.At);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        using var patience = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await _waiting.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static IrcHeard Joined(IrcHeard whole, InboundMessage part)
    {
        var (before, after) = (((InboundContent.Said)whole.Message!.Content).Text, ((InboundContent.Said)part.Content).Text);
        var text = HasNoSpaces(before[^1]) && HasNoSpaces(after[0]) ? before + after : $"{before} {after}";
        return whole with { Message = whole.Message with { Content = new InboundContent.Said(text) }, Lines = whole.Lines + 1 };
    }

    /// <summary>Clients cut at a space, which is gone then; where a script has none, anywhere.</summary>
    private static bool HasNoSpaces(char letter) => letter is (>= '\u2E80' and < '\uAC00') or (>= '\uFF00' and < '\uFFF0');
}
