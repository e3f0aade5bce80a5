namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>How a message's delivery follows from the outbox rows of its parts.</summary>
internal static class DeliverySql
{
    /// <summary>
    /// A message is as well as its worst part, whichever part changed last: what waits for an operator's decision outweighs a dead letter,
    /// that a part which may have been shown, that one still to be sent. One of which some was sent and the rest dropped was sent: people have
    /// read it. Changes nothing when it reads like that already.
    /// </summary>
    public const string Weigh =
        "UPDATE messages SET delivery = worst.delivery FROM (SELECT CASE "
        + "WHEN COUNT(*) FILTER (WHERE state = 'Held') > 0 THEN 'Held' "
        + "WHEN COUNT(*) FILTER (WHERE state = 'Dead') > 0 THEN 'Failed' "
        + "WHEN COUNT(*) FILTER (WHERE state IN ('Pending', 'Sending') AND may_repeat) > 0 THEN 'Uncertain' "
        + "WHEN COUNT(*) FILTER (WHERE state IN ('Pending', 'Sending')) > 0 THEN 'Stored' "
        + "WHEN COUNT(*) FILTER (WHERE state = 'Dropped' AND is_last_part) > 0 AND COUNT(*) FILTER (WHERE state = 'Sent') = 0 THEN 'Dropped' "
        + "ELSE 'Sent' END AS delivery "
        + "FROM outbox WHERE conversation_id = @p0 AND message_seq = @p1) AS worst "
        + "WHERE messages.conversation_id = @p0 AND messages.seq = @p1 AND messages.delivery <> worst.delivery";

    /// <summary>The same for a message of one part that was sent, without asking: nearly all are. Keeps the id as well.</summary>
    public const string SentWhole = "UPDATE messages SET delivery = 'Sent', " + ExternalId + " WHERE conversation_id = @p0 AND seq = @p1";

    public const string KeepExternalId = "UPDATE messages SET " + ExternalId + " WHERE conversation_id = @p0 AND seq = @p1";

    // A messenger that hands out an id twice must not keep us from recording the send.
    private const string ExternalId =
        "external_id = CASE WHEN EXISTS (SELECT 1 FROM messages x WHERE x.conversation_id = @p0 AND x.external_id = @p2) THEN external_id ELSE @p2 END";
}
