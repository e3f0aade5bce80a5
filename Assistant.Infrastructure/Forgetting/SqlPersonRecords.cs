using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Forgetting;

/// <inheritdoc cref="IPersonRecords"/>
internal sealed class SqlPersonRecords(IReadPool reads) : IPersonRecords
{
    private const string Conversations =
        "SELECT id, connection_id, chat_title, is_group, status, created_at, last_at, preferred_at, continued_from_id, continued_at FROM conversations "
        + "WHERE tenant_id = @p0 AND erasure_id IS NULL AND (person_id = @p1 OR (is_group AND EXISTS (SELECT 1 FROM messages m "
        + "WHERE m.conversation_id = conversations.id AND m.tenant_id = @p0 AND m.person_id = @p1 AND m.deleted_at IS NULL)) "
        + "OR (is_group AND EXISTS (SELECT 1 FROM reactions r WHERE r.conversation_id = conversations.id AND r.person_id = @p1))) ORDER BY created_at, id";

    private const string Turns =
        "SELECT message_seq, result, engine, model, input_tokens, output_tokens, finished_at FROM turns "
        + "WHERE tenant_id = @p0 AND conversation_id = @p1 AND message_seq > @p2 ORDER BY message_seq LIMIT @p3";

    public async Task<IReadOnlyList<PersonConversation>> ListConversationsAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.Query(
                Conversations,
                r => new PersonConversation(
                    new ConversationId(r.GetGuid(0)), new ConnectionId(r.GetString(1)), r.TextOrNull(2), r.GetBoolean(3), r.Enum<ConversationStatus>(4),
                    r.Time(5), r.Time(6), r.TimeOrNull(7), r.GuidOrNull(8) is { } from ? new ConversationId(from) : null, r.TimeOrNull(9)),
                tenant.Value, person.Value),
            cancellationToken);

    public async Task<IReadOnlyList<PersonTurn>> ListTurnsAsync(
        TenantId tenant, ConversationId conversation, long after, int limit, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.Query(
                Turns,
                r => new PersonTurn(
                    r.GetInt64(0), r.Enum<TurnResult>(1), r.TextOrNull(2), r.TextOrNull(3), r.GetInt64(4), r.GetInt64(5), r.Time(6)),
                tenant.Value, conversation.Value, after, limit),
            cancellationToken);
}
