using Assistant.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.People.Links;

/// <summary>Two persons who are one human being.</summary>
internal sealed class PersonLinkRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid FirstId { get; set; }

    public Guid SecondId { get; set; }

    /// <summary>Whether an operator said so; a code did otherwise.</summary>
    public bool IsByOperator { get; set; }

    public DateTimeOffset LinkedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonLinkRow>
    {
        public void Configure(EntityTypeBuilder<PersonLinkRow> builder)
        {
            builder.ToTable("person_links");
            builder.Property(l => l.TenantId).HasMaxLength(63);
            builder.HasIndex(l => new { l.FirstId, l.SecondId }).IsUnique();
            builder.HasIndex(l => l.SecondId);
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(l => l.FirstId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(l => l.SecondId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A code shown to a person, without the code.</summary>
internal sealed class PersonLinkCodeRow : ITenantRow
{
    /// <summary>The first half of the SHA-256 of the code.</summary>
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The person who typed it.</summary>
    public Guid? UsedBy { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonLinkCodeRow>
    {
        public void Configure(EntityTypeBuilder<PersonLinkCodeRow> builder)
        {
            builder.ToTable("person_link_codes");
            builder.Property(c => c.TenantId).HasMaxLength(63);
            builder.HasIndex(c => new { c.TenantId, c.PersonId });
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(c => c.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
