using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Memory;

/// <summary>A statement the assistant was told to remember.</summary>
internal sealed class FactRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    /// <summary>Its text, sealed at <see cref="PlaceOf"/> under the person's key.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Empty but in rows of earlier versions, until <see cref="Conversations.PlainBodies"/> has sealed them.</summary>
    public required string Text { get; set; }

    public DateTimeOffset StatedAt { get; set; }

    public Guid SourceConversationId { get; set; }

    public long SourceSeq { get; set; }

    /// <summary>Sequence number of the audit event that recorded it: what projections follow.</summary>
    public long Position { get; set; }

    public static string PlaceOf(Guid id) => $"facts/{id}/body";

    internal sealed class Configuration : IEntityTypeConfiguration<FactRow>
    {
        public void Configure(EntityTypeBuilder<FactRow> builder)
        {
            builder.ToTable("facts");
            builder.HasIndex(f => new { f.TenantId, f.PersonId, f.StatedAt });
            builder.HasIndex(f => new { f.TenantId, f.Position });
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(f => f.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
