using Assistant.Domain.Conversations;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;
using Assistant.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The conversations room. The address holds filter and selection; everything decided is in the model.</summary>
public sealed partial class ConversationsPage : IAsyncDisposable
{
    private const string PersonPane = "person";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _left = new();
    private ConversationsPageModel? _model;
    private ChannelLooks _looks = default!;
    private Caller _me = default!;
    private IReadOnlyList<ConnectionRow> _connections = [];
    private ThreadPane? _thread;
    private LivePump? _pump;
    private ITimer? _timer;
    private int _beats;
    private string? _moving;

    [Parameter]
    public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "on")]
    private string? On { get; set; }

    [SupplyParameterFromQuery(Name = "pane")]
    private string? Pane { get; set; }

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private IConversationQueries Queries { get; set; } = default!;

    [Inject]
    private IConversationStore Store { get; set; } = default!;

    [Inject]
    private ConversationDesk Desk { get; set; } = default!;

    [Inject]
    private IIdempotencyStore Answers { get; set; } = default!;

    [Inject]
    private ReachDesk Reach { get; set; } = default!;

    [Inject]
    private ContinuationDesk Continuing { get; set; } = default!;

    [Inject]
    private PairingDesk People { get; set; } = default!;

    [Inject]
    private ConnectionDesk ConnectionDesk { get; set; } = default!;

    [Inject]
    private IRecall Recall { get; set; } = default!;

    [Inject]
    private IChannelCatalog Channels { get; set; } = default!;

    [Inject]
    private ILiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<ConversationsPageModel> Log { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private CancellationToken Left => _left.Token;

    private ConversationId? Selected => Id is { } id ? new ConversationId(id) : null;

    private ConversationAddress Address => ConversationAddress.Read(View, Text, On);

    // Without a conversation on screen nothing can be done to one.
    private ConversationControl Control => _model?.Thread.Control ?? ConversationControl.None;

    private string Deepest => Id is null ? "list" : Pane == PersonPane ? "side" : "main";

    protected override async Task OnInitializedAsync()
    {
        _me = await Callers.GetAsync();
        _looks = new ChannelLooks(Channels);
        _model = new ConversationsPageModel(
            new ConversationListModel(Queries, _me), new ThreadModel(Queries, _me, Time, Desk), new ContextModel(Store, People, Recall, _me),
            new ReachModel(Reach, Continuing, Store, _me), Desk, new SentOnce(Answers, _me, Time), _me, Time, Log)
        {
            IsOnScreen = RendererInfo.IsInteractive,
        };
        _model.Changed += Redraw;
        _model.Moved += to => _ = InvokeAsync(() => Navigation.NavigateTo(Address.Href(to)));
        if (_me.Permissions.Contains(Permissions.ChannelsRead))
        {
            _connections = await ConnectionDesk.ListAsync(_me, Left);
        }

        if (RendererInfo.IsInteractive)
        {
            _pump = LivePump.Start(Feed, _me.Tenant, Time, batch => InvokeAsync(() => ApplyAsync(batch)));
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(BeatAsync), null, Beat, Beat);
        }

        await ShowAsync();
    }

    protected override Task OnParametersSetAsync() => _model is null ? Task.CompletedTask : ShowAsync();

    private async Task ShowAsync()
    {
        if (_moving == Navigation.Uri)
        {
            return;
        }

        _moving = Navigation.Uri;
        await _model!.ShowAsync(Address.Filter, Selected, Left);
    }

    private async Task ApplyAsync(LiveBatch batch)
    {
        try
        {
            await _model!.ApplyAsync(batch, Left);
            StateHasChanged();
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

    // Somebody writing fades, a waiting time grows, and a busy tenant's list is read at its pace.
    private async Task BeatAsync()
    {
        try
        {
            var wasRead = await _model!.TickAsync(Left);
            if (wasRead || _model.Thread.HasTypists || ++_beats % 20 == 0)
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

    private string Href(Guid? id, string? pane = null) => Address.Href(id is { } value ? new ConversationId(value) : null, pane);

    private void SearchAsync(ChangeEventArgs e) => Navigation.NavigateTo((Address with { Text = e.Value?.ToString() }).Href(Selected), replace: true);

    private void NextUnread()
    {
        if (_model!.List.Rows.FirstOrDefault(row => row.Unread > 0 && row.Id != Selected) is { } next)
        {
            Navigation.NavigateTo(Address.Href(next.Id));
        }
    }

    private Task CloseOrReopenAsync() =>
        _model!.Thread.Control is { CanReopen: true } ? _model.ReopenAsync(Left) : _model.CloseAsync(Left);

    private void Write(ComposerMode mode) => _thread?.Write(mode);

    private void Redraw() => _ = InvokeAsync(StateHasChanged);

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
