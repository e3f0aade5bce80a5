using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Rotation goes over a list: no column of bytes is missing in it, and nothing in it is made up.</summary>
public sealed class SealedColumnTests
{
    [Fact]
    public void Every_column_of_bytes_is_sealed_or_says_why_not()
        => Assert.Equal(Columns().Order(StringComparer.Ordinal), Listed().Order(StringComparer.Ordinal));

    [Fact]
    public void A_sealed_column_belongs_to_a_tenant_and_its_key_tells_the_tenants_rows_apart()
    {
        using var context = Open();
        foreach (var column in SealedColumns.All)
        {
            var entity = context.Model.GetEntityTypes().Single(e => e.GetTableName() == column.Table);
            var keys = entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName()).ToList();
            Assert.True(typeof(ITenantRow).IsAssignableFrom(entity.ClrType), column.Table);
            Assert.Equal([column.Key], keys.Where(key => key != "tenant_id").DefaultIfEmpty("tenant_id"));
            Assert.Equal(column.HasIdKey, entity.FindPrimaryKey()!.Properties.Single(p => p.GetColumnName() == column.Key).ClrType == typeof(Guid));
        }
    }

    private static IEnumerable<string> Listed() => SealedColumns.All.Select(c => $"{c.Table}.{c.Column}").Concat(SealedColumns.NotSealed.Keys);

    private static List<string> Columns()
    {
        using var context = Open();
        return [.. from entity in context.Model.GetEntityTypes()
                   from property in entity.GetProperties()
                   where property.ClrType == typeof(byte[])
                   select $"{entity.GetTableName()}.{property.GetColumnName()}"];
    }

    // Only its model is read; no file is made.
    private static AssistantDbContext Open() => new SqliteDatabase(new DataFolder("unused")).OpenContext(TenantScope.System);
}
