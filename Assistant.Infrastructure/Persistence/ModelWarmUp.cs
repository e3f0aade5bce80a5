using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Has EF Core make its models a moment after the start, so that whoever opens the console first does not wait for it.</summary>
/// <remarks>What a start and a verb read is plain SQL: it would be half of what they take.</remarks>
[ActsFor("the product: warms up")]
[NotAudited("writes nothing")]
internal sealed class ModelWarmUp(IDatabase database, TimeProvider clock) : BackgroundService
{
    /// <summary>Until then the start has the processor.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(4);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(AfterStart, clock, stoppingToken);
        Make(TenantScope.Of(TenantId.Default)); // every tenant's, which the console reads with
        Make(TenantScope.System);
    }

    private void Make(TenantScope scope)
    {
        using var context = database.OpenContext(scope);
        _ = context.Set<Tenancy.TenantRow>().ToQueryString(); // the model, and the services that make queries of it; the database is not asked
    }
}
