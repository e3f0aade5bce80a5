using System.Globalization;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Layout;

/// <summary>The session of an open page: what its person does keeps it open, and before it ends they are told.</summary>
public sealed partial class SessionWatch : IAsyncDisposable
{
    /// <summary>How long before its end a page says so.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private DotNetObjectReference<SessionWatch>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _listener;
    private ITimer? _timer;
    private SessionTimes? _ending;

    [Parameter, EditorRequired]
    public required Caller Caller { get; set; }

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    [Inject]
    private SessionBoard Board { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string SignInAgain => $"account/sign-in?returnUrl={Uri.EscapeDataString(new Uri(Navigation.Uri).PathAndQuery)}";

    /// <summary>The person did something on the page.</summary>
    [JSInvokable]
    public async Task SeenAsync()
    {
        if (Caller.Session is { } session)
        {
            await Board.SeeAsync(session, CancellationToken.None);
            Look();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _timer = Time.CreateTimer(_ => _ = InvokeAsync(Look), null, Beat, Beat);
            _self = DotNetObjectReference.Create(this);
            _module = await Js.InvokeAsync<IJSObjectReference>("import", "/console/session.js");
            _listener = await _module.InvokeAsync<IJSObjectReference>("watch", _self);
        }
    }

    private void Look()
    {
        var times = Caller.Session is { } session ? Board.FindTimes(session) : null;
        var ending = times is not null && times.EndsAt - Time.GetUtcNow() <= Notice ? times : null;
        if (ending != _ending)
        {
            _ending = ending;
            StateHasChanged();
        }
    }

    private string Clock(DateTimeOffset at) => Preferences.Local(at).ToString("HH:mm:ss", CultureInfo.CurrentCulture);

    public async ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        await _listener.StopAsync();
        await _module.ReleaseAsync();
        _self?.Dispose();
    }
}
