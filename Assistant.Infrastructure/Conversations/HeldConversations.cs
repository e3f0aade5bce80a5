using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Conversations;

/// <summary>What an operator holds, inside the unit that changes whether they may answer.</summary>
internal static class HeldConversations
{
    private const string Wrong =
        "SELECT id FROM conversations WHERE tenant_id = @p0 AND operator_id = @p1 AND status = 'Open' AND (waiting_since IS NOT NULL) = @p2";

    private const string Mark = "UPDATE conversations SET waiting_since = @p1 WHERE id = @p0";

    /// <summary>
    /// Has open conversations wait for a person while their holder may not answer, so that colleagues see them and take them over; no more once
    /// the holder may again.
    /// </summary>
    public static void Weigh(WriteSession session, TenantId tenant, Guid holder, bool mayReply, DateTimeOffset at)
    {
        foreach (var id in session.Query(Wrong, row => row.GetGuid(0), tenant.Value, holder, mayReply))
        {
            session.Execute(Mark, id, mayReply ? null : (DateTimeOffset?)at);
            session.Publish(new LiveEvent.ConversationChanged(tenant, new ConversationId(id)));
        }
    }
}
