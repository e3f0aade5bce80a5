using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Web.Components.Live;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.DeadLetters;

/// <summary>The room of messages the product gave up on.</summary>
public sealed partial class DeadLettersPage : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private DeadLettersPageModel? _model;
    private LivePump? _pump;
    private bool _isBusy;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private DeadLetterDesk Desk { get; set; } = default!;

    [Inject]
    private ILiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private CancellationToken Left => _left.Token;

    protected override async Task OnInitializedAsync()
    {
        var me = await Callers.GetAsync();
        _model = new DeadLettersPageModel(Desk, me);
        if (RendererInfo.IsInteractive)
        {
            _pump = LivePump.Start(Feed, me.Tenant, Time, batch => InvokeAsync(() => ApplyAsync(batch)));
        }

        await _model.LoadAsync(Left);
    }

    private async Task ApplyAsync(LiveBatch batch)
    {
        try
        {
            if (await _model!.ApplyAsync(batch, Left))
            {
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (Left.IsCancellationRequested)
        {
            // The room was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> act)
    {
        _isBusy = true;
        try
        {
            await act(Left);
        }
        finally
        {
            _isBusy = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_pump is not null)
        {
            await _pump.DisposeAsync();
        }

        _left.Dispose();
    }
}
