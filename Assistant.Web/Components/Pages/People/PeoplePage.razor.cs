using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Web.Components.Live;
using Assistant.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Extensions;

namespace Assistant.Web.Components.Pages.People;

/// <summary>The people room: who asks to be let in, and everybody who was.</summary>
public sealed partial class PeoplePage : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private PeoplePageModel? _model;
    private ChannelLooks _looks = default!;
    private LivePump? _pump;
    private RenderFragment? _side;

    [Parameter]
    public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private PairingDesk Desk { get; set; } = default!;

    [Inject]
    private IChannelCatalog Channels { get; set; } = default!;

    [Inject]
    private ILiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private CancellationToken Left => _left.Token;

    protected override async Task OnInitializedAsync()
    {
        var me = await Callers.GetAsync();
        _looks = new ChannelLooks(Channels);
        _model = new PeoplePageModel(Desk, me, Time);
        _side = builder =>
        {
            builder.OpenComponent<PersonPane>(0);
            builder.AddAttribute(1, nameof(PersonPane.Model), _model);
            builder.AddAttribute(2, nameof(PersonPane.Looks), _looks);
            builder.CloseComponent();
        };
        _model.Changed += Redraw;
        if (RendererInfo.IsInteractive)
        {
            _pump = LivePump.Start(Feed, me.Tenant, Time, batch => InvokeAsync(() => ApplyAsync(batch)));
        }

        await ShowAsync();
    }

    protected override Task OnParametersSetAsync() => _model is null ? Task.CompletedTask : ShowAsync();

    private Task ShowAsync() =>
        _model!.ShowAsync(string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(), Id is { } id ? new PersonId(id) : null, Left);

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

    private string Href(PersonId? person) => HrefFor(person, Text);

    private static string HrefFor(PersonId? person, string? text)
    {
        var query = new QueryBuilder();
        if (!string.IsNullOrWhiteSpace(text))
        {
            query.Add("q", text.Trim());
        }

        return $"people{(person is null ? "" : $"/{person}")}{query.ToQueryString()}";
    }

    private void Search(ChangeEventArgs e) => Navigation.NavigateTo(HrefFor(null, e.Value?.ToString()), replace: true);

    private void Redraw() => _ = InvokeAsync(StateHasChanged);

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
