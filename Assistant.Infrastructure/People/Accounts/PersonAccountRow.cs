using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.People.Accounts;

/// <summary>Which account a person has.</summary>
internal sealed class PersonAccountRow : ITenantRow
{
    public Guid PersonId { get; set; }

    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    public DateTimeOffset LinkedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonAccountRow>
    {
        public void Configure(EntityTypeBuilder<PersonAccountRow> builder)
        {
            builder.ToTable("person_accounts");
            builder.HasKey(a => a.PersonId);
            builder.Property(a => a.TenantId).HasMaxLength(63);
            builder.HasIndex(a => new { a.UserId, a.TenantId }).IsUnique();
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(a => a.PersonId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(a => a.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A code an account shows, without the code.</summary>
internal sealed class LinkCodeRow : ITenantRow
{
    /// <summary>The first half of the SHA-256 of the code.</summary>
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The person who typed it.</summary>
    public Guid? UsedBy { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<LinkCodeRow>
    {
        public void Configure(EntityTypeBuilder<LinkCodeRow> builder)
        {
            builder.ToTable("link_codes");
            builder.Property(c => c.TenantId).HasMaxLength(63);
            builder.HasIndex(c => new { c.TenantId, c.UserId });
            builder.HasOne<UserRow>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
