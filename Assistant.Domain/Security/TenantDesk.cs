using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>How creating a tenant ended.</summary>
public abstract record CreateTenantOutcome
{
    private CreateTenantOutcome() { }

    public sealed record Created(TenantId Tenant) : CreateTenantOutcome;

    /// <summary>There is one of this name.</summary>
    public sealed record Taken : CreateTenantOutcome;

    /// <summary>Nothing was created; the key is <c>name</c> or <c>displayName</c>.</summary>
    public sealed record Invalid(string Key, string Message) : CreateTenantOutcome;
}

/// <summary>What people do with tenants.</summary>
public sealed class TenantDesk(ITenantDirectory tenants, IMembershipStore memberships, IStepUpGuard guard, TimeProvider clock)
{
    public const int MaxDisplayNameLength = ShownName.MaxLength;

    /// <summary>The tenants the caller belongs to, by name: all for whoever commands the machine, its own for an API key.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var all = await tenants.ListAsync(cancellationToken);
        if (caller.IsMachine)
        {
            return all;
        }

        var own = caller.Actor.Kind == "user"
            ? (await memberships.ListOfAsync(caller.AsUser.Id, cancellationToken)).Select(membership => membership.Tenant).ToHashSet()
            : [caller.Tenant];
        return [.. all.Where(tenant => own.Contains(tenant.Id))];
    }

    /// <summary>Creates a tenant; a user who does becomes its owner.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<CreateTenantOutcome> CreateAsync(Caller caller, string name, string displayName, CancellationToken cancellationToken)
    {
        DemandCreating(caller);
        if (!Slug.IsValid(name))
        {
            return new CreateTenantOutcome.Invalid("name", "A tenant's name has 1 to 63 lower-case letters, digits and inner hyphens.");
        }

        if (string.IsNullOrWhiteSpace(displayName) || !ShownName.IsFit(displayName))
        {
            return new CreateTenantOutcome.Invalid("displayName", $"A tenant is shown under a name of at most {MaxDisplayNameLength} characters, all of them to be seen.");
        }

        // Of a tenant the caller has nothing to do with nobody learns without proof.
        var tenant = new TenantId(name);
        if ((await ListAsync(caller, cancellationToken)).Any(known => known.Id == tenant))
        {
            return new CreateTenantOutcome.Taken();
        }

        await guard.DemandAsync(
            caller,
            new BoundOperation(SensitiveOperations.TenantCreate, caller.Tenant, $"tenant/{name}", [new("name", name), new("displayName", displayName.Trim())]),
            cancellationToken);
        var maker = caller with { Tenant = tenant };
        if (!await tenants.EnsureAsync(tenant, displayName.Trim(), maker.Audit(clock.GetUtcNow(), AuditActions.TenantCreated, $"tenant/{tenant}"), cancellationToken))
        {
            return new CreateTenantOutcome.Taken();
        }

        if (caller.Actor.Kind == "user")
        {
            var audit = maker.Audit(
                clock.GetUtcNow(), AuditActions.MembershipGranted, $"user/{caller.Actor.Id}", ("email", caller.Actor.Name), ("role", Roles.Owner));
            await memberships.SetAsync(tenant, caller.AsUser.Id, Roles.Owner, audit, cancellationToken);
        }

        return new CreateTenantOutcome.Created(tenant);
    }

    /// <summary>Whether the caller may create tenants, from where they are.</summary>
    public static bool MayCreate(Caller caller)
        => caller.IsMachine || (caller.Tenant == TenantId.Default && caller.Permissions.Contains(Permissions.TenantsManage));

    // An owner elsewhere owns their tenant, not the installation.
    private static void DemandCreating(Caller caller)
    {
        if (!MayCreate(caller))
        {
            throw new PermissionDeniedException(Permissions.TenantsManage);
        }
    }
}
