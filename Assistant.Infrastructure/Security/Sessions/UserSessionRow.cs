using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Sessions;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>A sign-in and what became of it.</summary>
internal sealed class UserSessionRow : ITenantRow
{
    /// <summary>The first half of the SHA-256 of what the browser carries.</summary>
    public Guid Id { get; set; }

    /// <summary>Where the account is at home.</summary>
    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset SeenAt { get; set; }

    public SignInMethod Method { get; set; }

    public required string Browser { get; set; }

    public required string Platform { get; set; }

    public required string Address { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public SessionEnd? EndReason { get; set; }

    /// <summary>The identity provider's name, where one vouched.</summary>
    public string? Provider { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<UserSessionRow>
    {
        public void Configure(EntityTypeBuilder<UserSessionRow> builder)
        {
            builder.ToTable("user_sessions");
            builder.Property(s => s.TenantId).HasMaxLength(63);
            builder.Property(s => s.Browser).HasMaxLength(DeviceLook.MaxLength);
            builder.Property(s => s.Platform).HasMaxLength(DeviceLook.MaxLength);
            builder.Property(s => s.Address).HasMaxLength(64);
            builder.Property(s => s.Provider).HasMaxLength(ExternalLogin.MaxProviderLength);
            builder.HasIndex(s => new { s.UserId, s.EndedAt });
            builder.HasIndex(s => s.EndedAt);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
