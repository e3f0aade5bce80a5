using Assistant.Domain.Ai;
using Assistant.Domain.Security;
using Assistant.Web.Components.Pages.Engines;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>Choosing what answers: a type, its settings, and making it the one asked first.</summary>
internal sealed class EngineStepModel(EngineDesk desk, IEngineCatalog catalog, Caller caller, IReadOnlyList<EngineRow> rows)
{
    public IReadOnlyList<EngineManifest> Types { get; } = [.. catalog.All.OrderByDescending(type => type.Type == SetUpProgress.EmbeddedEngine)];

    /// <summary>The chosen type's engine: the one there is, or a new one.</summary>
    public EngineEditor Editor { get; private set; } = EngineEditor.Of(desk, caller, rows[0]);

    public string? ChosenType => Editor.Manifest?.Type;

    public void Choose(string type)
    {
        if (type == ChosenType || catalog.Find(type) is not { } manifest)
        {
            return;
        }

        var existing = rows.FirstOrDefault(row => row.Engine.Type == type);
        Editor = existing is null
            ? EngineEditor.New(desk, caller, manifest, FreeName.Of(type, rows.Select(row => row.Engine.Name)), rows.Max(row => row.Engine.Order) + 1)
            : EngineEditor.Of(desk, caller, existing);
        Editor.MakeDefault = existing is not { Engine.IsDefault: true };
    }

    /// <summary>Stores the choice where there is something to store.</summary>
    /// <returns>Whether one can go on.</returns>
    public async Task<bool> UseAsync(CancellationToken cancellationToken) => !Editor.IsChanged || await Editor.SaveAsync(cancellationToken);
}
