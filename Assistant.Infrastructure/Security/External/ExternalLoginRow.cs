using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Assistant.Infrastructure.Security.External;

/// <summary>A login at an identity provider that opens an account.</summary>
internal sealed class ExternalLoginRow : ITenantRow
{
    public Guid Id { get; set; }

    /// <summary>Where the account is at home.</summary>
    public required string TenantId { get; set; }

    public Guid UserId { get; set; }

    /// <summary>Unique in the installation, with the subject.</summary>
    public required string Issuer { get; set; }

    public required string Subject { get; set; }

    public required string Provider { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public static ExternalLoginRow Of(ExternalLogin login) => new()
    {
        Id = login.Id.Value,
        TenantId = login.Tenant.Value,
        UserId = login.User.Value,
        Issuer = login.Identity.Issuer,
        Subject = login.Identity.Subject,
        Provider = login.Provider,
        CreatedAt = login.CreatedAt,
        LastUsedAt = login.LastUsedAt,
    };

    public ExternalLogin ToLogin() => new(
        new ExternalLoginId(Id), new TenantId(TenantId), new UserId(UserId), new ExternalIdentity(Issuer, Subject), Provider, CreatedAt, LastUsedAt);

    internal sealed class Configuration : IEntityTypeConfiguration<ExternalLoginRow>
    {
        public void Configure(EntityTypeBuilder<ExternalLoginRow> builder)
        {
            builder.ToTable("external_logins");
            builder.Property(l => l.TenantId).HasMaxLength(63);
            builder.Property(l => l.Issuer).HasMaxLength(ExternalIdentity.MaxIssuerLength);
            builder.Property(l => l.Subject).HasMaxLength(ExternalIdentity.MaxSubjectLength);
            builder.Property(l => l.Provider).HasMaxLength(ExternalLogin.MaxProviderLength);
            builder.HasIndex(l => new { l.Issuer, l.Subject }).IsUnique();
            builder.HasIndex(l => l.UserId);
            builder.HasOne<UserRow>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
