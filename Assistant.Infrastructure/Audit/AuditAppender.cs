using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Audit;

/// <summary>Appends to the chains of the tenants a writing transaction touches.</summary>
/// <remarks>
/// The first event of a tenant reads and locks its head row, so that writers of several processes take turns; the new heads are
/// written once at the end of the transaction.
/// </remarks>
internal sealed class AuditAppender(AuditKeys keys)
{
    private const string ReadHead = "SELECT seq, hash, sealed_key FROM audit_heads WHERE tenant_id = @p0 AND sealed_key IS NOT NULL";
    private const string StoreHead = "UPDATE audit_heads SET seq = @p1, hash = @p2 WHERE tenant_id = @p0";

    private const string Insert =
        "INSERT INTO audit_events (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, subject, origin, details, body, previous_hash, hash) "
        + "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, '', '', @p8, @p9, @p10)";

    private readonly Dictionary<TenantId, Chain> _chains = [];

    public void Reset()
    {
        foreach (var chain in _chains.Values)
        {
            chain.Cipher.Dispose();
        }

        _chains.Clear();
    }

    public AuditEvent Append(WriteSession session, AuditDraft draft)
    {
        if (!_chains.TryGetValue(draft.Tenant, out var chain))
        {
            chain = OpenChain(session, draft.Tenant);
            _chains.Add(draft.Tenant, chain);
        }

        var written = chain.Events.Append(draft);
        var what = written.What;
        session.Execute(
            Insert, what.Tenant.Value, written.Seq, what.At, what.Actor.Kind, what.Actor.Id, what.Actor.Name, what.Action, what.Subject,
            chain.Cipher.Seal(written.Seq, AuditBody.Of(what)), written.PreviousHash.ToArray(), written.Hash.ToArray());
        return written;
    }

    public void StoreHeads(WriteSession session)
    {
        foreach (var (tenant, chain) in _chains)
        {
            session.Within(TenantScope.Of(tenant), own => own.Execute(StoreHead, tenant.Value, chain.Events.HeadSeq, chain.Events.HeadHash.ToArray()));
        }

        Reset();
    }

    private Chain OpenChain(WriteSession session, TenantId tenant)
    {
        var read = ReadHead + session.ForUpdate;
        if (Read() is not { } head)
        {
            keys.Make(session, tenant); // there was no row with a key, so none is locked
            head = Read() ?? throw new TenantUnknownException(tenant);
        }

        return new Chain(new AuditChainAppender(tenant, head.Seq, head.Hash), keys.Open(session, tenant, head.Key));

        Head? Read() => session.QueryFirst(read, r => new Head(r.GetInt64(0), r.GetBytes(1), r.GetBytes(2)), tenant.Value);
    }

    private sealed record Chain(AuditChainAppender Events, AuditCipher Cipher);

    private sealed record Head(long Seq, byte[] Hash, byte[] Key);
}
