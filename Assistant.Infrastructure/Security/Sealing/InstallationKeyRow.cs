using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The one row that tells which master key is in force: the installation key, wrapped by it.</summary>
internal sealed class InstallationKeyRow
{
    /// <summary>Always 1.</summary>
    public int Id { get; set; }

    /// <summary>Nonce, tag and encrypted key. What wraps a key compares it first, in its own transaction, with what it relied on.</summary>
    public required byte[] Wrapped { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the master key in force took over.</summary>
    public DateTimeOffset WrappedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<InstallationKeyRow>
    {
        public void Configure(EntityTypeBuilder<InstallationKeyRow> builder)
        {
            builder.ToTable("installation_key");
            builder.HasKey(k => k.Id);
            builder.Property(k => k.Id).ValueGeneratedNever();
        }
    }
}
