using Assistant.Domain.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Assistant.Infrastructure.Persistence;

/// <summary>A row that belongs to a tenant.</summary>
public interface ITenantRow
{
    string TenantId { get; }
}

/// <summary>Whose rows a context sees.</summary>
/// <param name="Tenant"><see langword="null"/> only for work across tenants.</param>
public sealed record TenantScope(string? Tenant)
{
    /// <summary>Work across tenants: provisioning, recovery, sweeps.</summary>
    public static TenantScope System { get; } = new((string?)null);

    public static TenantScope Of(TenantId tenant) => new(tenant.Value);
}

/// <summary>The schema; its two subclasses carry the migrations of their dialect.</summary>
/// <remarks>Row types and their configurations sit beside the store that owns them. In the scope of a tenant every tenant row has the filter <see cref="TenantFilter"/>.</remarks>
public abstract class AssistantDbContext(DbContextOptions options, TenantScope scope) : DbContext(WithModelPerReach(options))
{
    /// <summary>Name of the query filter that keeps tenants apart.</summary>
    public const string TenantFilter = "tenant";

    /// <summary>Name of the query filter that keeps out of sight what is being forgotten.</summary>
    public const string ForgottenFilter = "forgotten";

    /// <summary>Whose rows this context sees.</summary>
    public TenantScope Scope { get; } = scope;

    /// <summary>The tenant whose rows this context sees, or <see langword="null"/> for all.</summary>
    public string? Tenant { get; } = scope.Tenant;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AssistantDbContext).Assembly);
        SnakeCase.Apply(modelBuilder);
        if (Tenant is null)
        {
            return;
        }

        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => typeof(ITenantRow).IsAssignableFrom(e.ClrType)).ToList())
        {
            typeof(AssistantDbContext)
                .GetMethod(nameof(FilterByTenant), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
                .MakeGenericMethod(entity.ClrType)
                .Invoke(this, [modelBuilder]);
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        // Milliseconds since 1970 sort, compare and hash alike on both databases.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(24);
    }

    // The bare comparison: with "or there is none" beside it, no database finds a tenant's rows through an index.
    private void FilterByTenant<T>(ModelBuilder modelBuilder) where T : class, ITenantRow
        => modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => row.TenantId == Tenant);

    // Here rather than where options are made: no context can be without it.
    private static DbContextOptions WithModelPerReach(DbContextOptions options)
        => new DbContextOptionsBuilder(options).ReplaceService<IModelCacheKeyFactory, ModelPerReach>().Options;

    /// <summary>One model for the scopes of tenants, with the filter, and one without it for work across them.</summary>
    private sealed class ModelPerReach : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), ((AssistantDbContext)context).Tenant is null, designTime);
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), value => DateTimeOffset.FromUnixTimeMilliseconds(value));
}
