using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>What people reacted with, inside a unit of work or a read. Turns read none of it.</summary>
internal static class ReactionSql
{
    // Messengers name the chat and the message, seldom the thread. Newest conversation first: that is where people react.
    private const string FindMessage =
        "SELECT " + ConversationSql.Columns + ", m.seq FROM conversations c JOIN messages m ON m.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.erasure_id IS NULL AND m.external_id = @p2 AND m.deleted_at IS NULL "
        + "ORDER BY c.last_at DESC LIMIT 1";

    // A message keeps the id of its last part; the others have an index of their own.
    private const string FindPart =
        "SELECT " + ConversationSql.Columns + ", o.message_seq FROM conversations c JOIN outbox o ON o.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.erasure_id IS NULL AND o.external_id = @p2 AND NOT o.is_last_part "
        + "AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.seq = o.message_seq AND m.deleted_at IS NULL) "
        + "ORDER BY c.last_at DESC LIMIT 1";

    private const string FindOwn =
        "SELECT body FROM reactions WHERE conversation_id = @p0 AND seq = @p1 AND person_id = @p2 AND external_id = @p3";

    private const string Save =
        "INSERT INTO reactions (conversation_id, seq, person_id, external_id, tenant_id, body) VALUES (@p0, @p1, @p2, @p3, @p4, @p5) "
        + "ON CONFLICT (conversation_id, seq, person_id, external_id) DO UPDATE SET body = excluded.body";

    private const string Range =
        "SELECT r.seq, r.person_id, p.display_name, r.external_id, r.body FROM reactions r JOIN people p ON p.id = r.person_id "
        + "WHERE r.conversation_id = @p0 AND r.seq >= @p1 AND r.seq <= @p2";

    private const string DeleteAll = "DELETE FROM reactions WHERE conversation_id = @p0 AND seq = @p1";

    /// <summary>The conversation and the number of the message with this id, in whichever thread of the chat.</summary>
    public static (Conversation Conversation, long Seq)? Find(WriteSession session, ConnectionId connection, ExternalChat chat, string externalId)
    {
        return One(FindMessage) ?? One(FindPart);

        (Conversation, long)? One(string sql) => session.QueryFirst<(Conversation, long)?>(
            session.IsPostgres ? sql + " FOR UPDATE OF c" : sql, r => (ConversationSql.Map(r), r.GetInt64(ConversationSql.ColumnCount)),
            connection.Value, chat.ExternalId, externalId);
    }

    /// <summary>Brings a person's reactions to a message up to date, and tells screens.</summary>
    /// <returns><see langword="false"/> when it changes nothing.</returns>
    public static bool Apply(
        WriteSession session, PersonKeyRing keys, PersonKey key, Conversation conversation, long seq, string externalId, InboundContent.Reacted reacted, DateTimeOffset at)
    {
        var place = Place(conversation.Id.Value, seq, key.Person.Value, externalId);
        var before = session.QueryFirst(FindOwn, r => r.GetBytes(0), conversation.Id.Value, seq, key.Person.Value, externalId) is { } known
            ? Decode(key.Open(place, known)) : PersonReactions.None;
        var after = before.After(reacted, at);
        if (ReferenceEquals(before, after))
        {
            return false;
        }

        session.Execute(
            Save, conversation.Id.Value, seq, key.Person.Value, externalId, conversation.Tenant.Value, key.Seal(place, JsonSerializer.SerializeToUtf8Bytes(after)));
        if (session.IsWatched(conversation.Tenant))
        {
            var all = Read(session, keys, conversation.Id, seq, seq)[seq];
            session.Publish(new LiveEvent.ReactionsChanged(conversation.Tenant, conversation.Id, seq, [.. all]));
        }

        return true;
    }

    /// <summary>Removes what was reacted to a message that was taken back.</summary>
    public static void Delete(WriteSession session, ConversationId conversation, long seq) => session.Execute(DeleteAll, conversation.Value, seq);

    /// <summary>Adds what people reacted with to messages of one conversation, in their order.</summary>
    public static List<Message> WithReactions(SqlSession session, PersonKeyRing keys, List<Message> messages)
    {
        if (messages.Count == 0)
        {
            return messages;
        }

        var reactions = Read(session, keys, messages[0].Conversation, messages.Min(m => m.Seq), messages.Max(m => m.Seq));
        return reactions.Count == 0
            ? messages
            : messages.ConvertAll(m => m.DeletedAt is null && reactions.Contains(m.Seq) ? m with { Reactions = [.. reactions[m.Seq]] } : m);
    }

    /// <summary>Where a person's reactions are sealed.</summary>
    public static string Place(Guid conversation, long seq, Guid person, string externalId)
        => string.Create(CultureInfo.InvariantCulture, $"reactions/{conversation}/{seq}/{person}/{externalId}/body");

    // Of whoever was forgotten nothing opens any more.
    private static ILookup<long, Reaction> Read(SqlSession session, PersonKeyRing keys, ConversationId conversation, long first, long last)
    {
        var rows = session.Query(
            Range, r => (Seq: r.GetInt64(0), Person: new PersonId(r.GetGuid(1)), By: r.GetString(2), ExternalId: r.GetString(3), Body: r.GetBytes(4)),
            conversation.Value, first, last);
        keys.Load(rows.Select(row => row.Person.Value));
        var marks =
            from row in rows
            from mark in Decode(keys.Open(row.Person, Place(conversation.Value, row.Seq, row.Person.Value, row.ExternalId), row.Body)).Marks
            orderby mark.At
            select (row.Seq, Reaction: new Reaction(mark.Name, row.Person, row.By));
        return marks.Distinct().ToLookup(mark => mark.Seq, mark => mark.Reaction); // to two parts of a message, it is one
    }

    private static PersonReactions Decode(byte[]? content)
        => content is null ? PersonReactions.None : JsonSerializer.Deserialize<PersonReactions>(content)!;
}
