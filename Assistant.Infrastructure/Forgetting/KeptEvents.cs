using System.Globalization;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>Counts the audit events about somebody or something: they stay.</summary>
/// <remarks>Reads the tenant's events in full, once for each conversation: it is done for a preview, never in a transaction that writes.</remarks>
internal static class KeptEvents
{
    private const string OfPerson =
        "SELECT COUNT(*), COUNT(CASE WHEN actor_id = @p1 AND actor_name <> '' THEN 1 END) FROM audit_events "
        + "WHERE tenant_id = @p0 AND (actor_id = @p1 OR subject = @p2)";

    private const string OfConversation =
        "SELECT COUNT(*), COUNT(CASE WHEN actor_kind = 'person' AND actor_name <> '' THEN 1 END) FROM audit_events "
        + "WHERE tenant_id = @p0 AND (subject = @p1 OR subject LIKE @p2) AND actor_id <> @p3";

    /// <returns>All of them, and those that hold a name.</returns>
    public static (long All, long Named) Count(SqlSession session, TenantId tenant, ErasureScope scope, IEnumerable<Guid> conversations)
    {
        if (scope.Kind == ErasureKind.Message)
        {
            return session.QueryFirst(OfConversation, Map, tenant.Value, scope.Subject, scope.Subject, "");
        }

        var person = scope.Kind == ErasureKind.Person ? scope.Id.ToString("D", CultureInfo.InvariantCulture) : "";
        var (all, named) = scope.Kind == ErasureKind.Person ? session.QueryFirst(OfPerson, Map, tenant.Value, person, scope.Subject) : (0, 0);
        foreach (var conversation in conversations)
        {
            var subject = ErasureScope.Of(new ConversationId(conversation)).Subject;
            var (more, moreNamed) = session.QueryFirst(OfConversation, Map, tenant.Value, subject, $"{subject}/%", person);
            (all, named) = (all + more, named + moreNamed);
        }

        return (all, named);
    }

    private static (long, long) Map(SqlRow row) => (row.GetInt64(0), row.GetInt64(1));
}
