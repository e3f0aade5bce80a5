using Assistant.Domain.People;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.People;

/// <summary>Somebody who talks to the assistant.</summary>
internal sealed class StoredPerson : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string DisplayName { get; set; }

    public string? Locale { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The erasure they are going in; nobody sees them any more.</summary>
    public Guid? ErasureId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StoredPerson>
    {
        public void Configure(EntityTypeBuilder<StoredPerson> builder)
        {
            builder.ToTable("people");
            builder.HasIndex(p => new { p.TenantId, p.Id }); // a page of them begins anywhere
            builder.HasQueryFilter(AssistantDbContext.ForgottenFilter, p => p.ErasureId == null);
            builder.HasOne<TenantRow>().WithMany().HasForeignKey(p => p.TenantId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>An account of a person on a messenger.</summary>
internal sealed class IdentityRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public Guid PersonId { get; set; }

    public required string ChannelType { get; set; }

    public required string ExternalId { get; set; }

    public required string DisplayName { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<IdentityRow>
    {
        public void Configure(EntityTypeBuilder<IdentityRow> builder)
        {
            builder.ToTable("identities");
            builder.HasIndex(i => new { i.TenantId, i.ChannelType, i.ExternalId }).IsUnique();
            // With the tenant behind: asked for both, a planner that counts nothing would take the index that begins with the tenant, and read all of it.
            builder.HasIndex(i => new { i.PersonId, i.TenantId });
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(i => i.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>How a person stands on a connection; no row means unknown.</summary>
internal sealed class StandingRow : ITenantRow
{
    public required string ConnectionId { get; set; }

    public Guid PersonId { get; set; }

    public required string TenantId { get; set; }

    public Standing Standing { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StandingRow>
    {
        public void Configure(EntityTypeBuilder<StandingRow> builder)
        {
            builder.ToTable("standings");
            builder.HasKey(s => new { s.ConnectionId, s.PersonId });
            builder.HasOne<StoredConnection>().WithMany().HasForeignKey(s => s.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(s => s.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>Someone unknown asks to talk to the assistant.</summary>
internal sealed class PairingRequestRow : ITenantRow
{
    public Guid Id { get; set; }

    public required string TenantId { get; set; }

    public required string ConnectionId { get; set; }

    public Guid PersonId { get; set; }

    public Guid ConversationId { get; set; }

    public required string Code { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary><see cref="Standing.Pending"/> while open.</summary>
    public Standing Decision { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PairingRequestRow>
    {
        public void Configure(EntityTypeBuilder<PairingRequestRow> builder)
        {
            builder.ToTable("pairing_requests");
            builder.HasIndex(p => new { p.ConnectionId, p.PersonId }).IsUnique().HasFilter("decision = 'Pending'");
            builder.HasOne<StoredConnection>().WithMany().HasForeignKey(p => p.ConnectionId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<StoredPerson>().WithMany().HasForeignKey(p => p.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
