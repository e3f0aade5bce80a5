using Assistant.Domain.Audit;

namespace Assistant.Domain.Tenancy;

/// <summary>Name of a tenant, the isolated owner of all data. Never changes once given.</summary>
public readonly record struct TenantId
{
    private readonly string? _value;

    /// <exception cref="ArgumentException">Not a <see cref="Slug"/>.</exception>
    public TenantId(string value) => _value = Slug.Require(value, "tenant name");

    /// <summary>The tenant a new installation starts with.</summary>
    public static TenantId Default { get; } = new("default");

    public string Value => _value ?? throw new InvalidOperationException("A tenant id is never empty: construct it from a name.");

    public override string ToString() => Value;
}

/// <summary>A department, household or company on this installation.</summary>
public sealed record Tenant(TenantId Id, string DisplayName, DateTimeOffset CreatedAt);

/// <summary>The tenants of this installation. Safe for concurrent use.</summary>
public interface ITenantDirectory
{
    /// <summary>All tenants, by name.</summary>
    Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Creates the tenant when it does not exist, in one transaction with the audit event, the first of its log; its data key is made with it.</summary>
    /// <returns><see langword="false"/> when it was there already; then nothing is written.</returns>
    Task<bool> EnsureAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Shows the tenant by another name, in one transaction with the audit event.</summary>
    /// <returns><see langword="false"/> when that is its name already, or there is no such tenant; then nothing is written.</returns>
    Task<bool> RenameAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>A message, setting or request names a tenant that does not exist.</summary>
public sealed class TenantUnknownException(TenantId tenant)
    : InvalidOperationException($"There is no tenant '{tenant}'. Create it first, or correct the name.");
