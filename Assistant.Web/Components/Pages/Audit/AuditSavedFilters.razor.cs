using Assistant.Domain.Audit.Filters;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The filters somebody keeps of the audit room: saved under a name, applied, deleted.</summary>
public sealed partial class AuditSavedFilters
{
    private IReadOnlyList<SavedAuditFilter> _kept = [];
    private string _name = "";
    private string? _refusal;

    [Parameter, EditorRequired]
    public required AuditAddress Address { get; set; }

    [Parameter, EditorRequired]
    public required TimeZoneInfo Zone { get; set; }

    [Inject]
    private AuditFilterDesk Desk { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    protected override Task OnInitializedAsync() => ReadAsync();

    private AuditAddress Apply(SavedAuditFilter kept) => AuditAddress.Of(kept.Filter, Zone);

    private async Task SaveAsync()
    {
        _refusal = await Desk.SaveAsync(await Callers.GetAsync(), _name, Address.Filter(Zone), CancellationToken.None) switch
        {
            SaveFilterOutcome.Saved => null,
            SaveFilterOutcome.NameRefused => DeskTexts.FilterNameRefused,
            SaveFilterOutcome.FilterRefused => DeskTexts.FilterRefused,
            SaveFilterOutcome.TooMany => DeskTexts.TooManyFilters(SavedAuditFilter.MaxPerUser),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
        if (_refusal is null)
        {
            _name = "";
            await ReadAsync();
        }
    }

    private async Task DeleteAsync(string name)
    {
        await Desk.DeleteAsync(await Callers.GetAsync(), name, CancellationToken.None);
        await ReadAsync();
    }

    private async Task ReadAsync() => _kept = await Desk.ListAsync(await Callers.GetAsync(), CancellationToken.None);
}
