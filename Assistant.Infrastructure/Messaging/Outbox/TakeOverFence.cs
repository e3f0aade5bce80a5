using System.Collections.Concurrent;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>The versions take-overs have brought conversations to: what the assistant claimed before them must not leave. Safe for concurrent use.</summary>
internal sealed class TakeOverFence(TimeProvider clock)
{
    // A turn hands its claimed row over within moments of its commit; after this nothing older can turn up, but what waits in its lane.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ConversationId, Mark> _marks = [];

    /// <summary>Stops every row the assistant claimed before <paramref name="version"/>. Two take-overs may come in either order: the later version stands.</summary>
    public void Raise(ConversationId conversation, long version)
        => _marks.AddOrUpdate(
            conversation, (_, mark) => mark, (_, known, mark) => known.Version > mark.Version ? known : mark, new Mark(version, clock.GetUtcNow()));

    public bool Stops(OutboxEntry entry)
        => entry.ByAssistant && _marks.TryGetValue(entry.Conversation, out var mark) && entry.Version < mark.Version;

    /// <summary>Forgets what can stop nothing any more.</summary>
    /// <param name="hasLane">Whether rows of the conversation are being sent, or wait for a place, however long that takes.</param>
    public void ForgetOld(Func<ConversationId, bool> hasLane)
    {
        var now = clock.GetUtcNow();
        foreach (var mark in _marks)
        {
            if (now - mark.Value.At > Memory && !hasLane(mark.Key))
            {
                _marks.TryRemove(mark);
            }
        }
    }

    private sealed record Mark(long Version, DateTimeOffset At);
}
