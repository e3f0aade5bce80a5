using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

public sealed class MigrationTests
{
    [Fact]
    public async Task The_sqlite_migrations_describe_the_model()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.System);

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task The_postgres_migrations_describe_the_model()
    {
        await using var house = await TestHouse.OnPostgresAsync();
        await using var context = house.Get<IDatabase>().OpenContext(TenantScope.System);

        Assert.False(context.Database.HasPendingModelChanges());
    }
}
