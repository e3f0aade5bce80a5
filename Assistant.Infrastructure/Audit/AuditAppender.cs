using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Audit;

/// <summary>Appends to the chains of the tenants a writing transaction touches.</summary>
/// <remarks>
/// The first event of a tenant reads and locks its head row, so that writers of several processes take turns; the new heads are
/// written once at the end of the transaction.
/// </remarks>
internal sealed class AuditAppender
{
    private const string ReadHead = "SELECT seq, hash FROM audit_heads WHERE tenant_id = @p0";
    private const string CreateHead = "INSERT INTO audit_heads (tenant_id, seq, hash) VALUES (@p0, 0, @p1) ON CONFLICT DO NOTHING";
    private const string StoreHead = "UPDATE audit_heads SET seq = @p1, hash = @p2 WHERE tenant_id = @p0";

    private const string Insert =
        "INSERT INTO audit_events (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, subject, origin, details, previous_hash, hash) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)";

    private readonly Dictionary<TenantId, AuditChainAppender> _chains = [];

    public void Reset() => _chains.Clear();

    public AuditEvent Append(SqlSession session, AuditDraft draft)
    {
        if (!_chains.TryGetValue(draft.Tenant, out var chain))
        {
            chain = OpenChain(session, draft.Tenant);
            _chains.Add(draft.Tenant, chain);
        }

        var written = chain.Append(draft);
        var what = written.What;
        session.Execute(
            Insert, what.Tenant.Value, written.Seq, what.At, what.Actor.Kind, what.Actor.Id, what.Actor.Name, what.Action, what.Subject,
            what.Origin, ToJson(what.Details), written.PreviousHash.ToArray(), written.Hash.ToArray());
        return written;
    }

    public void StoreHeads(WriteSession session)
    {
        foreach (var (tenant, chain) in _chains)
        {
            session.Within(TenantScope.Of(tenant), own => own.Execute(StoreHead, tenant.Value, chain.HeadSeq, chain.HeadHash.ToArray()));
        }

        _chains.Clear();
    }

    private static AuditChainAppender OpenChain(SqlSession session, TenantId tenant)
    {
        var read = session.IsPostgres ? ReadHead + " FOR UPDATE" : ReadHead;
        (long Seq, byte[] Hash)? head = Read();
        if (head is null)
        {
            session.Execute(CreateHead, tenant.Value, AuditChain.Genesis(tenant));
            head = Read() ?? throw new TenantUnknownException(tenant);
        }

        return new AuditChainAppender(tenant, head.Value.Seq, head.Value.Hash);

        (long, byte[])? Read() => session.QueryFirst<(long, byte[])?>(read, r => (r.GetInt64(0), r.GetBytes(1)), tenant.Value);
    }

    private static string ToJson(IReadOnlyDictionary<string, string> details) => details.Count == 0
        ? "{}"
        : JsonSerializer.Serialize(new SortedDictionary<string, string>(details.ToDictionary(), StringComparer.Ordinal));
}
