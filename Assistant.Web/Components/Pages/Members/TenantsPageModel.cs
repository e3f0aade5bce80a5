using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>The tenants the person belongs to, and a new one being made.</summary>
internal sealed class TenantsPageModel(TenantDesk desk, Caller caller)
{
    public IReadOnlyList<Tenant>? Tenants { get; private set; }

    public bool MayCreate => TenantDesk.MayCreate(caller);

    public ProvenAct Act { get; } = new();

    public string Name { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string? Done { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>Whether the session is in this tenant.</summary>
    public bool IsHere(Tenant tenant) => tenant.Id == caller.Tenant;

    public async Task LoadAsync(CancellationToken cancellationToken) => Tenants = await desk.ListAsync(caller, cancellationToken);

    public Task CreateAsync(CancellationToken cancellationToken)
    {
        (Done, Problem) = (null, null);
        var (name, shown) = (Name.Trim(), DisplayName.Trim());
        return Act.RunAsync(caller, async by =>
        {
            switch (await desk.CreateAsync(by, name, shown.Length == 0 ? name : shown, cancellationToken))
            {
                case CreateTenantOutcome.Created:
                    (Done, Name, DisplayName) = (MembersTexts.TenantCreated(name), "", "");
                    await LoadAsync(cancellationToken);
                    break;
                case CreateTenantOutcome.Taken:
                    Problem = MembersTexts.TenantTaken;
                    break;
                case CreateTenantOutcome.Invalid:
                    Problem = MembersTexts.TenantNameWrong;
                    break;
                case var other:
                    throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        });
    }

    public Task RepeatAsync() => Act.RepeatAsync(caller);
}
