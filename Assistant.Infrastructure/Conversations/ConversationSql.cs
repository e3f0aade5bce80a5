using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Conversations;

/// <summary>Reading and opening conversations inside a unit of work.</summary>
internal static class ConversationSql
{
    public const string Columns =
        "c.id, c.tenant_id, c.connection_id, c.chat_id, c.thread_id, c.is_group, c.chat_title, c.person_id, c.status, c.operator_id, "
        + "c.operator_name, c.version, c.last_seq, c.waiting_since, c.created_at, c.continued_from_id, c.continued_from_seq, c.continued_at";

    /// <summary>How many columns <see cref="Columns"/> has.</summary>
    public const int ColumnCount = 18;

    private const string ByChat =
        "SELECT " + Columns + " FROM conversations c WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.thread_id = @p2";

    // The thread that is named before the others, and of those the newest.
    private const string ThreadOfMessage =
        "SELECT c.thread_id FROM conversations c JOIN messages m ON m.conversation_id = c.id "
        + "WHERE c.connection_id = @p0 AND c.chat_id = @p1 AND c.erasure_id IS NULL AND m.external_id = @p3 ORDER BY c.thread_id = @p2 DESC, c.last_at DESC LIMIT 1";

    private const string ById = "SELECT " + Columns + " FROM conversations c WHERE c.id = @p0 AND c.tenant_id = @p1 AND c.erasure_id IS NULL";

    private const string Insert =
        "INSERT INTO conversations (id, tenant_id, connection_id, chat_id, thread_id, is_group, chat_title, person_id, status, version, "
        + "last_seq, created_at, last_at) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, 'Open', 1, 0, @p8, @p8)";

    public static Conversation? Find(SqlSession session, TenantId tenant, ConversationId id)
        => session.QueryFirst(ById + session.ForUpdate, r => Map(r), id.Value, tenant.Value);

    private const string Pass = "UPDATE conversations SET person_id = @p1 WHERE id = @p0";

    /// <summary>The conversation of a chat, opened when it is new.</summary>
    /// <remarks>Alone with the assistant, it is always with whoever speaks there: a person who was forgotten comes back as another one.</remarks>
    public static (Conversation Conversation, bool IsNew) FindOrOpen(
        WriteSession session, TenantId tenant, ConnectionId connection, ExternalChat chat, PersonId person, DateTimeOffset now)
    {
        var thread = chat.ThreadId ?? "";
        var found = session.QueryFirst(ByChat + session.ForUpdate, r => Map(r), connection.Value, chat.ExternalId, thread);
        if (found is not null)
        {
            if (found.Person != person && !found.Chat.IsGroup)
            {
                session.Execute(Pass, found.Id.Value, person.Value);
                found = found with { Person = person };
            }

            return (found, false);
        }

        var created = new Conversation(
            new ConversationId(Guid.CreateVersion7(now)), tenant, connection, chat, person, ConversationStatus.Open, null, 1, 0, null, now);
        session.Execute(
            Insert, created.Id.Value, tenant.Value, connection.Value, chat.ExternalId, thread, chat.IsGroup, chat.Title, person.Value, now);
        return (created, true);
    }

    /// <summary>The chat with the thread in which the message with this id lies; as it is named when none has it.</summary>
    /// <remarks>Some messengers name the thread of a message when it is said, and no more when it is taken back.</remarks>
    public static ExternalChat WhereSaid(SqlSession session, ConnectionId connection, ExternalChat chat, string externalId)
        => session.QueryFirst(ThreadOfMessage, r => r.GetString(0), connection.Value, chat.ExternalId, chat.ThreadId ?? "", externalId) is { } thread
            ? chat with { ThreadId = thread.Length == 0 ? null : thread }
            : chat;

    /// <summary>Reads <see cref="Columns"/>.</summary>
    public static Conversation Map(SqlRow r, int at = 0) => new(
        new ConversationId(r.GetGuid(at)), new TenantId(r.GetString(at + 1)), new ConnectionId(r.GetString(at + 2)), MessageSql.MapChat(r, at + 3),
        new PersonId(r.GetGuid(at + 7)), r.Enum<ConversationStatus>(at + 8),
        r.GuidOrNull(at + 9) is { } holder ? new UserRef(new UserId(holder), r.GetString(at + 10)) : null,
        r.GetInt64(at + 11), r.GetInt64(at + 12), r.TimeOrNull(at + 13), r.Time(at + 14))
    {
        ContinuedFrom = r.GuidOrNull(at + 15) is { } from ? new ConversationPoint(new ConversationId(from), r.GetInt64(at + 16)) : null,
        ContinuedAt = r.TimeOrNull(at + 17),
    };
}
