using Assistant.Domain.Security;

namespace Assistant.Domain.Audit;

/// <summary>Drafts of events a caller's own action causes: who, in which tenant and from where come from the caller.</summary>
public static class CallerAudit
{
    /// <param name="details">Flat facts; never a secret, never message text.</param>
    public static AuditDraft Audit(
        this Caller caller, DateTimeOffset at, string action, string subject, params ReadOnlySpan<(string Key, string Value)> details)
    {
        var facts = AuditDraft.NoDetails;
        if (details.Length > 0)
        {
            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (key, value) in details)
            {
                named[key] = value;
            }

            facts = named;
        }

        return new AuditDraft(caller.Tenant, at, caller.Actor, action, subject, caller.Origin, facts);
    }
}
