using Assistant.Domain.Security.External;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>Logins of the signed-in person at identity providers.</summary>
public sealed partial class ExternalLoginsPanel : IAsyncDisposable
{
    private IReadOnlyList<ExternalLogin> _logins = [];
    private IJSObjectReference? _module;
    private IdentityProvider? _connecting;
    private ExternalLoginId? _removing;
    private bool _isPosting;
    private string _password = "";
    private string? _passwordProblem;
    private string? _problem;

    /// <summary>How the way to a provider and back ended, in one word.</summary>
    [SupplyParameterFromQuery]
    public string? Login { get; set; }

    [Inject]
    private ExternalLoginDesk Desk { get; set; } = default!;

    [Inject]
    private IdentityProviders Providers { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    private bool IsBusy => _isPosting || !RendererInfo.IsInteractive;

    protected override async Task OnInitializedAsync()
    {
        _problem = Login is null or "connected" ? null : AccountTexts.LoginProblemOf(Login);
        _logins = await Desk.ListAsync(await Callers.GetAsync(), CancellationToken.None);
    }

    private void BeginConnecting(IdentityProvider provider)
    {
        Cancel();
        _connecting = provider;
    }

    private void BeginRemoving(ExternalLogin login)
    {
        Cancel();
        _removing = login.Id;
    }

    private void Cancel() => (_connecting, _removing, _password, _passwordProblem, _problem) = (null, null, "", null, null);

    // The answer is the provider's address or one word; the browser has the cookies that belong to the question by then.
    private Task ConnectAsync() => PostAsync("connect", new() { ["provider"] = _connecting!.Key }, answer =>
    {
        if (!Uri.TryCreate(answer, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            return false;
        }

        Navigation.NavigateTo(answer, forceLoad: true);
        return true;
    });

    private Task RemoveAsync() => PostAsync("remove", new() { ["id"] = _removing!.Value.ToString() }, answer =>
    {
        if (answer != CredentialWords.Changed)
        {
            return false;
        }

        Navigation.NavigateTo("account?done=login-removed", forceLoad: true);
        return true;
    });

    /// <param name="take">Whether the answer was what was hoped for.</param>
    private async Task PostAsync(string act, Dictionary<string, string> fields, Func<string, bool> take)
    {
        _problem = null;
        _passwordProblem = _password.Length == 0 ? AccountTexts.PasswordMissing : null;
        if (_isPosting || _passwordProblem is not null)
        {
            return;
        }

        _isPosting = true;
        try
        {
            fields["password"] = _password;
            _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/account.js");
            var answer = await _module.InvokeAsync<string>("post", $"/account/external/{act}", fields);
            if (!take(answer))
            {
                (_passwordProblem, _problem) = answer == CredentialWords.WrongPassword
                    ? (AccountTexts.PasswordWrong, (string?)null)
                    : (null, AccountTexts.LoginProblemOf(answer));
            }
        }
        finally
        {
            _isPosting = false;
        }
    }

    private string Exact(DateTimeOffset at) => TimeWords.Exact(Preferences.Local(at));

    public ValueTask DisposeAsync() => JsModules.ReleaseAsync(_module);
}
