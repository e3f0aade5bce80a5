using Assistant.Domain.Security;
using Assistant.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>The first screen of a new installation, behind the one-time link the program prints.</summary>
public sealed partial class AccountStepPage : IAsyncDisposable
{
    private static readonly string[] Fields = ["email", "password", "code"];

    private IJSObjectReference? _module;
    private bool _isCreated;

    /// <summary>From the link.</summary>
    [SupplyParameterFromQuery]
    public string? Token { get; set; }

    /// <summary>Network address of the page request, for the audit event: the circuit has no request of its own.</summary>
    [PersistentState]
    public string? Origin { get; set; }

    /// <summary>What the page request found out about the link: the live page begins with the form in place, not with nothing.</summary>
    [PersistentState]
    public bool? IsOpen { get; set; }

    [Inject]
    private SetupGate Gate { get; set; } = default!;

    [Inject]
    private WrongSecrets Wrong { get; set; } = default!;

    [Inject]
    private ITotp Totp { get; set; } = default!;

    [Inject]
    private IHttpContextAccessor Request { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private AccountStepModel Model { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        Origin ??= Request.HttpContext?.Connection.RemoteIpAddress?.ToString();
        Model = new AccountStepModel(Gate, Totp, Wrong, Origin, IsOpen);
        if (IsOpen is null)
        {
            await Model.OpenAsync(Token, CancellationToken.None);
            IsOpen = Model.IsOpen;
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isCreated)
        {
            await (await FindModuleAsync()).InvokeVoidAsync("submitForm", "first-sign-in");
        }
    }

    private static string? Invalid(string? problem) => problem is null ? null : "true";

    private void CheckEmail()
    {
        if (Model.Email.Length > 0)
        {
            Model.CheckEmail();
        }
    }

    private void CheckPassword()
    {
        if (Model.Password.Length > 0)
        {
            Model.CheckPassword();
        }
    }

    // What stands in the fields is what people see, and a browser may fill them in without saying so.
    private async Task ClaimAsync()
    {
        var typed = await (await FindModuleAsync()).InvokeAsync<string[]>("valuesOf", (object)Fields);
        if (_isCreated || Model.IsBusy)
        {
            return; // pressed twice: the first press decides
        }

        (Model.Email, Model.Password, Model.Code) = (typed[0], typed[1], typed[2]);
        _isCreated = await Model.ClaimAsync(Token, CancellationToken.None);
    }

    private async Task<IJSObjectReference> FindModuleAsync() => _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/set-up.js");

    public ValueTask DisposeAsync() => Shared.JsModules.ReleaseAsync(_module);
}
