using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>The schema on PostgreSQL.</summary>
public sealed class PostgresAssistantDbContext(DbContextOptions<PostgresAssistantDbContext> options, TenantScope scope)
    : AssistantDbContext(options, scope)
{
    /// <inheritdoc cref="Sqlite.SqliteAssistantDbContext.Version"/>
    internal static readonly SchemaVersion Version = new(26, "20261201034237_FewOfMany");

    /// <summary>For <c>dotnet ef migrations add</c>.</summary>
    internal sealed class Design : IDesignTimeDbContextFactory<PostgresAssistantDbContext>
    {
        public PostgresAssistantDbContext CreateDbContext(string[] args)
            => new(new DbContextOptionsBuilder<PostgresAssistantDbContext>().UseNpgsql("Host=design-time").Options, TenantScope.System);
    }
}
