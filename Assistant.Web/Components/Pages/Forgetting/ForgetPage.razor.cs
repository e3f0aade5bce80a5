using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People;
using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Pages.Forgetting;

/// <summary>One decision: look what would go, agree, follow it to its certificate.</summary>
public sealed partial class ForgetPage : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private ForgetPageModel? _model;
    private Task _following = Task.CompletedTask;
    private bool _isBusy;

    /// <summary><c>person</c>, <c>conversation</c> or <c>message</c>.</summary>
    [Parameter]
    public required string Kind { get; set; }

    [Parameter]
    public Guid Id { get; set; }

    [Parameter]
    public long Seq { get; set; }

    [Inject]
    private ForgettingDesk Desk { get; set; } = default!;

    [Inject]
    private ConsoleCaller Callers { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<ErasureFollower> Log { get; set; } = default!;

    private string BackHref => Kind == "person" ? $"people/{Id}" : $"conversations/{Id}";

    /// <summary>The address of the decision about a scope.</summary>
    internal static string HrefOf(ErasureScope scope) => scope.Kind switch
    {
        ErasureKind.Person => $"forgetting/person/{scope.Id}",
        ErasureKind.Conversation => $"forgetting/conversation/{scope.Id}",
        _ => FormattableString.Invariant($"forgetting/message/{scope.Id}/{scope.Seq}"),
    };

    protected override async Task OnInitializedAsync()
    {
        var scope = Kind switch
        {
            "person" => ErasureScope.Of(new PersonId(Id)),
            "conversation" => ErasureScope.Of(new ConversationId(Id)),
            _ => ErasureScope.Of(new ConversationId(Id), Seq),
        };
        _model = new ForgetPageModel(Desk, await Callers.GetAsync(), scope);
        await _model.LoadAsync(_left.Token);
    }

    private Task ForgetAsync() => RunAsync(() => _model!.ForgetAsync(_left.Token));

    private Task RepeatAsync() => RunAsync(() => _model!.RepeatAsync());

    private async Task RunAsync(Func<Task> act)
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            await act();
        }
        finally
        {
            _isBusy = false;
        }

        if (_model!.Erasure is not null && _following.IsCompleted)
        {
            _following = new ErasureFollower(Time, Log).FollowAsync(LookAsync, _left.Token);
        }
    }

    private async Task<bool> LookAsync()
    {
        var isDone = await _model!.FollowAsync(_left.Token);
        await InvokeAsync(StateHasChanged);
        return isDone;
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _left.Dispose();
    }
}
