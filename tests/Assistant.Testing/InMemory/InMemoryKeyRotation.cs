using Assistant.Domain.Audit;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Versions and counts of values, without any key.</summary>
public sealed class InMemoryKeyRotation(InMemoryAuditLog log) : IKeyRotation
{
    private readonly SortedDictionary<string, SortedDictionary<int, int>> _tenants = new(StringComparer.Ordinal);

    /// <summary>Places whose value does not open.</summary>
    public IList<string> Broken { get; } = [];

    /// <summary>Values somebody stores under the version before, each time everything was sealed again.</summary>
    public Queue<int> Latecomers { get; } = new();

    /// <summary>What changing the master key comes to.</summary>
    public MasterRotateOutcome MasterOutcome { get; set; } = new MasterRotateOutcome.Rotated("The new master key");

    public void Add(TenantId tenant, int values) => _tenants.Add(tenant.Value, new() { [1] = values });

    public Task<KeyStatus> ReadStatusAsync(CancellationToken cancellationToken) => Task.FromResult(new KeyStatus(
        "The master key in memory",
        [.. _tenants.Select(t => new TenantKeys(new TenantId(t.Key), [.. t.Value.Select(v => new TenantKeyVersion(v.Key, DateTimeOffset.UnixEpoch, v.Value))], 0, 0))]));

    public Task<int> BeginAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken)
    {
        var versions = _tenants[tenant.Value];
        if (versions.Count == 1)
        {
            versions.Add(versions.Keys.Last() + 1, 0);
            log.Append(audit);
        }

        return Task.FromResult(versions.Keys.Last());
    }

    public Task<ResealPass> ResealAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var versions = _tenants[tenant.Value];
        var newest = versions.Keys.Last();
        var resealed = 0;
        foreach (var older in versions.Keys.Where(number => number < newest).ToList())
        {
            resealed += versions[older];
            versions[newest] += versions[older];
            versions[older] = Latecomers.TryDequeue(out var late) ? late : 0;
        }

        return Task.FromResult(new ResealPass(resealed, [.. Broken]));
    }

    public Task<bool> RetireAsync(TenantId tenant, AuditDraft audit, CancellationToken cancellationToken)
    {
        var versions = _tenants[tenant.Value];
        var older = versions.Keys.SkipLast(1).ToList();
        if (older.Any(number => versions[number] > 0))
        {
            return Task.FromResult(false);
        }

        older.ForEach(number => versions.Remove(number));
        if (older.Count > 0)
        {
            log.Append(audit);
        }

        return Task.FromResult(true);
    }

    public Task<MasterRotateOutcome> RotateMasterAsync(AuditDraft audit, CancellationToken cancellationToken)
    {
        if (MasterOutcome is MasterRotateOutcome.Rotated)
        {
            log.Append(audit);
        }

        return Task.FromResult(MasterOutcome);
    }
}
