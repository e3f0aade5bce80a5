using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>Makes recovery codes and shows them on the visit after: making them ends the session the page was drawn for.</summary>
public sealed partial class RecoveryCodesPanel : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private string[] _codes = [];
    private bool _isMaking;
    private bool _isPosting;
    private string _password = "";
    private string? _passwordProblem;
    private string? _problem;

    /// <summary>How many codes were not used yet.</summary>
    [Parameter, EditorRequired]
    public required int Left { get; set; }

    /// <summary>Whose they are; printed with them.</summary>
    [Parameter, EditorRequired]
    public required string Email { get; set; }

    /// <summary>Whether this visit follows the making of new ones.</summary>
    [Parameter]
    public bool AreNew { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private bool IsBusy => _isPosting || !RendererInfo.IsInteractive;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && AreNew)
        {
            _codes = await (await ModuleAsync()).InvokeAsync<string[]>("takeRecoveryCodes") ?? [];
            StateHasChanged();
        }
    }

    private void Begin() => (_isMaking, _password, _passwordProblem, _problem) = (true, "", null, null);

    private void Cancel() => (_isMaking, _password) = (false, "");

    private async Task MakeAsync()
    {
        _passwordProblem = _password.Length == 0 ? AccountTexts.PasswordMissing : null;
        if (_isPosting || _passwordProblem is not null)
        {
            return;
        }

        _isPosting = true;
        try
        {
            switch (await (await ModuleAsync()).InvokeAsync<string>("makeRecoveryCodes", _password))
            {
                case CredentialWords.Changed:
                    Navigation.NavigateTo("account?done=recovery-codes", forceLoad: true);
                    break;
                case CredentialWords.WrongPassword:
                    _passwordProblem = AccountTexts.PasswordWrong;
                    break;
                case CredentialWords.Locked:
                    _problem = AccountTexts.Locked;
                    break;
                default:
                    _problem = Texts.SignInExpired;
                    break;
            }
        }
        finally
        {
            _isPosting = false;
        }
    }

    private async Task PrintAsync() => await (await ModuleAsync()).InvokeVoidAsync("print");

    private async Task<IJSObjectReference> ModuleAsync() => _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/passkeys.js");

    public ValueTask DisposeAsync() => JsModules.ReleaseAsync(_module);
}
