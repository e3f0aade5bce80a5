using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>roles</c>: what members and keys of a tenant may do.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.RoleSaved, AuditActions.RoleDeleted, WantsProof = true)]
internal sealed class RolesVerb(RoleDesk desk, ITenantDirectory tenants) : IVerb
{
    public string Name => "roles";

    public string Usage => """
        roles list [--tenant T] [--json]
        roles save --name N --permissions P,P… [--tenant T]
        roles delete --name N [--tenant T]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["list", ..] => ListAsync(context, cancellationToken),
            ["save", ..] => SaveAsync(context, cancellationToken),
            ["delete", ..] => DeleteAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with roles."),
        });

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var caller = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).CallerAsync(tenants, cancellationToken);
        var all = Roles.All.Select(name => (Name: name, IsBuiltIn: true, Permissions: Roles.PermissionsOf(name)))
            .Concat((await desk.ListAsync(caller, cancellationToken)).Select(role => (role.Name, IsBuiltIn: false, role.Permissions)))
            .Select(role => new { role.Name, role.IsBuiltIn, Permissions = role.Permissions.Order(StringComparer.Ordinal).ToList() }).ToList();
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(all));
        }
        else
        {
            await context.WriteTableAsync([.. all.Select(role => new[] { role.Name, string.Join(", ", role.Permissions) })]);
        }

        return VerbExit.Fine;
    }

    private async Task<int> SaveAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--name", "--permissions", "--tenant"]);
        var permissions = options.Require("--permissions").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        if (await desk.SaveAsync(caller, options.Require("--name"), permissions, cancellationToken) is SaveRoleOutcome.Invalid invalid)
        {
            throw new VerbUseException(invalid.Message);
        }

        await context.Out.WriteLineAsync($"Saved the role {options.Find("--name")} of tenant {caller.Tenant}.");
        return VerbExit.Fine;
    }

    private async Task<int> DeleteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--name", "--tenant"]);
        var (name, caller) = (options.Require("--name"), await options.CallerAsync(tenants, cancellationToken));
        switch (await desk.DeleteAsync(caller, name, cancellationToken))
        {
            case DeleteRoleOutcome.Deleted:
                await context.Out.WriteLineAsync($"Deleted the role {name} of tenant {caller.Tenant}.");
                return VerbExit.Fine;
            case DeleteRoleOutcome.InUse held:
                await context.Error.WriteLineAsync($"{held.Members} members and {held.Keys} API keys hold the role {name}: give them another first.");
                return VerbExit.CheckFailed;
            case DeleteRoleOutcome.NotFound:
                await context.Error.WriteLineAsync($"Tenant {caller.Tenant} made no role {name}.");
                return VerbExit.CheckFailed;
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }
}
