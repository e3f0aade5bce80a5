using System.Xml.Linq;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What is known of one room, or of the account itself (XEP-0045 calls a room's members occupants).</summary>
/// <param name="Address">Without a resource: also the name of its archive.</param>
internal sealed class XmppRoom(string address, string nick, bool isRoom = true)
{
    private const int Remembered = 2_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Sender, string? Id)> _messages = [];
    private readonly Queue<string> _order = new();
    private Queue<(XElement Stanza, TaskCompletionSource<XmppMark?> Done)>? _held;

    public string Address => address;

    public bool IsRoom => isRoom;

    /// <summary>Our own name in it, as the room says.</summary>
    public string Nick { get; set; } = nick;

    /// <summary>Our own identity in it; <see langword="null"/> where the room gives none.</summary>
    public string? OwnOccupantId { get; set; }

    /// <summary>Whether its ids of messages and occupants are its own: otherwise anybody might have written them.</summary>
    public bool GivesIds { get; set; } = true;

    public bool GivesOccupantIds { get; set; }

    /// <summary>Whether its archive has everything that was said.</summary>
    public bool IsKept { get; set; }

    /// <summary>Whether we are in it, as far as it is known.</summary>
    public bool IsIn { get; set; }

    /// <summary>Why we are not; <see langword="null"/> when nothing is wrong.</summary>
    public Phrase? Trouble { get; set; }

    /// <summary>Whether what comes has to wait until the archive is read.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _held is not null;
            }
        }
    }

    /// <summary>How our coming ended: with nothing, or with what the room says against it.</summary>
    public TaskCompletionSource<string?> Joined { get; set; } = New<string?>();

    /// <summary>From now on what comes waits.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held ??= [];
        }
    }

    /// <summary>Lets a stanza wait where it has to.</summary>
    /// <returns>What ends when it is dealt with; <see langword="null"/> when nothing has to wait.</returns>
    public Task<XmppMark?>? TryHold(XElement stanza)
    {
        lock (_lock)
        {
            if (_held is null)
            {
                return null;
            }

            var done = New<XmppMark?>();
            _held.Enqueue((stanza, done));
            return done.Task;
        }
    }

    /// <summary>The next stanza that waits; when there is none, nothing has to wait any more.</summary>
    public (XElement Stanza, TaskCompletionSource<XmppMark?> Done)? Release()
    {
        lock (_lock)
        {
            if (_held?.TryDequeue(out var next) == true)
            {
                return next;
            }

            _held = null;
            return null;
        }
    }

    /// <summary>Forgets what waits: it comes again.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _held = null;
        }
    }

    /// <summary>Keeps who said it, because corrections and retractions are only theirs who wrote it.</summary>
    /// <param name="stanzaId">The room's id.</param>
    /// <param name="id">The writer's own id, by which corrections name it.</param>
    public void Remember(string stanzaId, string sender, string? id)
    {
        lock (_lock)
        {
            if (_messages.TryAdd(stanzaId, (sender, id)))
            {
                _order.Enqueue(stanzaId);
            }

            if (_order.Count > Remembered)
            {
                _messages.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>The room's id of what the sender wrote under an id of their own.</summary>
    public string? Find(string sender, string id)
    {
        lock (_lock)
        {
            return _messages.LastOrDefault(message => message.Value.Sender == sender && message.Value.Id == id).Key;
        }
    }

    public bool Wrote(string sender, string stanzaId)
    {
        lock (_lock)
        {
            return _messages.TryGetValue(stanzaId, out var message) && message.Sender == sender;
        }
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
