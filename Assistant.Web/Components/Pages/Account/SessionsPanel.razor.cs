using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Web.Components.Live;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>The open sessions of the signed-in person. It stays true while it is looked at: an end elsewhere takes its line away.</summary>
public sealed partial class SessionsPanel : IDisposable
{
    private IReadOnlyList<UserSession> _sessions = [];
    private Caller _caller = default!;
    private Action? _look;
    private bool _isEnding;
    private string? _said;

    [Inject]
    private SessionDesk Desk { get; set; } = default!;

    [Inject]
    private SessionBoard Board { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    private bool IsBusy => _isEnding || !RendererInfo.IsInteractive;

    protected override async Task OnInitializedAsync()
    {
        _caller = await Callers.GetAsync();
        _look = OwnContext.Of(Look);
        Board.Changed += _look;
        await LoadAsync();
    }

    public void Dispose() => Board.Changed -= _look;

    private bool IsThis(UserSession session) => session.Id == _caller.Session;

    private Task EndAsync(UserSession session)
        => RunAsync(async () => await Desk.EndAsync(_caller, session.Id, CancellationToken.None) ? AccountTexts.SessionEnded : null);

    private Task EndOthersAsync() => RunAsync(async () => AccountTexts.SessionsEnded(await Desk.EndOthersAsync(_caller, CancellationToken.None)));

    // The page itself leaves with its session.
    private Task EndAllAsync() => RunAsync(async () =>
    {
        await Desk.EndAllAsync(_caller, CancellationToken.None);
        return null;
    });

    private async Task RunAsync(Func<Task<string?>> act)
    {
        if (_isEnding)
        {
            return;
        }

        _isEnding = true;
        try
        {
            _said = await act();
            await LoadAsync();
        }
        finally
        {
            _isEnding = false;
        }
    }

    private void Look() => _ = InvokeAsync(() => OwnAct.RunAsync(LookAsync, DispatchExceptionAsync));

    private async Task LookAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync() => _sessions = await Desk.ListAsync(_caller, CancellationToken.None);
}
