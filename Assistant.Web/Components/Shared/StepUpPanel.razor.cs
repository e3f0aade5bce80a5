using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Assistant.Web.Components.Shared;

/// <summary>Asks the signed-in person to prove by passkey or code that it is they who want an act.</summary>
public sealed partial class StepUpPanel : IAsyncDisposable
{
    private ElementReference _input;
    private IJSObjectReference? _module;
    private StepUpMeans? _means;
    private string _code = "";
    private bool _isBusy;
    private bool _wasFocused;

    [Parameter, EditorRequired]
    public required StepUpRequest Request { get; set; }

    /// <summary>The act may be done now.</summary>
    [Parameter, EditorRequired]
    public EventCallback OnProven { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnCancel { get; set; }

    [Inject]
    private StepUpDesk Desk { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private string? Problem { get; set; }

    protected override async Task OnInitializedAsync() => _means = await Desk.FindMeansAsync(await WhoAsync(), CancellationToken.None);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_wasFocused && _means is { Code: true } && _input.Context is not null)
        {
            _wasFocused = true;
            await _input.FocusAsync();
        }
    }

    // What a person asked for is in the person's tenant, wherever the session of their account is.
    private async ValueTask<Caller> WhoAsync()
    {
        var caller = await Callers.GetAsync();
        return Request.RequestedBy.Kind == "person" ? caller.In(Request.Tenant) : caller;
    }

    private Task ProveByCodeAsync() => string.IsNullOrWhiteSpace(_code)
        ? Task.CompletedTask
        : ProveAsync(async () =>
        {
            var code = _code.Trim();
            _code = "";
            return ProblemOf(await Desk.ProveByCodeAsync(await WhoAsync(), Request.Id, code, CancellationToken.None));
        });

    private Task ProveByPasskeyAsync() => ProveAsync(async () =>
    {
        var caller = await WhoAsync();
        if (await Desk.BeginByPasskeyAsync(caller, Request.Id, CancellationToken.None) is not { } begun)
        {
            return AccountTexts.ProofGone;
        }

        _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "/console/passkeys.js");
        var answer = await _module.AskForPasskeyAsync("sign", "not-signed", begun.OptionsJson);
        return answer.StartsWith('{')
            ? ProblemOf(await Desk.ProveByPasskeyAsync(caller, Request.Id, begun.Ceremony, answer, CancellationToken.None))
            : AccountTexts.PasskeyProblemOf(answer);
    });

    /// <param name="prove">Returns what is wrong, or <see langword="null"/> once it is proven.</param>
    private async Task ProveAsync(Func<Task<string?>> prove)
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            Problem = await prove();
        }
        finally
        {
            _isBusy = false;
        }

        if (Problem is null)
        {
            await OnProven.InvokeAsync();
        }
    }

    private static string? ProblemOf(StepUpOutcome outcome) => outcome switch
    {
        StepUpOutcome.Proven => null,
        StepUpOutcome.WrongCode => AccountTexts.ProofWrong,
        StepUpOutcome.WrongPasskey => AccountTexts.PasskeyProblemOf("invalid-passkey"),
        StepUpOutcome.Locked => AccountTexts.Locked,
        StepUpOutcome.NotEnrolled => AccountTexts.ProofNeedsSecondStep,
        StepUpOutcome.Gone => AccountTexts.ProofGone,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private async Task DeclineAsync()
    {
        await Desk.DeclineAsync(await WhoAsync(), Request.Id, CancellationToken.None);
        await OnCancel.InvokeAsync();
    }

    public ValueTask DisposeAsync() => _module.ReleaseAsync();
}
