using System.Collections.Concurrent;
using Assistant.Domain.Ai;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai.Pipeline;

namespace Assistant.Infrastructure.Ai;

/// <summary>The circuit of every engine in use; their state is the health that screens show.</summary>
internal sealed class EngineHealthBoard : IEngineHealth
{
    private readonly ConcurrentDictionary<(TenantId Tenant, string Engine), EngineCircuit> _circuits = new();

    /// <inheritdoc />
    public EngineHealth? Find(TenantId tenant, string engine) => _circuits.GetValueOrDefault((tenant, engine))?.Snapshot(engine);

    /// <summary>Puts a fresh circuit in place: new settings deserve a new chance.</summary>
    public void Register(TenantId tenant, string engine, EngineCircuit circuit) => _circuits[(tenant, engine)] = circuit;

    public void Remove(TenantId tenant, string engine) => _circuits.TryRemove((tenant, engine), out _);
}
