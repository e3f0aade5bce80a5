using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Hands events to the gateway, and returns when they are committed or were nothing for us.</summary>
internal sealed class MatrixReceiver(ConnectionId connection, MatrixSettings settings, MatrixRooms rooms, MatrixEventBook book, TimeProvider time)
{
    /// <param name="me">The account.</param>
    /// <exception cref="Domain.Wording.PhrasedException">The server cannot say now what has to be known.</exception>
    public async Task AcceptAsync(string roomId, LooseJson e, string me, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        book.Note(e);
        if (e["type"].Text == "m.room.encrypted" && e["sender"].Text != me)
        {
            await rooms.NoteUnreadableAsync(roomId, cancellationToken);
            return;
        }

        if (!MatrixEvents.IsWanted(e, me))
        {
            return;
        }

        var room = await rooms.GetAsync(roomId, cancellationToken);
        var seen = new Dictionary<string, MatrixSeen>();
        if (MatrixEvents.ChangedBy(e) is { } changed)
        {
            // What cannot be seen cannot be told to be its sender's.
            if (await book.FindAsync(roomId, changed, cancellationToken) is not { } original)
            {
                return;
            }

            seen[changed] = original;
        }

        foreach (var id in room.IsGroup ? MatrixEvents.AnsweredBy(e) : [])
        {
            if (await book.FindAsync(roomId, id, cancellationToken) is { } answered)
            {
                seen[id] = answered;
            }
        }

        if (MatrixEvents.Read(e, new MatrixPlace(connection, me, room, settings.Groups), seen, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(message, cancellationToken);
        }
    }
}
