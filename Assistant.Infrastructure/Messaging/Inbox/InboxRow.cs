using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Messaging.Inbox;

/// <summary>States of an inbox entry.</summary>
internal enum InboxState { Pending, Done, Dead, Withdrawn }

/// <summary>One external event. Kept after it is done: its dedupe key recognises redeliveries that come days later.</summary>
internal sealed class InboxRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string ConnectionId { get; set; }

    /// <summary>Equal for every delivery of the same event, see <see cref="KeyOf"/>.</summary>
    public required string DedupeKey { get; set; }

    public Guid ConversationId { get; set; }

    /// <summary>The message it brought; 0 for an edit, a deletion, a reaction, or an original that came after its edit.</summary>
    public long MessageSeq { get; set; }

    /// <summary><c>said</c>, <c>edited</c>, <c>deleted</c>, <c>pressed</c>, <c>reacted</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>Data of a pressed button, sealed at <see cref="PlaceOf"/> under the key of who pressed it.</summary>
    public byte[]? Pressed { get; set; }

    /// <summary>The same in rows of earlier versions, until <see cref="Conversations.PlainBodies"/> has sealed them.</summary>
    public string? Data { get; set; }

    public bool IsAddressed { get; set; }

    public InboxState State { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>The key as it is stored: one that is too long stands for itself by its hash.</summary>
    public static string KeyOf(string dedupeKey) => dedupeKey.Length <= ExternalLimits.DedupeKey
        ? dedupeKey
        : "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dedupeKey)));

    public static string PlaceOf(Guid id) => $"inbox/{id}/pressed";

    internal sealed class Configuration : IEntityTypeConfiguration<InboxRow>
    {
        public void Configure(EntityTypeBuilder<InboxRow> builder)
        {
            builder.ToTable("inbox");
            builder.Property(i => i.DedupeKey).HasMaxLength(ExternalLimits.DedupeKey);
            builder.Property(i => i.Kind).HasMaxLength(16);
            builder.HasIndex(i => new { i.ConnectionId, i.DedupeKey }).IsUnique();
            builder.HasIndex(i => new { i.ConversationId, i.MessageSeq }).HasFilter("state = 'Pending'");
            builder.HasIndex(i => new { i.TenantId, i.DoneAt }).HasFilter("state = 'Dead'");
            builder.HasOne<StoredConversation>().WithMany().HasForeignKey(i => i.ConversationId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
