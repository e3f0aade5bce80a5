using Assistant.Domain.Security.StepUp;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.StepUp;

/// <summary>A request for proof. Holds no secret of the act, only the hash over it.</summary>
internal sealed class StepUpRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string ActorKind { get; set; }

    public required string ActorId { get; set; }

    public required string ActorName { get; set; }

    public required string Operation { get; set; }

    public required string Subject { get; set; }

    /// <summary>The arguments a person may see, as JSON.</summary>
    public required string Shown { get; set; }

    public required byte[] Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public StepUpState State { get; set; }

    public Guid? ProvenBy { get; set; }

    public DateTimeOffset? ProvenAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StepUpRow>
    {
        public void Configure(EntityTypeBuilder<StepUpRow> builder)
        {
            builder.ToTable("step_ups");
            builder.Property(s => s.TenantId).HasMaxLength(63);
            builder.Property(s => s.ActorKind).HasMaxLength(16);
            builder.Property(s => s.ActorId).HasMaxLength(64);
            builder.Property(s => s.Operation).HasMaxLength(64);
            builder.HasIndex(s => new { s.TenantId, s.ExpiresAt });
        }
    }
}
