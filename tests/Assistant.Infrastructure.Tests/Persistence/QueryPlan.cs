using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>How SQLite goes about a query of EF's.</summary>
internal static class QueryPlan
{
    /// <returns>Its steps, as SQLite words them.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(AssistantDbContext context, IQueryable query)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var command = query.CreateDbCommand();
#pragma warning disable CA2100 // EF's own text
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
#pragma warning restore CA2100
        await context.Database.OpenConnectionAsync(cancel);
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            plan.Add(reader.GetString(3));
        }

        return plan;
    }
}
