using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A tenant's data key, wrapped by the master key. Rows are added by rotation and never changed.</summary>
internal sealed class DataKeyRow : ITenantRow
{
    public required string TenantId { get; set; }

    /// <summary>1, 2, 3… within the tenant; the highest seals, all open.</summary>
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
