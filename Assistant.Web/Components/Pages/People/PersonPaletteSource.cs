using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.People;

/// <summary>People whose name fits what was typed.</summary>
internal sealed class PersonPaletteSource(PairingDesk people) : IPaletteSource
{
    private const int Best = 5;

    public async Task<IReadOnlyList<PaletteItem>> FindAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        if (!caller.Permissions.Contains(Permissions.PeopleRead))
        {
            return [];
        }

        var page = await people.ListPeopleAsync(caller, text, null, Best, cancellationToken);
        return [.. page.Items.Select(row => new PaletteItem.Place(row.Person.DisplayName, DeskTexts.Person, $"people/{row.Person.Id}"))];
    }
}
