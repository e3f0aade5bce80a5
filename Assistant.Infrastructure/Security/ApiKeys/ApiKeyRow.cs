using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.ApiKeys;

/// <summary>An API key, without its secret.</summary>
internal sealed class ApiKeyRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string Name { get; set; }

    public required string Role { get; set; }

    public required string Hint { get; set; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ApiKeyRow>
    {
        public void Configure(EntityTypeBuilder<ApiKeyRow> builder)
        {
            builder.ToTable("api_keys");
            builder.Property(k => k.TenantId).HasMaxLength(63);
            builder.Property(k => k.Name).HasMaxLength(ApiKeyDesk.MaxNameLength);
            builder.Property(k => k.Role).HasMaxLength(24);
            builder.Property(k => k.Hint).HasMaxLength(8);
            builder.HasIndex(k => k.Hash).IsUnique();
            builder.HasIndex(k => k.TenantId);
        }
    }
}
