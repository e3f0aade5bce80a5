using Assistant.Domain.Audit;
using Assistant.Domain.Observability;
using Assistant.Web.Components.Live;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Audit;

/// <summary>The audit room. The address holds filter and selection.</summary>
public sealed partial class AuditPage : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _left = new();
    private AuditPageModel? _model;
    private LivePump? _pump;
    private ITimer? _timer;
    private RenderFragment? _side;

    [Parameter]
    public long? Seq { get; set; }

    [SupplyParameterFromQuery(Name = "action")]
    private string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "actor")]
    private string? Actor { get; set; }

    [SupplyParameterFromQuery(Name = "subject")]
    private string? Subject { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    [SupplyParameterFromQuery(Name = "until")]
    private string? Until { get; set; }

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private IAuditLog Log { get; set; } = default!;

    [Inject]
    private ILiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private CancellationToken Left => _left.Token;

    private AuditAddress Address => AuditAddress.Read(Action, Actor, Subject, Text, From, Until);

    private TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(Preferences.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    protected override async Task OnInitializedAsync()
    {
        var me = await Callers.GetAsync();
        _model = new AuditPageModel(Log, me, Time);
        _side = builder =>
        {
            if (!_model.IsLoaded)
            {
                return;
            }

            builder.OpenComponent<AuditDetails>(0);
            builder.AddAttribute(1, nameof(AuditDetails.Event), _model.Selected);
            builder.AddAttribute(2, nameof(AuditDetails.Address), Address);
            builder.CloseComponent();
        };
        if (RendererInfo.IsInteractive)
        {
            _pump = LivePump.Start(Feed, me.Tenant, Time, batch => InvokeAsync(() => RunAsync(() => _model.ApplyAsync(batch, Left))));
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(() => RunAsync(() => _model.TickAsync(Left))), null, Beat, Beat);
        }

        await ShowAsync();
    }

    protected override Task OnParametersSetAsync() => _model is null ? Task.CompletedTask : ShowAsync();

    private Task ShowAsync() => _model!.ShowAsync(Address.Filter(Zone), Seq, Left);

    private async Task RunAsync(Func<Task<bool>> act)
    {
        try
        {
            if (await act())
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

    private async Task FollowAsync(bool isPaused)
    {
        if (isPaused)
        {
            _model!.Pause();
        }
        else
        {
            await _model!.ResumeAsync(Left);
        }
    }

    private void Search(ChangeEventArgs e) => Navigation.NavigateTo(
        (Address with { Text = string.IsNullOrWhiteSpace(e.Value?.ToString()) ? null : e.Value.ToString() }).Href(null), replace: true);

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        _timer?.Dispose();
        if (_pump is not null)
        {
            await _pump.DisposeAsync();
        }

        _left.Dispose();
    }
}
