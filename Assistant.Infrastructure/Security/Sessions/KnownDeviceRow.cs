using Assistant.Domain.Security.Sessions;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>A browser on which a user signed in. One browser may be several users'.</summary>
internal sealed class KnownDeviceRow : ITenantRow
{
    public Guid UserId { get; set; }

    /// <summary>As the sealed cookie carries it.</summary>
    public Guid DeviceId { get; set; }

    /// <summary>Where the account is at home.</summary>
    public required string TenantId { get; set; }

    public required string Browser { get; set; }

    public required string Platform { get; set; }

    public required string Address { get; set; }

    public DateTimeOffset FirstSeenAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public DateTimeOffset? ToldAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<KnownDeviceRow>
    {
        public void Configure(EntityTypeBuilder<KnownDeviceRow> builder)
        {
            builder.ToTable("known_devices");
            builder.HasKey(d => new { d.UserId, d.DeviceId });
            builder.Property(d => d.TenantId).HasMaxLength(63);
            builder.Property(d => d.Browser).HasMaxLength(DeviceLook.MaxLength);
            builder.Property(d => d.Platform).HasMaxLength(DeviceLook.MaxLength);
            builder.Property(d => d.Address).HasMaxLength(64);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
