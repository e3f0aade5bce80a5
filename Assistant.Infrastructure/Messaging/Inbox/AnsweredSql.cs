using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Messaging.Inbox;

/// <summary>Which message of a conversation another one answers.</summary>
internal static class AnsweredSql
{
    // A message keeps the id of its last part; the others have an index of their own.
    private const string FindSeq =
        "SELECT m.seq FROM messages m WHERE m.conversation_id = @p0 AND m.external_id = @p1 AND m.deleted_at IS NULL "
        + "UNION ALL SELECT o.message_seq FROM outbox o WHERE o.conversation_id = @p0 AND o.external_id = @p1 AND NOT o.is_last_part LIMIT 1";

    /// <summary>What it answers; nothing is asked for unless it says that it does.</summary>
    public static MessageReference? Find(SqlSession session, Conversation conversation, InboundContent.Said said)
    {
        var seq = said.ReplyToExternalId is { } answered ? session.QueryFirst<long?>(FindSeq, r => r.GetInt64(0), conversation.Id.Value, answered) : null;
        return MessageReference.Of(seq, said.QuoteBeside(seq));
    }
}
