using Assistant.Domain.Ai;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.Engines;

/// <summary>The engines of a tenant in the order they are asked, and the one open beside them.</summary>
internal sealed class EnginesPageModel(EngineDesk desk, IEngineCatalog catalog, Caller caller)
{
    /// <summary><see langword="null"/> until they are read; the default first.</summary>
    public IReadOnlyList<EngineRow>? Rows { get; private set; }

    public EngineEditor? Editor { get; private set; }

    /// <summary>The address names an engine that is not there.</summary>
    public bool IsMissing { get; private set; }

    public bool MayManage => caller.Permissions.Contains(Permissions.EnginesManage);

    public IReadOnlyList<EngineManifest> Types => catalog.All;

    public async Task LoadAsync(CancellationToken cancellationToken) => Rows = await desk.ListAsync(caller, cancellationToken);

    /// <summary>Opens what the address says: an engine, a new one of a type, or nothing.</summary>
    public async Task OpenAsync(string? open, string? add, CancellationToken cancellationToken)
    {
        IsMissing = false;
        if (open is not null)
        {
            if (Editor?.Existing?.Engine.Name != open)
            {
                var row = await desk.FindAsync(caller, open, cancellationToken);
                IsMissing = row is null;
                Editor = row is null ? null : EngineEditor.Of(desk, caller, row);
            }
        }
        else if (add is { Length: > 0 } && MayManage && catalog.Find(add) is { } manifest)
        {
            if (Editor is not { Existing: null } editor || editor.Manifest?.Type != add)
            {
                Editor = EngineEditor.New(desk, caller, manifest, FreeName.Of(manifest.Type, (Rows ?? []).Select(row => row.Engine.Name)), NextOrder);
            }
        }
        else
        {
            Editor = null;
        }
    }

    /// <summary>Whether the engine can change places with the one before it: both are fallbacks and neither is declared in a file.</summary>
    public bool CanRise(EngineRow row)
    {
        var at = IndexOf(row);
        return MayManage && at > 1 && Rows![at] is { Engine: { IsProvisioned: false, IsDefault: false } } && Rows[at - 1] is { Engine: { IsProvisioned: false, IsDefault: false } };
    }

    /// <summary>Has the engine asked one place earlier.</summary>
    public async Task RiseAsync(EngineRow row, CancellationToken cancellationToken)
    {
        if (!CanRise(row))
        {
            return;
        }

        // All get the place they stand at: numbers may be equal or far apart, and then a swap of two would not move anything.
        var order = Rows!.ToList();
        var at = IndexOf(row);
        (order[at - 1], order[at]) = (order[at], order[at - 1]);
        for (var place = 0; place < order.Count; place++)
        {
            if (order[place].Engine is { IsProvisioned: false } engine && engine.Order != place)
            {
                await SaveAtAsync(order[place], place, cancellationToken);
            }
        }

        await LoadAsync(cancellationToken);
    }

    private int NextOrder => (Rows ?? []).Select(row => row.Engine.Order).DefaultIfEmpty(0).Max() + 1;

    private async Task SaveAtAsync(EngineRow row, int order, CancellationToken cancellationToken)
    {
        // The default stays one by itself; asking for it would take it back from the engine that got it meanwhile.
        var draft = new EngineDraft(
            row.Engine.Name, row.Engine.Type, new SettingValues(row.Engine.Settings.All), IsDefault: false, order, DraftPurpose.Change);
        await desk.SaveAsync(caller, draft, cancellationToken);
    }

    private int IndexOf(EngineRow row) => (Rows ?? []).Select(r => r.Engine.Name).ToList().IndexOf(row.Engine.Name);
}
