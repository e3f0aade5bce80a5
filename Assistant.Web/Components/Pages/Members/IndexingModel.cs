using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Members;

/// <summary>What may be searched in the tenant the person is in, and that being decided.</summary>
internal sealed class IndexingModel(IndexingDesk desk, Caller caller)
{
    /// <summary>What is decided; <see langword="null"/> before it was read.</summary>
    public Indexing? Decided { get; private set; }

    public string? Done { get; private set; }

    public static bool IsFor(Caller caller) => caller.Permissions.Contains(Permissions.SearchManage);

    public async Task LoadAsync(CancellationToken cancellationToken) => Decided = await desk.ReadAsync(caller, cancellationToken);

    public async Task DecideAsync(Indexing indexing, CancellationToken cancellationToken)
    {
        await desk.DecideAsync(caller, indexing, cancellationToken);
        (Decided, Done) = (indexing, indexing == Indexing.Everything ? MembersTexts.IndexIsFilled : MembersTexts.IndexIsEmptied);
    }
}
