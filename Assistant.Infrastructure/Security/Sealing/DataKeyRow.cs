using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A version of a tenant's data key, wrapped by the master key. Rotation adds the next one and deletes those nothing refers to.</summary>
internal sealed class DataKeyRow : ITenantRow
{
    public required string TenantId { get; set; }

    /// <summary>1, 2, 3… within the tenant; the highest seals, all open. The highest is never deleted, so no number comes twice.</summary>
    public int Number { get; set; }

    /// <summary>Nonce, tag and encrypted key.</summary>
    public required byte[] Wrapped { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<DataKeyRow>
    {
        public void Configure(EntityTypeBuilder<DataKeyRow> builder)
        {
            builder.ToTable("data_keys");
            builder.HasKey(k => new { k.TenantId, k.Number });
        }
    }
}
