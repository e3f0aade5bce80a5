using Assistant.Domain.Ai;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Engines;

/// <summary>The engines in the order they are asked; the open one beside. The address says which.</summary>
public sealed partial class EnginesPage : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _gone = new();
    private EnginesPageModel? _model;
    private ITimer? _timer;

    /// <summary>Name of the engine open beside.</summary>
    [SupplyParameterFromQuery]
    public string? Open { get; set; }

    /// <summary>Type of an engine to add; empty to choose one.</summary>
    [SupplyParameterFromQuery]
    public string? Add { get; set; }

    [Inject]
    private EngineDesk Desk { get; set; } = default!;

    [Inject]
    private IEngineCatalog Catalog { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    private bool IsSideOpen => Open is not null || Add is not null;

    private string SideName => Open ?? SetUpTexts.AddEngine;

    protected override async Task OnParametersSetAsync()
    {
        if (_model is null)
        {
            var model = new EnginesPageModel(Desk, Catalog, await Callers.GetAsync());
            await model.LoadAsync(_gone.Token);
            _model = model;
        }

        await _model.OpenAsync(Open, Add, _gone.Token);
    }

    // Health is what the last calls of this process showed; no event tells of it, and it is in memory.
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(RefreshAsync), null, Beat, Beat);
        }
    }

    private async Task RefreshAsync()
    {
        if (_model is null || _gone.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await _model.LoadAsync(_gone.Token);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The room was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private async Task RiseAsync(EngineRow row) => await _model!.RiseAsync(row, _gone.Token);

    private async Task SavedAsync()
    {
        await _model!.LoadAsync(_gone.Token);
        if (Open is null)
        {
            Navigation.NavigateTo($"engines?open={_model.Editor!.Name}", replace: true);
        }
    }

    private async Task DeletedAsync()
    {
        await _model!.LoadAsync(_gone.Token);
        Navigation.NavigateTo("engines", replace: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        _gone.Dispose();
    }
}
