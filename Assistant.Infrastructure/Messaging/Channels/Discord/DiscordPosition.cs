using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

// The place in what Discord tells. A session and the number of its last stored event let Discord repeat what was missed. When Discord has forgotten the
// session, a new one begins, and what was missed is read from the channels themselves: from the id of the last stored message on, which holds for all
// channels, because ids are times. Servers name their channels and the last message of each when a session begins; direct chats nobody lists, so they are
// remembered here.
//
// Invariants. (1) The number rises after the event is committed. (2) While something is still to be read from channels (From is not 0), the stored place has
// no session and begins at From: whoever dies in between reads again from there, and the inbox knows what it has.

/// <summary>Where receiving goes on. One reader; <see cref="Seq"/> may be read by others.</summary>
internal sealed class DiscordPosition
{
    // Ids of two channels that were given out at the same time may come in either order.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly LinkedList<string> _direct = new();
    private readonly Dictionary<string, LinkedListNode<string>> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaited = new(StringComparer.Ordinal);
    private readonly int _maxDirect;
    private long _seq;
    private ulong _last;
    private ulong _from;

    private DiscordPosition(int maxDirect) => _maxDirect = maxDirect;

    /// <summary>The session to resume, or <see langword="null"/>.</summary>
    public string? Session { get; private set; }

    /// <summary>Where Discord wants it to be resumed; <see langword="null"/> for the common entrance.</summary>
    public string? ResumeUrl { get; set; }

    /// <summary>Number of the session's last event that is stored.</summary>
    public long Seq
    {
        get => Volatile.Read(ref _seq);
        set => Volatile.Write(ref _seq, value);
    }

    /// <summary>Whether something is still to be read from channels.</summary>
    public bool IsBehind => _from != 0;

    /// <summary>Direct chats, the latest first.</summary>
    public IReadOnlyList<string> Direct => [.. _direct];

    /// <summary>The place a cursor names; a new one when it cannot be read.</summary>
    public static DiscordPosition Read(string? cursor, int maxDirect)
    {
        var position = new DiscordPosition(maxDirect);
        if (cursor is null || DiscordEvents.Read(Encoding.UTF8.GetBytes(cursor), DiscordJson.Default.DiscordCursor) is not { } stored)
        {
            return position;
        }

        position._last = DiscordIds.Parse(stored.Last);
        foreach (var chat in (stored.Direct ?? []).Where(DiscordIds.Is).Reverse())
        {
            position.NoteDirect(chat!);
        }

        if (stored is { Session.Length: > 0, Seq: > 0 })
        {
            (position.Session, position.ResumeUrl, position.Seq) = (stored.Session, stored.Resume, stored.Seq);
        }
        else
        {
            position._from = position._last;
        }

        return position;
    }

    /// <summary>The place as it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(
        IsBehind ? new DiscordCursor(null, null, 0, DiscordIds.Text(_from), Direct) : new DiscordCursor(Session, ResumeUrl, Seq, DiscordIds.Text(_last), Direct),
        DiscordJson.Default.DiscordCursor);

    /// <summary>Discord has forgotten the session: what comes between now and the next one has to be read from the channels.</summary>
    public void Forget()
    {
        (Session, ResumeUrl, Seq) = (null, null, 0);
        _awaited.Clear();
        _from = IsBehind ? _from : _last;
    }

    /// <summary>A new session has begun, and direct chats are read.</summary>
    /// <param name="servers">Those whose channels are still to be read.</param>
    public void Begin(string session, string? resumeUrl, IEnumerable<string> servers, DateTimeOffset now)
    {
        (Session, ResumeUrl) = (session, resumeUrl);
        if (IsBehind)
        {
            _awaited.UnionWith(servers);
        }

        if (_last == 0)
        {
            // From here on nothing is missed.
            _last = DiscordIds.At(now);
        }

        CatchUp();
    }

    /// <summary>Whether the channels of a server are still to be read.</summary>
    public bool Awaits(string server) => _awaited.Contains(server);

    /// <summary>The channels of a server are read, or will never be.</summary>
    public void Arrived(string server)
    {
        _awaited.Remove(server);
        CatchUp();
    }

    /// <summary>After which message channels are to be read.</summary>
    public ulong ReadAfter(TimeSpan window, DateTimeOffset now)
        => Math.Max(DiscordIds.At(DiscordIds.TimeOf(_from) - Margin), DiscordIds.At(now - window));

    /// <summary>A message of the session is stored, or was nothing for us.</summary>
    public void NoteSeen(string? message) => _last = Math.Max(_last, DiscordIds.Parse(message));

    /// <summary>Somebody writes in a direct chat.</summary>
    /// <returns>Whether it was not known.</returns>
    public bool NoteDirect(string chat)
    {
        if (_places.TryGetValue(chat, out var place))
        {
            _direct.Remove(place);
            _direct.AddFirst(place);
            return false;
        }

        _places[chat] = _direct.AddFirst(chat);
        if (_direct.Count > _maxDirect)
        {
            _places.Remove(_direct.Last!.Value);
            _direct.RemoveLast();
        }

        return true;
    }

    private void CatchUp() => _from = _awaited.Count == 0 ? 0 : _from;
}
