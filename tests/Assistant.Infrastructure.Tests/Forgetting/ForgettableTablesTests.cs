using Assistant.Domain.Forgetting;
using Assistant.Infrastructure.Forgetting;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Tests.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

/// <summary>Forgetting goes over a list: no table is missing in it, and none of it is made up.</summary>
public sealed class ForgettableTablesTests
{
    [Fact]
    public void Every_table_is_forgotten_from_or_says_why_not()
    {
        using var context = Open();
        var tables = context.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct().Order(StringComparer.Ordinal);

        var listed = ForgettableTables.All.Select(t => t.Table).Distinct().Concat(ForgettableTables.Others.Keys).Concat(ForgettableTables.Kept.Keys);

        Assert.Equal(tables, listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_kind_that_is_counted_is_deleted_from_some_table()
        => Assert.Equal(
            Enum.GetValues<Forgettable>().Order(),
            ForgettableTables.All.Select(t => t.Kind).Concat(ForgettableTables.Others.Values).Distinct().Order());

    [Fact]
    public void A_table_is_addressed_by_its_key_and_belongs_to_a_tenant()
    {
        using var context = Open();
        foreach (var table in ForgettableTables.All)
        {
            var entity = context.Model.GetEntityTypes().Single(e => e.GetTableName() == table.Table);
            Assert.True(typeof(ITenantRow).IsAssignableFrom(entity.ClrType), table.Table);
            Assert.Equal(string.Join(", ", entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName())), table.Key);
        }
    }

    /// <summary>A column that points at a person or a conversation is a reason to be in the list.</summary>
    [Fact]
    public void A_table_that_stays_points_at_nobody()
    {
        using var context = Open();
        var pointing = from entity in context.Model.GetEntityTypes()
                       where ForgettableTables.Kept.ContainsKey(entity.GetTableName()!)
                       from property in entity.GetProperties()
                       where property.GetColumnName() is "person_id" or "conversation_id" or "chat_id" or "text"
                       select $"{entity.GetTableName()}.{property.GetColumnName()}";

        Assert.Equal(["person_keys.person_id"], pointing);
    }

    /// <summary>However much others have: a batch reads what it deletes.</summary>
    [Fact]
    public async Task What_a_batch_deletes_is_found_by_the_primary_key()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        string[] statements =
        [
            .. new[] { ForgettableTables.Messages, ForgettableTables.Notes }.SelectMany(
                table => new[] { table.Count(ErasureKind.Conversation)!, table.Delete(ErasureKind.Conversation)! }),
        ];
        string[] inGroups = [ForgettableTables.GroupMessages.CountInGroup(), ForgettableTables.GroupMessages.EmptyInGroup()];
        var plans = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => statements.SelectMany(sql => session.Query("EXPLAIN QUERY PLAN " + sql, r => r.GetString(3), "x", Guid.Empty))
                .Concat(session.Query("EXPLAIN QUERY PLAN " + inGroups[0], r => r.GetString(3), "x", Guid.Empty, Guid.Empty))
                .Concat(session.Query("EXPLAIN QUERY PLAN " + inGroups[1], r => r.GetString(3), "x", Guid.Empty, Guid.Empty, 1, 1)).ToList(),
            TestContext.Current.CancellationToken);
        var received = await house.Get<IReadPool>().ReadAsync(
            TenantScope.System, session => session.Query("EXPLAIN QUERY PLAN " + ScopeSql.NextReceived, r => r.GetString(3), "x", Guid.Empty, 1),
            TestContext.Current.CancellationToken);

        Assert.Contains("PRIMARY KEY (id>?)", Assert.Single(received), StringComparison.Ordinal);
        var searches = plans.FindAll(step => step.Contains("messages", StringComparison.Ordinal));
        Assert.Equal(9, searches.Count); // three counts, and three changes with what they change
        Assert.All(searches, step => Assert.Contains("PRIMARY KEY (conversation_id=?", step, StringComparison.Ordinal));
    }

    // Only its model is read; no file is made.
    private static AssistantDbContext Open() => new SqliteDatabase(new DataFolder("unused")).OpenContext(TenantScope.System);
}
