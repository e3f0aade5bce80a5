namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What was sent and is not acknowledged, by its number in the stream (XEP-0198, 4). Safe for concurrent use.</summary>
internal sealed class XmppUnacked
{
    private const int AskEvery = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<Counted> _stanzas = new();
    private uint _sent;

    /// <summary>Counts a stanza that is about to leave.</summary>
    /// <param name="xml">Kept to be sent again; <see langword="null"/> for what is not worth it.</param>
    /// <returns>Whether to ask how far the other side is: with each message, and now and then where nothing but pings leaves.</returns>
    public bool Add(string? xml, XmppPending? pending)
    {
        lock (_lock)
        {
            _stanzas.AddLast(new Counted(++_sent, xml, pending));
            return pending is not null || _stanzas.Count % AskEvery == 0;
        }
    }

    /// <summary>The other side has dealt with so many. The count goes round.</summary>
    public void Acknowledge(uint count)
    {
        lock (_lock)
        {
            while (_stanzas.First is { Value: var first } && unchecked(count - first.Number) < uint.MaxValue / 2)
            {
                _stanzas.RemoveFirst();
                first.Pending?.Take();
            }
        }
    }

    /// <summary>Nobody waits for it any more: it is not sent again.</summary>
    public void GiveUp(XmppPending pending)
    {
        lock (_lock)
        {
            for (var node = _stanzas.First; node is not null; node = node.Next)
            {
                if (node.Value.Pending == pending)
                {
                    node.Value = node.Value with { Pending = null, Xml = null };
                }
            }
        }
    }

    /// <summary>Counts on from where the other side stands.</summary>
    /// <returns>What has to be sent again, in its order.</returns>
    public IReadOnlyList<string> Renumber(uint count)
    {
        lock (_lock)
        {
            var again = _stanzas.Where(one => one.Xml is not null).ToList();
            _stanzas.Clear();
            _sent = count;
            foreach (var one in again)
            {
                _stanzas.AddLast(one with { Number = ++_sent });
            }

            return [.. again.Select(one => one.Xml!)];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _stanzas.Clear();
            _sent = 0;
        }
    }

    private sealed record Counted(uint Number, string? Xml, XmppPending? Pending);
}
