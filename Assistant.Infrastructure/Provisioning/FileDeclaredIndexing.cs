using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Asks the file itself: a verb runs beside the server, which alone knows what was applied.</summary>
internal sealed class FileDeclaredIndexing(ProvisioningFile file) : IDeclaredIndexing
{
    public async Task<bool> IsDeclaredAsync(TenantId tenant, CancellationToken cancellationToken)
        => (await file.ReadAsync(cancellationToken)).Plan.Tenants.Any(planned => planned.Id == tenant && planned.Indexing is not null);
}
