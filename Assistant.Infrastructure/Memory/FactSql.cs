using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Memory;

/// <summary>What the assistant was told to remember, inside a unit of work. A fact says what its message says: it changes and goes with it.</summary>
internal static class FactSql
{
    private const string Insert =
        "INSERT INTO facts (id, tenant_id, person_id, body, text, stated_at, source_conversation_id, source_seq, position) "
        + "VALUES (@p0, @p1, @p2, @p3, '', @p4, @p5, @p6, @p7)";

    private const string DeleteStated =
        "DELETE FROM facts WHERE tenant_id = @p0 AND person_id = @p1 AND source_conversation_id = @p2 AND source_seq = @p3";

    private const string FindStated =
        "SELECT id, body, text FROM facts WHERE tenant_id = @p0 AND person_id = @p1 AND source_conversation_id = @p2 AND source_seq = @p3";

    private const string FindSource = "SELECT " + MessageSql.MessageColumns + " FROM messages m WHERE m.conversation_id = @p0 AND m.seq = @p1";

    /// <summary>Adds what a turn was to remember. When its words were edited while it thought, they are what the words say now: as the edit would have left them.</summary>
    /// <param name="key">Of whose the utterance is now.</param>
    /// <param name="position">The audit event that records them.</param>
    public static void Add(WriteSession session, PersonKeyRing keys, PersonKey key, TurnCommit commit, DateTimeOffset now, long position)
    {
        var source = session.QueryFirst(FindSource, r => MessageSql.MapMessage(r), commit.Conversation.Id.Value, commit.Entry.MessageSeq)!;
        if (source.Message.EditedAt != commit.UtteranceEditedAt)
        {
            var edited = source.Open(keys);
            State(session, key, commit.Conversation.Tenant, edited, StatedFacts.Of(commit, edited.Body), now, position);
            return;
        }

        foreach (var fact in commit.NewFacts)
        {
            Add(session, key, fact, position);
        }
    }

    private static void Add(WriteSession session, PersonKey key, Fact fact, long position) => session.Execute(
        Insert, fact.Id, fact.Tenant.Value, key.Person.Value, key.Seal(FactRow.PlaceOf(fact.Id), StoredContent.Encode(new MessageBody(fact.Text), [])),
        fact.StatedAt, fact.SourceConversation.Value, fact.SourceSeq, position);

    /// <summary>Forgets what a message stated.</summary>
    /// <param name="person">Whose message it was until now.</param>
    /// <returns>Whether it stated anything.</returns>
    public static bool Delete(WriteSession session, TenantId tenant, PersonId person, ConversationId conversation, long seq)
        => session.Execute(DeleteStated, tenant.Value, person.Value, conversation.Value, seq) > 0;

    /// <summary>Lets what a message stated say what it says after an edit; a message that asked to remember nothing goes on stating nothing.</summary>
    /// <param name="person">Whose message it was until now.</param>
    /// <param name="key">Of whose it is from now on.</param>
    /// <param name="before">The message as it was.</param>
    public static void Restate(
        WriteSession session, PersonKeyRing keys, PersonKey key, TenantId tenant, PersonId person, Message before, Message edited, DateTimeOffset now, long position)
    {
        var stated = session.QueryFirst(
            FindStated,
            r => new StoredContent(person.Value, r.IsDBNull(1) ? null : r.GetBytes(1), FactRow.PlaceOf(r.GetGuid(0)), r.GetString(2)),
            tenant.Value, person.Value, edited.Conversation.Value, edited.Seq);

        // A new row, not new words in the old one: what the search index knows of the old words leads nowhere.
        if (Delete(session, tenant, person, edited.Conversation, edited.Seq))
        {
            State(session, key, tenant, edited, StatedFacts.After(stated?.OpenText(keys) ?? "", before.Body.Markdown, edited.Body), now, position);
        }
    }

    private static void State(WriteSession session, PersonKey key, TenantId tenant, Message edited, string? statement, DateTimeOffset now, long position)
    {
        if (statement is not null)
        {
            Add(session, key, new Fact(Guid.CreateVersion7(now), tenant, key.Person, statement, edited.At, edited.Conversation, edited.Seq), position);
        }
    }
}
