using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Messaging.Inbox;

/// <summary>Which message another one answers.</summary>
internal static class AnsweredSql
{
    // A message keeps the id of its last part; the others have an index of their own.
    private const string FindSeq =
        "SELECT m.seq FROM messages m WHERE m.conversation_id = @p0 AND m.external_id = @p1 AND m.deleted_at IS NULL "
        + "UNION ALL SELECT o.message_seq FROM outbox o WHERE o.conversation_id = @p0 AND o.external_id = @p1 AND NOT o.is_last_part LIMIT 1";

    // A thread is a conversation of its own; what it began with stands beside it, in the chat.
    private const string FindBeside =
        "SELECT m.conversation_id, m.seq FROM conversations c JOIN messages m ON m.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.thread_id = '' AND c.tenant_id = @p2 AND c.erasure_id IS NULL AND m.external_id = @p3 AND m.deleted_at IS NULL "
        + "UNION ALL SELECT o.conversation_id, o.message_seq FROM conversations c JOIN outbox o ON o.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.thread_id = '' AND c.tenant_id = @p2 AND c.erasure_id IS NULL AND o.external_id = @p3 AND NOT o.is_last_part LIMIT 1";

    /// <summary>What it answers; nothing is asked for unless it says that it does.</summary>
    public static MessageReference? Find(SqlSession session, Conversation conversation, InboundContent.Said said)
    {
        var answered = said.ReplyToExternalId;
        var seq = answered is null ? null : session.QueryFirst<long?>(FindSeq, r => r.GetInt64(0), conversation.Id.Value, answered);
        var root = answered is not null && seq is null && conversation.Chat.ThreadId is not null ? FindRoot(session, conversation, answered) : null;
        return MessageReference.Of(seq, said.QuoteBeside(seq ?? root?.Seq), root);
    }

    private static FarMessage? FindRoot(SqlSession session, Conversation thread, string answered) => session.QueryFirst(
        FindBeside, r => new FarMessage(new ConversationId(r.GetGuid(0)), r.GetInt64(1)), thread.Connection.Value, thread.Chat.ExternalId, thread.Tenant.Value, answered);
}
