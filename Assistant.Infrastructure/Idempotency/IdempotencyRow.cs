using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Idempotency;

/// <summary>A claimed or answered write.</summary>
internal sealed class IdempotencyRow : ITenantRow
{
    public required string TenantId { get; set; }

    /// <summary>Hash of caller, route and key, which together have no bounded length.</summary>
    public required string Id { get; set; }

    public required string Fingerprint { get; set; }

    public DateTimeOffset ClaimedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary><see langword="null"/> while the work is going on.</summary>
    public int? Status { get; set; }

    public string? ContentType { get; set; }

    /// <summary>Sealed: an answer may carry a secret that is shown once. Emptied when somebody was forgotten: the status stays, the words go.</summary>
    public byte[]? SealedBody { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<IdempotencyRow>
    {
        public void Configure(EntityTypeBuilder<IdempotencyRow> builder)
        {
            builder.ToTable("idempotency");
            builder.HasKey(r => new { r.TenantId, r.Id });
            builder.Property(r => r.Id).HasMaxLength(64);
            builder.Property(r => r.Fingerprint).HasMaxLength(64);
            builder.Property(r => r.ContentType).HasMaxLength(200);
            builder.HasIndex(r => r.ExpiresAt);
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(r => r.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
