using Assistant.Domain.People;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.People;

/// <summary>Who else a person is: the list, ending a link, and linking by an operator's word.</summary>
internal sealed class PersonLinksModel(PersonLinkDesk desk, PairingDesk people, Caller caller, PersonId person)
{
    private const int MaxFound = 8;

    public IReadOnlyList<LinkedPerson> Others { get; private set; } = [];

    public bool MayManage => caller.Permissions.Contains(Permissions.PeopleManage);

    /// <summary>Whether the form to link is open.</summary>
    public bool IsLinking { get; private set; }

    public string Sought { get; set; } = "";

    /// <summary>Whom the search found; <see langword="null"/> before it.</summary>
    public IReadOnlyList<PersonRow>? Found { get; private set; }

    public PersonId? Chosen { get; private set; }

    public string Reason { get; set; } = "";

    public string? Problem { get; private set; }

    public async Task LoadAsync() => Others = await desk.ListAsync(caller, person, CancellationToken.None);

    public void Begin() => (IsLinking, Sought, Found, Chosen, Reason, Problem) = (true, "", null, null, "", null);

    public void Cancel() => IsLinking = false;

    public async Task FindAsync()
    {
        (Problem, Chosen) = (null, null);
        var page = await people.ListPeopleAsync(caller, Sought.Trim(), null, MaxFound + 1, CancellationToken.None);
        Found = [.. page.Items.Where(row => row.Person.Id != person && Others.All(other => other.Row.Person.Id != row.Person.Id)).Take(MaxFound)];
    }

    public void Choose(PersonId other) => (Chosen, Problem) = (other, null);

    public async Task LinkAsync()
    {
        if (Chosen is not { } other)
        {
            Problem = LinkTexts.WhoMissing;
            return;
        }

        switch (await desk.LinkAsync(caller, person, other, Reason, CancellationToken.None))
        {
            case OperatorJoin.Done:
                IsLinking = false;
                await LoadAsync();
                break;
            case OperatorJoin.NoReason:
                Problem = LinkTexts.ReasonMissing;
                break;
            case OperatorJoin.Refused { Why: JoinOutcome.TooMany }:
                Problem = LinkTexts.TooMany;
                break;
            case OperatorJoin.Refused:
                Problem = LinkTexts.Gone;
                break;
            case var unknown:
                throw new InvalidOperationException($"Unknown outcome {unknown.GetType().Name}.");
        }
    }

    public async Task UnlinkAsync(LinkedPerson other)
    {
        await desk.UnlinkAsync(caller, other.Link, CancellationToken.None);
        await LoadAsync();
    }
}
