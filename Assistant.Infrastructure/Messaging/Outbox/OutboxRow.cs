using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>One part of a message that is to be shown in a chat. Gone once it was, but for the parts before a message's last.</summary>
internal sealed class OutboxRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid ConversationId { get; set; }

    public required string ConnectionId { get; set; }

    public long MessageSeq { get; set; }

    public int Part { get; set; }

    public bool IsLastPart { get; set; }

    /// <summary>Whose key seals it; <see langword="null"/> only in rows that are not sealed yet.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>Text and buttons, sealed at <see cref="MessageSql.OutboxPlace"/>.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Empty but in rows of earlier versions, until <see cref="Conversations.PlainBodies"/> has sealed them; so is the next one.</summary>
    public required string Text { get; set; }

    public string? Buttons { get; set; }

    public string? ReplyTo { get; set; }

    public bool ByAssistant { get; set; }

    public OutboxState State { get; set; }

    public int Attempts { get; set; }

    public bool MayRepeat { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>Of a part before the last that was sent.</summary>
    public string? ExternalId { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was sent, given up or dropped.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OutboxRow>
    {
        public void Configure(EntityTypeBuilder<OutboxRow> builder)
        {
            builder.ToTable("outbox");
            builder.HasIndex(o => new { o.ConversationId, o.MessageSeq, o.Part }).IsUnique();
            builder.HasIndex(o => new { o.ConversationId, o.MessageSeq, o.Part }, "open_outbox_by_conversation").HasFilter("state IN ('Pending','Sending')");
            // What reactions to a long message are found by; its last part is found by the message.
            builder.HasIndex(o => new { o.ConversationId, o.ExternalId }).HasFilter("external_id IS NOT NULL AND NOT is_last_part");
            builder.HasIndex(o => o.DueAt).HasFilter("state = 'Pending'");
            builder.HasIndex(o => new { o.TenantId, o.EndedAt }).HasFilter("state = 'Dead'");
            builder.HasOne<StoredConversation>().WithMany().HasForeignKey(o => o.ConversationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
