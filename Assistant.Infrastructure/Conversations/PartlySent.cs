using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>A reply an operator dropped after some of its parts had been sent: what was shown is what was said.</summary>
internal static class PartlySent
{
    private const string Parts =
        "SELECT o.state, o.is_last_part, o.id, o.person_id, o.body, o.text, o.buttons FROM outbox o "
        + "WHERE o.conversation_id = @p0 AND o.message_seq = @p1 ORDER BY o.part";

    // An edit like a person's: its position has the search index read the message again.
    private const string Cut =
        "UPDATE messages SET text = '', buttons = NULL, attachments = NULL, body = @p2, edited_at = @p3, position = @p4 WHERE conversation_id = @p0 AND seq = @p1";

    /// <summary>
    /// Records that the rest of a message was dropped, with how many of its parts had been sent, and cuts the message to the others: those sent,
    /// and those that may be yet. One of which nothing is left stays as it is, and so does one whose last part was sent, for that is gone.
    /// </summary>
    /// <param name="message">As it was read after its rows were dropped and weighed.</param>
    /// <returns>The message as it is now.</returns>
    public static Message Record(WriteSession session, PersonKeyRing keys, Message message, AuditDraft audit, DateTimeOffset now)
    {
        var rows = session.Query(Parts, Map, message.Conversation.Value, message.Seq);
        var sent = rows.Count(row => row.State == OutboxState.Sent);
        var position = session.Audit(audit.With("partsSent", sent.ToString(CultureInfo.InvariantCulture)));
        var left = rows.FindAll(row => row.State != OutboxState.Dropped);
        if (left.Count == 0 || !rows[^1].IsLast || message.Person is not { } person || keys.Find(person) is not { IsDestroyed: false } key)
        {
            return message;
        }

        var cut = message with { Body = HeldReply.Join(left.Select(row => row.Content.Open(keys).Body)), EditedAt = now };
        session.Execute(Cut, cut.Conversation.Value, cut.Seq, MessageSql.Seal(key, cut), cut.EditedAt, position);
        return cut;
    }

    private static (OutboxState State, bool IsLast, StoredContent Content) Map(SqlRow r) => (
        r.Enum<OutboxState>(0), r.GetBoolean(1),
        new StoredContent(r.GuidOrNull(3), r.IsDBNull(4) ? null : r.GetBytes(4), MessageSql.OutboxPlace(r.GetGuid(2)), r.GetString(5), r.TextOrNull(6)));
}
