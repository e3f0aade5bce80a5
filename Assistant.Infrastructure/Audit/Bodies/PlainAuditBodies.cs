// The chain is over what the events say and stays as it is.
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

    public PlainPage? FindPage(SqlSession session, TenantId tenant, PlainCursor after)
    {
        var page = session.Query(Select, row => new Plain(row.GetInt64(0), row.GetString(1), row.GetString(2)), tenant.Value, after.Seq, PageSize);
        var last = page.Count == 0 ? after.Seq : page.Max(plain => plain.Seq);
        // Also where somebody put what is no number: it comes last in every page.
        return last <= after.Seq ? null : new PlainPage(new PlainCursor(0, default, last), unit => SealPage(unit, tenant, page));
    }

    private int SealPage(WriteSession session, TenantId tenant, List<Plain> page)
    {
        if (keys.Find(session, tenant) is not { } found)
        {
            keys.Make(session, tenant);
            found = keys.Find(session, tenant) ?? throw new TenantUnknownException(tenant);
        }

        // What somebody altered so that it cannot be read stays as it is: evidence, which whoever verifies is told of.
        using var cipher = found;
        var count = 0;
        foreach (var plain in page)
        {
            if (AuditBody.ReadPlain(plain.Origin, plain.Details) is { } body)
            {
                count += session.Execute(Update, tenant.Value, plain.Seq, cipher.Seal(plain.Seq, body));
            }
        }

        return count;
    }

    private sealed record Plain(long Seq, string Origin, string Details);
}
