using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Invitations;

/// <summary>An invitation, without its token.</summary>
internal sealed class InvitationRow : ITenantRow
{
    /// <summary>The first half of the SHA-256 of the token.</summary>
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string Role { get; set; }

    public required string Note { get; set; }

    public required string ByKind { get; set; }

    public required string ById { get; set; }

    public required string ByName { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? UsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Whose account it makes.</summary>
    public Guid? PersonId { get; set; }

    public static InvitationRow Of(Invitation invitation) => new()
    {
        Id = invitation.Id.Value,
        TenantId = invitation.Tenant.Value,
        Role = invitation.Role,
        Note = invitation.Note,
        ByKind = invitation.By.Kind,
        ById = invitation.By.Id,
        ByName = invitation.By.Name,
        CreatedAt = invitation.CreatedAt,
        ExpiresAt = invitation.ExpiresAt,
        UsedAt = invitation.UsedAt,
        RevokedAt = invitation.RevokedAt,
        PersonId = invitation.Person?.Value,
    };

    public Invitation ToInvitation() => new(
        new InvitationId(Id), new TenantId(TenantId), Role, Note, new Actor(ByKind, ById, ByName), CreatedAt, ExpiresAt, UsedAt, RevokedAt,
        PersonId is { } person ? new PersonId(person) : null);

    internal sealed class Configuration : IEntityTypeConfiguration<InvitationRow>
    {
        public void Configure(EntityTypeBuilder<InvitationRow> builder)
        {
            builder.ToTable("invitations");
            builder.Property(i => i.TenantId).HasMaxLength(63);
            builder.Property(i => i.Role).HasMaxLength(CustomRole.MaxNameLength);
            builder.Property(i => i.Note).HasMaxLength(Invitation.MaxNoteLength);
            builder.Property(i => i.ByKind).HasMaxLength(24);
            builder.Property(i => i.ById).HasMaxLength(64);
            builder.Property(i => i.ByName).HasMaxLength(EmailAddress.MaxLength);
            builder.HasIndex(i => new { i.TenantId, i.ExpiresAt });
        }
    }
}
