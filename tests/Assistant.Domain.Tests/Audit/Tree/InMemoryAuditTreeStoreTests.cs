using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Domain.Tests.Audit.Tree;

public sealed class InMemoryAuditTreeStoreTests : AuditTreeStoreContract
{
    protected override Task<(IAuditTreeStore Store, IAuditLog Log)> CreateAsync(params TenantId[] tenants)
        => Task.FromResult<(IAuditTreeStore, IAuditLog)>((new InMemoryAuditTreeStore(), new InMemoryAuditLog()));
}

public sealed class InMemoryCheckpointStoreTests : CheckpointStoreContract
{
    protected override Task<ICheckpointStore> CreateAsync(params TenantId[] tenants) => Task.FromResult<ICheckpointStore>(new InMemoryCheckpointStore());
}
