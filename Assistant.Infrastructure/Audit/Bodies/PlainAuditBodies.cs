// The chain is over what the events say and stays as it is.
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;

namespace Assistant.Infrastructure.Audit.Bodies;

/// <summary>Origin and details of events, as an earlier version stored them.</summary>
internal sealed class PlainAuditBodies(AuditKeys keys) : IPlainRows
{
    /// <summary>Events sealed in one unit.</summary>
    public const int PageSize = 200;

    private const string Select = "SELECT seq, origin, details FROM audit_events WHERE tenant_id = @p0 AND seq > @p1 AND body IS NULL ORDER BY seq LIMIT @p2";
    private const string Update = "UPDATE audit_events SET body = @p2, origin = '', details = '' WHERE tenant_id = @p0 AND seq = @p1";

    public string Name => "sealed audit";

    public ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public (int Count, PlainCursor Next)? SealPage(WriteSession session, TenantId tenant, PlainCursor after)
    {
        var page = session.Query(Select, row => new Plain(row.GetInt64(0), row.GetString(1), row.GetString(2)), tenant.Value, after.Seq, PageSize);
        if (page.Count == 0)
        {
            return null;
        }

        if (keys.Find(session, tenant) is not { } found)
        {
            keys.Make(session, tenant);
            found = keys.Find(session, tenant) ?? throw new TenantUnknownException(tenant);
        }

        using var cipher = found;
        foreach (var plain in page)
        {
            session.Execute(Update, tenant.Value, plain.Seq, cipher.Seal(plain.Seq, plain.Body));
        }

        return (page.Count, new PlainCursor(0, default, page[^1].Seq));
    }

    private sealed record Plain(long Seq, string Origin, string Details)
    {
        public AuditBody Body => new(Origin, JsonSerializer.Deserialize<Dictionary<string, string>>(Details)!);
    }
}
