using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>An audit log in memory, with the real chain.</summary>
public sealed class InMemoryAuditLog : IAuditLog
{
    private readonly List<AuditEvent> _events = [];
    private readonly Dictionary<TenantId, AuditChainAppender> _chains = [];

    /// <summary>How often a page was read.</summary>
    public int Lists { get; private set; }

    public AuditEvent Append(AuditDraft draft)
    {
        if (!_chains.TryGetValue(draft.Tenant, out var chain))
        {
            _chains.Add(draft.Tenant, chain = new AuditChainAppender(draft.Tenant, 0, default));
        }

        var written = chain.Append(draft);
        _events.Add(written);
        return written;
    }

    /// <summary>Changes a written event behind the chain's back, as somebody with access to the database would.</summary>
    public void Tamper(long seq, Func<AuditDraft, AuditDraft> change)
    {
        var index = _events.FindIndex(e => e.Seq == seq);
        _events[index] = _events[index] with { What = change(_events[index].What) };
    }

    /// <summary>Puts an event before all others behind the chain's back, under a number below theirs.</summary>
    public void Forge(long seq, AuditDraft draft)
    {
        var previous = AuditChain.Genesis(draft.Tenant);
        _events.Insert(0, new AuditEvent(seq, draft, previous, AuditChain.Hash(previous, AuditChain.CanonicalBytes(seq, draft))));
    }

    public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken)
    {
        Append(draft);
        return Task.CompletedTask;
    }

    public Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        Lists++;
        var before = PageCursor.ReadNumber(after) ?? long.MaxValue;
        var found = _events.Where(item => item.What.Tenant == tenant && item.Seq < before && item.Seq > (filter.Above ?? long.MinValue) && Matches(item.What, filter)).Reverse().Take(limit + 1).ToList();
        var items = found.Take(limit).ToList();
        return Task.FromResult(new Page<AuditEvent>(items, found.Count > limit ? items[^1].Seq.ToString(CultureInfo.InvariantCulture) : null));
    }

    public async IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in _events.Where(item => item.What.Tenant == tenant && item.Seq >= fromSeq).ToList())
        {
            await Task.Yield();
            yield return item;
        }
    }

    public Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var last = _events.LastOrDefault(item => item.What.Tenant == tenant);
        return Task.FromResult(last is null
            ? new AuditCheckpoint(tenant, 0, Convert.ToHexStringLower(AuditChain.Genesis(tenant)), DateTimeOffset.UnixEpoch)
            : new AuditCheckpoint(tenant, last.Seq, Convert.ToHexStringLower(last.Hash.Span), last.What.At));
    }

    private static bool Matches(AuditDraft what, AuditFilter filter) =>
        (filter.Action is null || what.Action == filter.Action)
        && (filter.Actor is null || what.Actor.Id == filter.Actor || what.Actor.Name == filter.Actor)
        && (filter.Subject is null || what.Subject == filter.Subject)
        && (filter.From is null || what.At >= filter.From)
        && (filter.Until is null || what.At < filter.Until)
        && (filter.Text is not { } text || Texts(what).Any(value => value.Contains(text, StringComparison.Ordinal)));

    private static IEnumerable<string> Texts(AuditDraft what) => [what.Actor.Name, what.Action, what.Subject, .. what.Details.Keys, .. what.Details.Values];
}
