using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>What may be searched in the tenant the person is in, and that being decided.</summary>
internal sealed class IndexingModel(IndexingDesk desk, Caller caller)
{
    private Indexing? _asked;

    /// <summary>What is chosen: what was decided, or what is about to be once it is proven; <see langword="null"/> before it was read.</summary>
    public Indexing? Chosen => _asked ?? Decided;

    /// <summary>What is decided; <see langword="null"/> before it was read.</summary>
    public Indexing? Decided { get; private set; }

    /// <summary>Declared in <c>assistant.yaml</c>, hence read-only here.</summary>
    public bool IsProvisioned { get; private set; }

    public ProvenAct Act { get; } = new();

    public string? Done { get; private set; }

    public static bool IsFor(Caller caller) => caller.Permissions.Contains(Permissions.SearchManage);

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        IsProvisioned = await desk.IsProvisionedAsync(caller, cancellationToken);
        Decided = await desk.ReadAsync(caller, cancellationToken);
    }

    public Task DecideAsync(Indexing indexing, CancellationToken cancellationToken)
    {
        (_asked, Done) = (indexing, null);
        return Act.RunAsync(caller, async by =>
        {
            if (await desk.DecideAsync(by, indexing, cancellationToken) == IndexingOutcome.Provisioned)
            {
                (IsProvisioned, _asked) = (true, null); // since the page was drawn
                return;
            }

            (Decided, _asked, Done) = (indexing, null, indexing == Indexing.Everything ? MembersTexts.IndexIsFilled : MembersTexts.IndexIsEmptied);
        });
    }

    /// <summary>Decides it, now that it is proven.</summary>
    public Task RepeatAsync() => Act.RepeatAsync(caller);

    /// <summary>Leaves it as it is decided.</summary>
    public void Forgo()
    {
        Act.Forgo();
        _asked = null;
    }
}
