using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Shows messages. The message's id is the transaction's: however often it is sent, the homeserver makes one event of it.</summary>
internal sealed class MatrixSender(MatrixClient client, MatrixRooms rooms, MatrixSettings settings)
{
    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => await FindObstacleAsync(message.Chat, cancellationToken) ?? await SendAsync(message, MatrixContent.OfText(message, settings.MessageType), cancellationToken);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, JsonObject content, CancellationToken cancellationToken)
    {
        var room = MatrixClient.Part(message.Chat.ExternalId);
        var reply = await client.PutAsync($"v3/rooms/{room}/send/m.room.message/{message.Id:N}", content, cancellationToken);
        return reply.IsOk && reply.Body["event_id"].Text is { Length: > 0 } id ? new SendOutcome.Delivered(id) : MatrixFailure.Outcome(reply);
    }

    /// <summary>Why nothing can be sent to a chat; <see langword="null"/> when it can.</summary>
    public async Task<SendOutcome?> FindObstacleAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (!MatrixIds.IsRoom(chat.ExternalId))
        {
            return SessionReports.NoSuchChat(MatrixChannel.Name, chat);
        }

        // In an encrypted room a plain message would be one that everybody between can read, where people are promised that nobody can.
        var (isEncrypted, failure) = await rooms.FindEncryptionAsync(chat.ExternalId, cancellationToken);
        return failure is not null ? MatrixFailure.Outcome(failure) : isEncrypted ? new SendOutcome.Rejected(Phrase.Of("matrix.encrypted-room")) : null;
    }
}
