using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class AuditPlanTests
{
    [Fact]
    public async Task A_page_begins_at_its_place_in_the_log_and_sorts_nothing()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.Of(TenantId.Default));

        var plan = await QueryPlan.OfAsync(context, SqlAuditLog.Page(context, new AuditFilter(Action: "message."), 7, 50));

        Assert.Contains("(tenant_id=? AND seq<?)", Assert.Single(plan), StringComparison.Ordinal);
    }
}
