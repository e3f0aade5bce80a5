using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.People;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Conversations;

/// <summary>A conversation with what its list row shows, kept current by every writer of messages.</summary>
internal sealed class StoredConversation : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string ConnectionId { get; set; }

    public required string ChatId { get; set; }

    /// <summary>Empty when the chat has no threads, so that the key is never NULL.</summary>
    public required string ThreadId { get; set; }

    public bool IsGroup { get; set; }

    public string? ChatTitle { get; set; }

    public Guid PersonId { get; set; }

    public ConversationStatus Status { get; set; }

    public Guid? OperatorId { get; set; }

    public string? OperatorName { get; set; }

    public long Version { get; set; }

    public long LastSeq { get; set; }

    public DateTimeOffset? WaitingSince { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset LastAt { get; set; }

    /// <summary>The conversation it goes on from, up to which of its messages, and since when.</summary>
    public Guid? ContinuedFromId { get; set; }

    public long? ContinuedFromSeq { get; set; }

    public DateTimeOffset? ContinuedAt { get; set; }

    /// <summary>When its person was last said to want to be written to here.</summary>
    public DateTimeOffset? PreferredAt { get; set; }

    /// <summary>The erasure it is going in; nobody sees it any more.</summary>
    public Guid? ErasureId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StoredConversation>
    {
        public void Configure(EntityTypeBuilder<StoredConversation> builder)
        {
            builder.ToTable("conversations");
            builder.Property(c => c.ConnectionId).HasMaxLength(63);
            builder.Property(c => c.ChatId).HasMaxLength(ExternalLimits.Chat);
            builder.Property(c => c.ThreadId).HasMaxLength(ExternalLimits.Chat);
            builder.HasIndex(c => new { c.ConnectionId, c.ChatId, c.ThreadId }).IsUnique();
            builder.HasIndex(c => new { c.TenantId, c.LastAt, c.Id });
            builder.HasIndex(c => new { c.PersonId, c.TenantId });
            // Of very many the few that wait, and the few somebody holds: each change of a conversation has every open console count the former.
            builder.HasIndex(c => new { c.TenantId, c.LastAt, c.Id }, "waiting_conversations").HasFilter("waiting_since IS NOT NULL");
            builder.HasIndex(c => new { c.TenantId, c.OperatorId, c.LastAt, c.Id }, "held_conversations").HasFilter("operator_id IS NOT NULL");
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(c => c.PersonId).OnDelete(DeleteBehavior.Restrict);
            builder.HasQueryFilter(AssistantDbContext.ForgottenFilter, c => c.ErasureId == null);
        }
    }
}

/// <summary>One entry of a conversation.</summary>
internal sealed class MessageRow : ITenantRow
{
    public Guid ConversationId { get; set; }

    public long Seq { get; set; }

    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public AuthorKind Author { get; set; }

    public required string AuthorName { get; set; }

    /// <summary>Whose key seals it; <see langword="null"/> only in rows that are not sealed yet.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>Text, buttons and attachments, sealed at <see cref="MessageSql.Place"/>; <see langword="null"/> when it was taken back.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Empty but in rows of earlier versions, until <see cref="PlainBodies"/> has sealed them; so are the next two.</summary>
    public required string Text { get; set; }

    public string? Buttons { get; set; }

    public string? Attachments { get; set; }

    public bool IsNote { get; set; }

    public DateTimeOffset At { get; set; }

    public DeliveryState Delivery { get; set; }

    public string? ExternalId { get; set; }

    public DateTimeOffset? EditedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public Guid? TurnId { get; set; }

    /// <summary>Sequence number of the audit event that last wrote it: what projections follow.</summary>
    public long Position { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<MessageRow>
    {
        public void Configure(EntityTypeBuilder<MessageRow> builder)
        {
            builder.ToTable("messages");
            builder.HasKey(m => new { m.ConversationId, m.Seq });
            builder.HasIndex(m => new { m.ConversationId, m.ExternalId }).IsUnique().HasFilter("external_id IS NOT NULL");
            builder.HasIndex(m => new { m.TenantId, m.Position });
            builder.HasOne<StoredConversation>().WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>One utterance with what became of it.</summary>
internal sealed class TurnRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid ConversationId { get; set; }

    public long MessageSeq { get; set; }

    public TurnResult Result { get; set; }

    public string? Engine { get; set; }

    public string? Model { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public decimal? Cost { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset FinishedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TurnRow>
    {
        public void Configure(EntityTypeBuilder<TurnRow> builder)
        {
            builder.ToTable("turns");
            builder.HasKey(t => new { t.ConversationId, t.MessageSeq });
            builder.HasOne<StoredConversation>().WithMany().HasForeignKey(t => t.ConversationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>How far a user has read a conversation.</summary>
internal sealed class ReadMarkRow : ITenantRow
{
    public Guid ConversationId { get; set; }

    public Guid UserId { get; set; }

    public required string TenantId { get; set; }

    public long Seq { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ReadMarkRow>
    {
        public void Configure(EntityTypeBuilder<ReadMarkRow> builder)
        {
            builder.ToTable("read_marks");
            builder.HasKey(r => new { r.ConversationId, r.UserId });
            builder.HasOne<StoredConversation>().WithMany().HasForeignKey(r => r.ConversationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
