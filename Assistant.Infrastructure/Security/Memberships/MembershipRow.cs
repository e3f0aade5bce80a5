using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Memberships;

/// <summary>A user's membership in a tenant.</summary>
internal sealed class MembershipRow : ITenantRow
{
    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    public required string Role { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<MembershipRow>
    {
        public void Configure(EntityTypeBuilder<MembershipRow> builder)
        {
            builder.ToTable("memberships");
            builder.HasKey(m => new { m.TenantId, m.UserId });
            builder.Property(m => m.TenantId).HasMaxLength(63);
            builder.Property(m => m.Role).HasMaxLength(CustomRole.MaxNameLength);
            builder.HasIndex(m => m.UserId);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(m => m.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A role a tenant made for itself.</summary>
internal sealed class RoleRow : ITenantRow
{
    public required string TenantId { get; set; }

    public required string Name { get; set; }

    /// <summary>Separated by spaces, in the order of their names.</summary>
    public required string Permissions { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<RoleRow>
    {
        public void Configure(EntityTypeBuilder<RoleRow> builder)
        {
            builder.ToTable("roles");
            builder.HasKey(r => new { r.TenantId, r.Name });
            builder.Property(r => r.TenantId).HasMaxLength(63);
            builder.Property(r => r.Name).HasMaxLength(CustomRole.MaxNameLength);
        }
    }
}
