using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What is known of one room, or of the account itself (XEP-0045 calls a room's members occupants).</summary>
/// <param name="Address">Without a resource: also the name of its archive.</param>
internal sealed class XmppRoom(string address, string nick, bool isRoom = true)
{
    private const int Remembered = 2_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Sender, string? Id)> _messages = [];
    private readonly Queue<string> _order = new();

    public string Address => address;

    public bool IsRoom => isRoom;

    /// <summary>Our own name in it, as the room says.</summary>
    public string Nick { get; set; } = nick;

    /// <summary>Our own identity in it; <see langword="null"/> where the room gives none.</summary>
    public string? OwnOccupantId { get; set; }

    /// <summary>Whether its ids of messages and occupants are its own: otherwise anybody might have written them.</summary>
    public bool GivesIds { get; set; } = true;

    public bool GivesOccupantIds { get; set; }

    /// <summary>Stanzas that wait until the archive is read; <see langword="null"/> when none must.</summary>
    public List<(XElement Stanza, TaskCompletionSource Done)>? Held { get; set; }

    public TaskCompletionSource<string?> Joined { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
}
