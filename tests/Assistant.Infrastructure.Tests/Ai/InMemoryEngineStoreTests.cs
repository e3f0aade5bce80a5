using Assistant.Domain.Ai;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryEngineStoreTests : EngineStoreContract
{
    protected override Task<IEngineStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<IEngineStore>(new InMemoryEngineStore());
}
