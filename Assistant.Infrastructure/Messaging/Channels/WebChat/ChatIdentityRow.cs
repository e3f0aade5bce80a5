using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Messaging.Channels.WebChat;

/// <summary>The identity key of a web chat. The public half is not stored: it follows from the private one.</summary>
internal sealed class ChatIdentityRow : ITenantRow
{
    public required string ConnectionId { get; set; }

    public required string TenantId { get; set; }

    public required byte[] SealedPrivateKey { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ChatIdentityRow>
    {
        public void Configure(EntityTypeBuilder<ChatIdentityRow> builder)
        {
            builder.ToTable("chat_identities");
            builder.HasKey(i => i.ConnectionId);
            builder.Property(i => i.ConnectionId).HasMaxLength(63);
            builder.Property(i => i.TenantId).HasMaxLength(63);
            builder.HasOne<StoredConnection>().WithOne().HasForeignKey<ChatIdentityRow>(i => i.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
