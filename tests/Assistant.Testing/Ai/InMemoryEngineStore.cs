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

    /// <summary>Puts an engine there without anybody having done so; a new default replaces the old one.</summary>
    public void Put(Engine engine)
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
    }

    /// <returns>Whether there was one.</returns>
    public bool Remove(TenantId tenant, string name)
    {
        lock (_gate)
        {
            return _engines.Remove((tenant, name));
        }
    }

    public Task<Engine?> SaveAsync(Engine engine, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        lock (_gate)
        {
            if (!AreStill(engine.Tenant, read))
            {
                return Task.FromResult<Engine?>(null);
            }

            var before = _engines.GetValueOrDefault((engine.Tenant, engine.Name));
            var saved = engine with { UpdatedAt = Change.TimeAfter(engine.UpdatedAt, before?.UpdatedAt) };
            Put(saved);
            _audit.Enqueue(audit);
            return Task.FromResult<Engine?>(saved);
        }
    }

    public Task<bool> DeleteAsync(
        TenantId tenant, string name, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!AreStill(tenant, read) || !Remove(tenant, name))
            {
                return Task.FromResult(false);
            }

            _audit.Enqueue(audit);
            return Task.FromResult(true);
        }
    }

    private bool AreStill(TenantId tenant, IReadOnlyList<Engine> read)
        => EngineMark.AreSame(read, _engines.Values.Where(e => e.Tenant == tenant).Select(EngineMark.Of));

    private static Engine Embedded(TenantId tenant)
        => new("embedded", tenant, "embedded", SettingValues.Empty, IsDefault: true, Order: int.MaxValue, IsProvisioned: false, DateTimeOffset.UnixEpoch);
}
