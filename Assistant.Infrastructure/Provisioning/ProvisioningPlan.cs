using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>What <c>assistant.yaml</c> asks for, references resolved and everything checked.</summary>
/// <param name="Unavailable">Sections whose shape is right but whose feature is not there yet.</param>
/// <param name="Files">Files that were referenced: a change of theirs is a change of the plan.</param>
internal sealed record ProvisioningPlan(
    IReadOnlyList<PlannedTenant> Tenants,
    IReadOnlyList<PlannedConnection> Connections,
    IReadOnlyList<PlannedEngine> Engines,
    IReadOnlyList<string> Unavailable,
    IReadOnlyList<string> Files)
{
    public static ProvisioningPlan Empty { get; } = new([], [], [], [], []);

    /// <summary>Of a file without a document: empty, blank, or comments alone.</summary>
    public static ProvisioningPlan Blank { get; } = Empty with { IsBlank = true };

    /// <summary>Nothing was said, not even that nothing is declared.</summary>
    public bool IsBlank { get; init; }
}

/// <param name="DisplayName">As people see it; <see langword="null"/> leaves it as it is, and names a new one by its id.</param>
/// <param name="Indexing">What may be searched; <see langword="null"/> leaves it as it is.</param>
internal sealed record PlannedTenant(TenantId Id, string? DisplayName, Indexing? Indexing = null);

internal sealed record PlannedConnection(
    ConnectionId Id, TenantId Tenant, string Type, string DisplayName, AccessPolicy Access, bool IsEnabled, SettingValues Settings);

/// <param name="Order">Position in the file unless it says another.</param>
internal sealed record PlannedEngine(string Name, TenantId Tenant, string Type, bool IsDefault, int Order, SettingValues Settings);
