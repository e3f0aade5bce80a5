using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Of an event that others refer to: who sent it, and in which thread.</summary>
/// <param name="IsMessage">Whether something was said in it; an edit, a reaction or a member's coming are none.</param>
/// <param name="Reaction">Of a reaction: to what, and which. Once it was taken back a server does not say it any more.</param>
internal sealed record MatrixSeen(string Sender, string? ThreadId, bool IsMessage, (string Target, string Key)? Reaction = null);

/// <summary>Remembers the events that passed by, as edits, replies and redactions only name them; what is not remembered is asked for. Safe for concurrent use.</summary>
internal sealed class MatrixEventBook(MatrixClient client, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MatrixSeen> _seen = [];
    private readonly Queue<string> _order = [];

    public void Note(LooseJson e)
    {
        if (e["event_id"].Text is not { } id || !MatrixIds.IsEvent(id) || MatrixEvents.SeenOf(e) is not { } seen)
        {
            return;
        }

        lock (_lock)
        {
            if (_seen.TryAdd(id, seen))
            {
                _order.Enqueue(id);
            }

            if (_order.Count > capacity)
            {
                _seen.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>The event, or <see langword="null"/> when there is none we may see.</summary>
    /// <exception cref="PhrasedException">The server cannot say now.</exception>
    public async Task<MatrixSeen?> FindAsync(string room, string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_seen.TryGetValue(id, out var seen))
            {
                return seen;
            }
        }

        var reply = await client.GetAsync($"v3/rooms/{MatrixClient.Part(room)}/event/{MatrixClient.Part(id)}", cancellationToken);
        if (reply.IsOk)
        {
            Note(reply.Body);
            return MatrixEvents.SeenOf(reply.Body);
        }

        return reply.Status is >= 400 and < 500 and not 429 && !MatrixFailure.IsCredentials(reply) ? null : throw new PhrasedException(MatrixFailure.Explain(reply));
    }
}
