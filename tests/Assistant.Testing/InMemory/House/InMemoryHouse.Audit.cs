using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory.House;

public sealed partial class InMemoryHouse
{
    public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken)
        => Locked(() =>
        {
            Append(draft);
            return true;
        });

    public Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var before = PageCursor.ReadNumber(after) ?? long.MaxValue;
            var found = Events(tenant).Where(e => e.Seq < before && e.Seq > (filter.Above ?? 0) && Shows(filter, e.What)).Reverse().Take(limit + 1).ToList();
            return new Page<AuditEvent>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].Seq.ToString(CultureInfo.InvariantCulture) : null);
        });

    public async IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var written in await Locked(() => Events(tenant).Where(e => e.Seq >= fromSeq).ToList()))
        {
            yield return written;
        }
    }

    public Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken)
        => Locked(() =>
        {
            var last = Events(tenant).LastOrDefault();
            return new AuditCheckpoint(tenant, last?.Seq ?? 0, Convert.ToHexStringLower((last?.Hash ?? AuditChain.Genesis(tenant)).Span), Now);
        });

    private void Append(AuditDraft draft)
    {
        var chain = Events(draft.Tenant);
        chain.Add(new AuditChainAppender(draft.Tenant, chain.Count, chain.Count == 0 ? default : chain[^1].Hash).Append(draft));
    }

    private List<AuditEvent> Events(TenantId tenant)
        => _audit.TryGetValue(tenant, out var chain) ? chain
            : _tenants.ContainsKey(tenant) ? _audit[tenant] = [] : throw new TenantUnknownException(tenant);

    private static bool Shows(AuditFilter filter, AuditDraft what) =>
        (filter.Action is null || what.Action.StartsWith(filter.Action, StringComparison.Ordinal))
        && (filter.Actor is null || what.Actor.Id == filter.Actor || what.Actor.Name.Contains(filter.Actor, StringComparison.Ordinal))
        && (filter.Subject is null || what.Subject.StartsWith(filter.Subject, StringComparison.Ordinal))
        && (filter.From is null || what.At >= filter.From) && (filter.Until is null || what.At < filter.Until)
        && (filter.Text is not { } text
            || what.Details.Values.Concat(what.Details.Keys).Append(what.Actor.Name).Append(what.Action).Append(what.Subject).Any(v => v.Contains(text, StringComparison.Ordinal)));
}
