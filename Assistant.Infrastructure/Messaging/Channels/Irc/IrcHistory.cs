namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>
/// What a line is to read of the channels' past, where the server keeps one (IRCv3 <c>chathistory</c>). Until it has been read, a message says nothing
/// of where reading may go on: another channel's past may be older and still to come. One thread.
/// </summary>
/// <param name="isKept">Whether the server keeps a past.</param>
/// <param name="cursor">The time of the last message known, if any.</param>
internal sealed class IrcHistory(bool isKept, string? cursor, IEnumerable<string> channels)
{
    private readonly HashSet<string> _awaited = new(isKept && !string.IsNullOrEmpty(cursor) ? channels : [], StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _open = [];

    /// <summary>From when on a channel's messages are asked for; <see langword="null"/> when they are not.</summary>
    public string? Since => isKept && !string.IsNullOrEmpty(cursor) ? cursor : null;

    /// <summary>Whether reading may go on behind the next message.</summary>
    public bool IsRead => isKept && _awaited.Count == 0;

    /// <summary>A channel's past is asked for.</summary>
    public void Ask(string channel) => _awaited.Add(channel);

    /// <summary>We are not in these, so nothing comes of them.</summary>
    public bool GiveUp(IEnumerable<string> channels)
    {
        var awaited = _awaited.Count;
        _awaited.ExceptWith(channels);
        return awaited > 0 && _awaited.Count == 0;
    }

    /// <summary>Takes note of a line.</summary>
    /// <returns>Whether with it all of the past has come.</returns>
    public bool Hears(IrcMessage line)
    {
        switch (line.Verb.ToUpperInvariant())
        {
            case "BATCH" when line[0].StartsWith('+') && line[1] is "chathistory" or "draft/chathistory" && _awaited.Contains(line[2]):
                _open[line[0][1..]] = line[2];
                return false;
            case "BATCH" when line[0].StartsWith('-') && _open.Remove(line[0][1..], out var channel):
                return GiveUp([channel]);
            case "FAIL" when line[0] == "CHATHISTORY":
                return GiveUp(line.Parameters);
            default:
                return false;
        }
    }
}
