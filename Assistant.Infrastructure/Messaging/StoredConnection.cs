using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Messaging;

/// <summary>A configured connection. All of its settings are sealed together, so that no list of secret ones can be forgotten.</summary>
internal sealed class StoredConnection : ITenantRow
{
    public required string Id { get; set; }

    public required string TenantId { get; set; }

    public required string ChannelType { get; set; }

    public required string DisplayName { get; set; }

    public AccessPolicy Access { get; set; }

    public bool IsEnabled { get; set; }

    public bool IsProvisioned { get; set; }

    public required byte[] SealedSettings { get; set; }

    public string? Cursor { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StoredConnection>
    {
        public void Configure(EntityTypeBuilder<StoredConnection> builder)
        {
            builder.ToTable("connections");
            builder.Property(c => c.Id).HasMaxLength(63);
            builder.Property(c => c.ChannelType).HasMaxLength(63);
            builder.Property(c => c.DisplayName).HasMaxLength(ShownName.MaxLength);
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(c => c.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
