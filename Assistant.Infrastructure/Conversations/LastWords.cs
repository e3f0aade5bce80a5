using Assistant.Domain.Conversations;
using Assistant.Domain.People;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Conversations;

/// <summary>Reads one message of each of many conversations, some in a statement.</summary>
internal static class LastWords
{
    private const int MessagesPerStatement = 16;

    private static readonly string Select =
        "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE (m.conversation_id, m.seq) IN (VALUES "
        + string.Join(", ", Enumerable.Range(0, MessagesPerStatement).Select(i => $"(@p{2 * i}, @p{(2 * i) + 1})")) + ")";

    /// <summary>The messages, by their conversation.</summary>
    public static Dictionary<Guid, Message> Read(SqlSession session, PersonKeyRing keys, IEnumerable<(Guid Conversation, long Seq)> wanted)
    {
        var stored = new List<StoredMessage>();
        foreach (var some in wanted.Chunk(MessagesPerStatement))
        {
            var values = new SqlValue[2 * MessagesPerStatement];
            for (var i = 0; i < MessagesPerStatement; i++)
            {
                var (conversation, seq) = some[Math.Min(i, some.Length - 1)];
                (values[2 * i], values[(2 * i) + 1]) = (conversation, seq);
            }

            stored.AddRange(session.Query(Select, r => MessageSql.MapMessage(r), values));
        }

        keys.Load(stored.Select(message => message.Message.Person).OfType<PersonId>().Select(person => person.Value));
        return stored.ToDictionary(message => message.Message.Conversation.Value, message => message.Open(keys));
    }
}
