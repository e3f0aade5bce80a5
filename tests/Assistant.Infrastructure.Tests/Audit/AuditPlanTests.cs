using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

public sealed class AuditPlanTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_begins_at_its_place_in_the_log_and_sorts_nothing()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.Of(TenantId.Default));
        await using var command = SqlAuditLog.Page(context, new AuditFilter(Action: "message."), 7, 50).CreateDbCommand();
#pragma warning disable CA2100 // EF's own text
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
#pragma warning restore CA2100
        await context.Database.OpenConnectionAsync(Cancel);

        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
        {
            plan.Add(reader.GetString(3));
        }

        Assert.Contains("(tenant_id=? AND seq<?)", Assert.Single(plan), StringComparison.Ordinal);
    }
}
