using Assistant.Domain.Forgetting;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Forgetting;

/// <summary>An act of forgetting, and how far it has come. Ids and counts alone.</summary>
internal sealed class ErasureRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public ErasureKind Kind { get; set; }

    public Guid SubjectId { get; set; }

    /// <summary>The message; 0 for a conversation or a person.</summary>
    public long Seq { get; set; }

    public required string ActorKind { get; set; }

    public required string ActorId { get; set; }

    public required string ActorName { get; set; }

    public ErasureState State { get; set; }

    /// <summary>What was deleted so far, as JSON.</summary>
    public required string Counts { get; set; }

    public int KeysDestroyed { get; set; }

    public long KeptEvents { get; set; }

    public DateTimeOffset BegunAt { get; set; }

    public long BegunSeq { get; set; }

    public DateTimeOffset? ErasedAt { get; set; }

    public long ErasedSeq { get; set; }

    /// <summary>The signed note.</summary>
    public string? Certificate { get; set; }

    /// <summary>The table that is being emptied, by its place in the order.</summary>
    public int Step { get; set; }

    /// <summary>How far the table was looked at, where it is gone along: of the search index the last entry, of the inbox what the last key begins with.</summary>
    public long Cursor { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ErasureRow>
    {
        public void Configure(EntityTypeBuilder<ErasureRow> builder)
        {
            builder.ToTable("erasures");
            builder.HasIndex(e => new { e.TenantId, e.Id });
            builder.HasIndex(e => e.BegunAt).HasFilter("state <> 'Certified'");
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(e => e.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
