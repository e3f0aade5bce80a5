using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Connections;

/// <summary>One row per messenger account; the open one beside. The address says which.</summary>
public sealed partial class ConnectionsPage : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _gone = new();
    private ConnectionsPageModel? _model;
    private LiveFollower? _follower;

    /// <summary>Name of the connection open beside.</summary>
    [SupplyParameterFromQuery]
    public string? Open { get; set; }

    /// <summary>Type of a connection to add; empty to choose one.</summary>
    [SupplyParameterFromQuery]
    public string? Add { get; set; }

    [Inject]
    private ConnectionDesk Desk { get; set; } = default!;

    [Inject]
    private IChannelCatalog Channels { get; set; } = default!;

    [Inject]
    private ILiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private ILogger<LiveFollower> Log { get; set; } = default!;

    private bool IsSideOpen => Open is not null || Add is not null;

    private string SideName => Open ?? SetUpTexts.AddConnection;

    protected override async Task OnParametersSetAsync()
    {
        var caller = await Callers.GetAsync();
        _model ??= new ConnectionsPageModel(Desk, Channels, caller);
        if (RendererInfo.IsInteractive && !_gone.IsCancellationRequested)
        {
            // Following begins before the first reading, so that nothing falls between the two.
            _follower ??= new LiveFollower(
                Feed, caller.Tenant, Time, Pause,
                live => live is LiveEvent.ConnectionChanged or LiveEvent.MessageChanged, () => InvokeAsync(RefreshAsync), Log);
        }

        if (_model.Rows is null)
        {
            await _model.LoadAsync(_gone.Token);
        }

        await _model.OpenAsync(Open, Add, _gone.Token);
    }

    private async Task RefreshAsync()
    {
        if (_model is not null)
        {
            await _model.LoadAsync(_gone.Token);
            StateHasChanged();
        }
    }

    private async Task SwitchAsync((ConnectionRow Row, bool IsEnabled) change)
        => await _model!.SwitchAsync(change.Row, change.IsEnabled, _gone.Token);

    private async Task SavedAsync()
    {
        await _model!.LoadAsync(_gone.Token);
        if (Open is null)
        {
            Navigation.NavigateTo($"connections?open={_model.Editor!.Name}", replace: true);
        }
    }

    private async Task DeletedAsync()
    {
        await _model!.LoadAsync(_gone.Token);
        Navigation.NavigateTo("connections", replace: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        if (_follower is not null)
        {
            await _follower.DisposeAsync();
        }

        _gone.Dispose();
    }
}
