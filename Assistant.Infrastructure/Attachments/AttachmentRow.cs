using Assistant.Domain.Attachments;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Attachments;

/// <summary>A file of a message and what became of it. How it is called is in the message, sealed.</summary>
internal sealed class AttachmentRow : ITenantRow
{
    public Guid ConversationId { get; set; }

    public long Seq { get; set; }

    public int Number { get; set; }

    public required string TenantId { get; set; }

    /// <summary>Whose key seals its pieces.</summary>
    public Guid PersonId { get; set; }

    public AttachmentState State { get; set; }

    public string? MediaType { get; set; }

    public long? SizeBytes { get; set; }

    public int ChunkCount { get; set; }

    public string? Reason { get; set; }

    /// <summary>Rises with every claim, and when another file takes its place, so that a claim can be told from a later one.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AttachmentRow>
    {
        public void Configure(EntityTypeBuilder<AttachmentRow> builder)
        {
            builder.ToTable("attachments");
            builder.HasKey(a => new { a.ConversationId, a.Seq, a.Number });
            builder.Property(a => a.MediaType).HasMaxLength(100);
            builder.HasIndex(a => a.DueAt).HasFilter("state = 'Waiting'");
            builder.HasIndex(a => new { a.TenantId, a.PersonId });
            builder.HasOne<MessageRow>().WithMany().HasForeignKey(a => new { a.ConversationId, a.Seq }).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A sealed piece of a kept file.</summary>
internal sealed class AttachmentChunkRow : ITenantRow
{
    public Guid ConversationId { get; set; }

    public long Seq { get; set; }

    public int Number { get; set; }

    /// <summary>0, 1, 2… within the file.</summary>
    public int Chunk { get; set; }

    public required string TenantId { get; set; }

    public required byte[] Body { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AttachmentChunkRow>
    {
        public void Configure(EntityTypeBuilder<AttachmentChunkRow> builder)
        {
            builder.ToTable("attachment_chunks");
            builder.HasKey(c => new { c.ConversationId, c.Seq, c.Number, c.Chunk });
            builder.HasOne<AttachmentRow>().WithMany().HasForeignKey(c => new { c.ConversationId, c.Seq, c.Number }).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
