using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>Counts the audit events about somebody or something: they stay.</summary>
/// <remarks>Reads the tenant's events in full, once for some thirty conversations: it is done for a preview, never in a transaction that writes.</remarks>
internal static class KeptEvents
{
    private const string OfPerson =
        "SELECT COUNT(*), COUNT(CASE WHEN actor_id = @p1 AND actor_name <> '' THEN 1 END) FROM audit_events "
        + "WHERE tenant_id = @p0 AND (actor_id = @p1 OR subject = @p2)";

    private const string OfMessage =
        "SELECT COUNT(*), COUNT(CASE WHEN actor_kind = 'person' AND actor_name <> '' THEN 1 END) FROM audit_events "
        + "WHERE tenant_id = @p0 AND subject = @p1 AND actor_id <> ''";

    private const int ConversationsAtOnce = 30; // a statement takes no more than SqlStatement.MaxParameters

    // An event names a conversation, "conversation/" and its 36 digits, or something in it behind a further stroke.
    private static readonly string OfConversations =
        "SELECT COUNT(*), COUNT(CASE WHEN actor_kind = 'person' AND actor_name <> '' THEN 1 END) FROM audit_events "
        + "WHERE tenant_id = @p0 AND actor_id <> @p1 AND substr(subject, 50, 1) IN ('', '/') AND substr(subject, 1, 49) IN ("
        + string.Join(", ", Enumerable.Range(2, ConversationsAtOnce).Select(i => $"@p{i}")) + ")";

    /// <returns>All of them, and those that hold a name.</returns>
    public static (long All, long Named) Count(SqlSession session, TenantId tenant, ErasureScope scope, IEnumerable<Guid> conversations)
    {
        if (scope.Kind == ErasureKind.Message)
        {
            return session.QueryFirst(OfMessage, Map, tenant.Value, scope.Subject);
        }

        var person = scope.Kind == ErasureKind.Person ? scope.Id.ToString("D", CultureInfo.InvariantCulture) : "";
        var (all, named) = scope.Kind == ErasureKind.Person ? session.QueryFirst(OfPerson, Map, tenant.Value, person, scope.Subject) : (0, 0);
        foreach (var some in conversations.Select(conversation => ErasureScope.Of(new ConversationId(conversation)).Subject).Chunk(ConversationsAtOnce))
        {
            var values = new SqlValue[2 + ConversationsAtOnce];
            (values[0], values[1]) = (tenant.Value, person);
            for (var i = 2; i < values.Length; i++)
            {
                values[i] = some[Math.Min(i - 2, some.Length - 1)]; // the last one again fills what is left
            }

            var (more, moreNamed) = session.QueryFirst(OfConversations, Map, values);
            (all, named) = (all + more, named + moreNamed);
        }

        return (all, named);
    }

    private static (long, long) Map(SqlRow row) => (row.GetInt64(0), row.GetInt64(1));
}
