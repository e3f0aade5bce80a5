using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>What every step after the first has: who acts, and how far the set-up is.</summary>
public abstract class SetUpStepComponent : ComponentBase
{
    [Inject]
    private protected EngineDesk Engines { get; set; } = default!;

    [Inject]
    private protected ConnectionDesk Connections { get; set; } = default!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private protected ConsoleCaller Callers { get; set; } = default!;

    private protected Caller Caller { get; private set; } = default!;

    /// <summary><see langword="null"/> until it is read.</summary>
    private protected SetUpProgress? Progress { get; private set; }

    protected override async Task OnInitializedAsync()
    {
        Caller = await Callers.GetAsync();
        await ReadAsync();
    }

    private protected async Task ReadAsync()
        => Progress = await SetUpProgress.ReadAsync(Engines, Connections, Caller, CancellationToken.None);

    private protected void Go(SetUpStep step) => Navigation.NavigateTo(SetUpSteps.PathOf(step));
}
