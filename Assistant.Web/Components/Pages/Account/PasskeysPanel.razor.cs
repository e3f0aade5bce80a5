using Assistant.Domain.Security.Passkeys;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>Passkeys of the signed-in person. The browser itself speaks with the authenticator and posts what it says.</summary>
public sealed partial class PasskeysPanel : IAsyncDisposable
{
    private IReadOnlyList<Passkey> _passkeys = [];
    private IJSObjectReference? _module;
    private PasskeyId? _renaming;
    private PasskeyId? _revoking;
    private bool _isAdding;
    private bool _isPosting;
    private string _name = "";
    private string _password = "";
    private string? _passwordProblem;
    private string? _problem;
    private string? _said;

    [Inject]
    private PasskeyDesk Desk { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    private bool IsBusy => _isPosting || !RendererInfo.IsInteractive;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => _passkeys = await Desk.ListAsync(await Callers.GetAsync(), CancellationToken.None);

    private void BeginAdding()
    {
        Cancel();
        _isAdding = true;
    }

    private void BeginRenaming(Passkey passkey)
    {
        Cancel();
        (_renaming, _name) = (passkey.Id, passkey.Name);
    }

    private void BeginRevoking(Passkey passkey)
    {
        Cancel();
        _revoking = passkey.Id;
    }

    private void Cancel()
    {
        (_isAdding, _renaming, _revoking) = (false, null, null);
        (_name, _password, _passwordProblem, _problem, _said) = ("", "", null, null, null);
    }

    private Task AddAsync() => RunAsync(
        module => module.AskForPasskeyAsync("add", "cancelled", _password, _name),
        async () =>
        {
            Cancel();
            _said = AccountTexts.PasskeyAdded;
            await LoadAsync();
        });

    private Task RenameAsync() => RunAsync(
        async module => await module.InvokeAsync<string>("change", "rename", new Dictionary<string, string> { ["id"] = _renaming!.Value.ToString(), ["name"] = _name }),
        async () =>
        {
            Cancel();
            await LoadAsync();
        },
        wantsPassword: false);

    private Task RevokeAsync() => RunAsync(
        async module => await module.InvokeAsync<string>("change", "revoke", new Dictionary<string, string> { ["id"] = _revoking!.Value.ToString(), ["password"] = _password }),
        () =>
        {
            Navigation.NavigateTo("account?done=passkey-revoked", forceLoad: true);
            return Task.CompletedTask;
        });

    private async Task RunAsync(Func<IJSObjectReference, Task<string>> act, Func<Task> done, bool wantsPassword = true)
    {
        (_problem, _said) = (null, null);
        _passwordProblem = wantsPassword && _password.Length == 0 ? AccountTexts.PasswordMissing : null;
        if (_isPosting || _passwordProblem is not null)
        {
            return;
        }

        _isPosting = true;
        try
        {
            var word = await act(_module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/passkeys.js"));
            if (word == CredentialWords.Changed)
            {
                await done();
            }
            else if (word == CredentialWords.WrongPassword)
            {
                _passwordProblem = AccountTexts.PasswordWrong;
            }
            else
            {
                _problem = AccountTexts.PasskeyProblemOf(word);
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
