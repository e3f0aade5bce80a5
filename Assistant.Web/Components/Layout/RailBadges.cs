using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Layout;

/// <summary>What waits for a person in each room, shown on the rail: read from the stores, again whenever an event says it may differ.</summary>
internal sealed class RailBadges(IConversationQueries conversations, PairingDesk pairing, DeadLetterDesk deadLetters)
{
    /// <summary>Enough to say "99+": the exact number beyond it would only cost.</summary>
    public const int CountedUpTo = 100;

    private Dictionary<char, int> _counts = [];

    /// <param name="room">The <see cref="Room.Key"/>.</param>
    public int this[char room] => _counts.GetValueOrDefault(room);

    /// <summary>Whether an event may have changed a count.</summary>
    public static bool AreMadeOldBy(LiveEvent live)
        => live is LiveEvent.ConversationChanged or LiveEvent.PairingChanged or LiveEvent.DeadLettersChanged;

    /// <summary>Counts what waits in the rooms the caller may enter.</summary>
    public async Task ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<char, int>();
        if (caller.Permissions.Contains(Permissions.ConversationsRead))
        {
            var waiting = new ConversationFilter(ConversationView.Waiting);
            counts[Rooms.Conversations] = (await conversations.ListAsync(
                caller.Tenant, caller.AsUser.Id, waiting, after: null, CountedUpTo, cancellationToken)).Items.Count;
            counts[Rooms.DeadLetters] = await deadLetters.CountAsync(caller, cancellationToken);
        }

        if (caller.Permissions.Contains(Permissions.PeopleRead))
        {
            counts[Rooms.People] = (await pairing.ListAsync(caller, cancellationToken)).Count;
        }

        _counts = counts;
    }
}
