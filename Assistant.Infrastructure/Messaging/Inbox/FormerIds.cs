using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Messaging.Inbox;

/// <summary>Messages stored before their channel came to name them otherwise.</summary>
internal static class FormerIds
{
    // As with reactions, the thread is not always named, and a part of a long message has an id of its own.
    private const string Find =
        "SELECT 1 FROM conversations c JOIN messages m ON m.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND m.external_id = @p2 AND m.at >= @p3 "
        + "UNION ALL SELECT 1 FROM conversations c JOIN outbox o ON o.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND o.external_id = @p2 AND NOT o.is_last_part AND o.created_at >= @p3 LIMIT 1";

    /// <summary>The message under the id it is stored under.</summary>
    public static InboundMessage Resolve(SqlSession session, InboundMessage message)
        => message.Former is { } former
            && session.QueryFirst(Find, _ => true, message.Connection.Value, message.Chat.ExternalId, former.Id, former.Since)
            ? message with { ExternalMessageId = former.Id }
            : message;
}
