using Assistant.Domain.Audit.Filters;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Audit.Filters;

/// <summary>A filter a user keeps; another row each time it is saved.</summary>
internal sealed class AuditFilterRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    /// <summary>A user of the console, or an API key, which acts under its own id.</summary>
    public Guid UserId { get; set; }

    public required string Name { get; set; }

    /// <summary>What it filters by, which may name people.</summary>
    public required byte[] SealedFilter { get; set; }

    public DateTimeOffset SavedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditFilterRow>
    {
        public void Configure(EntityTypeBuilder<AuditFilterRow> builder)
        {
            builder.ToTable("audit_filters");
            builder.HasKey(f => f.Id);
            builder.Property(f => f.TenantId).HasMaxLength(63);
            builder.Property(f => f.Name).HasMaxLength(SavedAuditFilter.MaxNameLength);
            builder.HasIndex(f => new { f.TenantId, f.UserId, f.Name }).IsUnique();
        }
    }
}
