using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>The schema on SQLite.</summary>
public sealed class SqliteAssistantDbContext(DbContextOptions<SqliteAssistantDbContext> options, TenantScope scope)
    : AssistantDbContext(options, scope)
{
    /// <summary>What the migrations beside this amount to; a test says when one was added.</summary>
    internal static readonly SchemaVersion Version = new(25, "20261201034230_FewOfMany");

    /// <summary>For <c>dotnet ef migrations add</c>.</summary>
    internal sealed class Design : IDesignTimeDbContextFactory<SqliteAssistantDbContext>
    {
        public SqliteAssistantDbContext CreateDbContext(string[] args)
            => new(new DbContextOptionsBuilder<SqliteAssistantDbContext>().UseSqlite("Data Source=:memory:").Options, TenantScope.System);
    }
}
