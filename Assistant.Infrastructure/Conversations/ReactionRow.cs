using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Conversations;

/// <summary>A person's reactions to a message, or to one of the parts it was sent in.</summary>
internal sealed class ReactionRow : ITenantRow
{
    public Guid ConversationId { get; set; }

    public long Seq { get; set; }

    /// <summary>Who reacted, whose key seals it: in a group not always whom the message is of.</summary>
    public Guid PersonId { get; set; }

    /// <summary>The messenger's id of what was reacted to: a long reply has one for each of its parts.</summary>
    public required string ExternalId { get; set; }

    public required string TenantId { get; set; }

    /// <summary><see cref="Domain.Messaging.PersonReactions"/> as JSON, sealed at <see cref="ReactionSql.Place"/>.</summary>
    public required byte[] Body { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ReactionRow>
    {
        public void Configure(EntityTypeBuilder<ReactionRow> builder)
        {
            builder.ToTable("reactions");
            builder.HasKey(r => new { r.ConversationId, r.Seq, r.PersonId, r.ExternalId });
            builder.HasIndex(r => new { r.TenantId, r.PersonId });
            builder.HasOne<MessageRow>().WithMany().HasForeignKey(r => new { r.ConversationId, r.Seq }).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
