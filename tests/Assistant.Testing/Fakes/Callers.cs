using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Fakes;

/// <summary>Callers for tests.</summary>
public static class Callers
{
    public static Caller Admin { get; } = Of(Roles.Admin, "Ada");

    public static Caller Of(string role, string name = "Ann", string tenant = "default") => new(
        new Actor("user", Guid.CreateVersion7().ToString(), name), new TenantId(tenant), Roles.PermissionsOf(role), "192.0.2.7");
}
