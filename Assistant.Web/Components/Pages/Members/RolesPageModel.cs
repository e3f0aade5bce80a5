using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>The roles of the tenant: what each may do, and the tenant's own being made, changed and deleted.</summary>
internal sealed class RolesPageModel(RoleDesk desk, Caller caller)
{
    public IReadOnlyList<CustomRole>? Own { get; private set; }

    public bool MayManage => caller.Permissions.Contains(Permissions.RolesManage);

    /// <summary>What the caller can give to a role: nobody gives more than they have.</summary>
    public IReadOnlyList<string> Givable { get; } = [.. Permissions.All.Where(caller.Permissions.Contains).Order(StringComparer.Ordinal)];

    public ProvenAct Act { get; } = new();

    public string Name { get; set; } = "";

    public HashSet<string> Chosen { get; } = new(StringComparer.Ordinal);

    public string? Done { get; private set; }

    public string? Problem { get; private set; }

    public async Task LoadAsync(CancellationToken cancellationToken) => Own = await desk.ListAsync(caller, cancellationToken);

    /// <summary>Puts a role into the form.</summary>
    public void Edit(CustomRole role)
    {
        (Name, Done, Problem) = (role.Name, null, null);
        Chosen.Clear();
        Chosen.UnionWith(role.Permissions);
    }

    public void Choose(string permission, bool isChosen) => _ = isChosen ? Chosen.Add(permission) : Chosen.Remove(permission);

    public Task SaveAsync(CancellationToken cancellationToken)
    {
        var (name, chosen) = (Name.Trim(), Chosen.ToList());
        return RunAsync(async by =>
        {
            switch (await desk.SaveAsync(by, name, chosen, cancellationToken))
            {
                case SaveRoleOutcome.Saved:
                    Done = MembersTexts.RoleSaved(name);
                    Name = "";
                    Chosen.Clear();
                    await LoadAsync(cancellationToken);
                    break;
                case SaveRoleOutcome.Invalid { Key: "name" }:
                    Problem = MembersTexts.RoleNameWrong;
                    break;
                case SaveRoleOutcome.Invalid when chosen.Count == 0:
                    Problem = MembersTexts.RoleEmpty;
                    break;
                case SaveRoleOutcome.Invalid:
                    Problem = MembersTexts.RoleTooMuch;
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }

    public Task DeleteAsync(CustomRole role, CancellationToken cancellationToken) => RunAsync(async by =>
    {
        switch (await desk.DeleteAsync(by, role.Name, cancellationToken))
        {
            case DeleteRoleOutcome.InUse held:
                Problem = MembersTexts.RoleInUse(held.Members, held.Keys);
                break;
            case DeleteRoleOutcome.Deleted or DeleteRoleOutcome.NotFound:
                Done = MembersTexts.RoleDeleted(role.Name);
                await LoadAsync(cancellationToken);
                break;
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    });

    public Task RepeatAsync() => Act.RepeatAsync(caller);

    private Task RunAsync(Func<Caller, Task> act)
    {
        (Done, Problem) = (null, null);
        return Act.RunAsync(caller, act);
    }
}
