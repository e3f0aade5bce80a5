using System.Collections.Concurrent;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Ai;

/// <summary>Engines in memory. Counts its reads, so that a test can see what a cache saves.</summary>
public sealed class InMemoryEngineStore : IEngineStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, string Name), Engine> _engines = [];
    private readonly ConcurrentQueue<AuditDraft> _audit = new();
    private int _reads;

    public IReadOnlyCollection<AuditDraft> Audit => _audit;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>When set, reading fails.</summary>
    public Exception? Fault { get; set; }

    public Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (Fault is { } fault)
        {
            return Task.FromException<IReadOnlyList<Engine>>(fault);
        }

        lock (_gate)
        {
            IReadOnlyList<Engine> own =
            [
                .. _engines.Values.Where(e => e.Tenant == tenant).OrderByDescending(e => e.IsDefault).ThenBy(e => e.Order).ThenBy(e => e.Name, StringComparer.Ordinal),
            ];
            return Task.FromResult(own.Count > 0 ? own : [Embedded(tenant)]);
        }
    }

    public Task SaveAsync(Engine engine, AuditDraft audit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        lock (_gate)
        {
            if (engine.IsDefault)
            {
                foreach (var (key, other) in _engines.Where(e => e.Key.Tenant == engine.Tenant).ToList())
                {
                    _engines[key] = other with { IsDefault = false };
                }
            }

            _engines[(engine.Tenant, engine.Name)] = engine;
        }

        _audit.Enqueue(audit);
        return Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(TenantId tenant, string name, AuditDraft audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_engines.Remove((tenant, name)))
            {
                return Task.FromResult(false);
            }
        }

        _audit.Enqueue(audit);
        return Task.FromResult(true);
    }

    private static Engine Embedded(TenantId tenant)
        => new("embedded", tenant, "embedded", SettingValues.Empty, IsDefault: true, Order: int.MaxValue, IsProvisioned: false, DateTimeOffset.UnixEpoch);
}
