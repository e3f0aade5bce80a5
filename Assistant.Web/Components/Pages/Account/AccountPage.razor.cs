using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.Account;

/// <summary>The signed-in person's password, second step and looks.</summary>
public sealed partial class AccountPage : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private bool _isLoaded;
    private bool _isCopied;
    private bool _isPosting;

    /// <summary>What was changed by the visit before: <c>password</c>, <c>totp</c>, <c>totp-removed</c>, <c>passkey-revoked</c>, <c>login-removed</c> or <c>recovery-codes</c>.</summary>
    [SupplyParameterFromQuery]
    public string? Done { get; set; }

    [Inject]
    private AccountDesk Desk { get; set; } = default!;

    [Inject]
    private ITotp Totp { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [CascadingParameter]
    private Preferences Preferences { get; set; } = Preferences.Default;

    private AccountPageModel Model { get; set; } = default!;

    // Until the page is live a press would send a form the browser's own way.
    private bool IsBusy => _isPosting || !RendererInfo.IsInteractive;

    protected override async Task OnInitializedAsync()
    {
        Model = new AccountPageModel(Desk, Totp, await Callers.GetAsync());
        await Model.LoadAsync(CancellationToken.None);
        _isLoaded = true;
    }

    private void CheckNext()
    {
        if (Model.Next.Length > 0)
        {
            Model.CheckNext();
        }
    }

    private void CheckAgain()
    {
        if (Model.Again.Length > 0)
        {
            Model.CheckAgain();
        }
    }

    private Task ChangePasswordAsync() => PostAsync(Model.PasswordPost(), "password");

    private Task EnrolAsync() => PostAsync(Model.TotpPost(), "totp");

    private Task RemoveAsync() => PostAsync(Model.RemovalPost(), "totp-removed");

    private async Task PostAsync(AccountPost? post, string done)
    {
        if (post is null || _isPosting)
        {
            return;
        }

        _isPosting = true;
        try
        {
            if (Model.Took(post, await (await ModuleAsync()).InvokeAsync<string>("post", post.Address, post.Fields)))
            {
                Navigation.NavigateTo($"account?done={done}", forceLoad: true);
            }
        }
        finally
        {
            _isPosting = false;
        }
    }

    private async Task CopyAsync() => _isCopied = await (await ModuleAsync()).InvokeAsync<bool>("copy", Model.SecretText);

    private async Task<IJSObjectReference> ModuleAsync() => _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/account.js");

    public ValueTask DisposeAsync() => JsModules.ReleaseAsync(_module);
}
