using Assistant.Domain.Conversations;

namespace Assistant.Infrastructure.Memory.Search;

/// <summary>Where the newest entries of the index point. Safe for concurrent use.</summary>
/// <remarks>
/// Most of what a question finds was said a moment ago, in the very messages the conversation's history tells anyway. In the database it takes an
/// entry and a message to know that; here it takes none. It only leaves entries out: whatever is recalled is read from the database, and an entry
/// that is not known here is simply read. The search projection adds each entry as it is committed, so an id that is used again after the
/// index was cleared points here where it points there.
/// </remarks>
internal sealed class RecentEntries
{
    // Entries are numbered one by one: the newest lie side by side, each over the one this many before it. Some 2 MB when full.
    private const int Count = 1 << 15;

    private readonly Place?[] _places = new Place?[Count];

    /// <summary>The entry is a message.</summary>
    public void AddMessage(long entry, Guid conversation, long seq) => Volatile.Write(ref _places[entry % Count], new Place(entry, conversation, seq));

    /// <summary>The entry is a fact: it is never told by a history.</summary>
    public void AddFact(long entry) => Volatile.Write(ref _places[entry % Count], null);

    /// <summary>Whether the entry is known to be a message of this conversation, that one or a later one.</summary>
    public bool IsSince(long entry, ConversationId conversation, long seq)
        => Volatile.Read(ref _places[entry % Count]) is { } place && place.Entry == entry && place.Conversation == conversation.Value && place.Seq >= seq;

    private sealed record Place(long Entry, Guid Conversation, long Seq);
}
