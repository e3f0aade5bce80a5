using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Conversations whose person or words fit what was typed.</summary>
internal sealed class ConversationPaletteSource(IConversationQueries queries) : IPaletteSource
{
    private const int Best = 5;

    public async Task<IReadOnlyList<PaletteItem>> FindAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        if (!caller.Permissions.Contains(Permissions.ConversationsRead))
        {
            return [];
        }

        var page = await queries.ListAsync(caller.Tenant, caller.AsUser.Id, new ConversationFilter(Text: text), null, Best, cancellationToken);
        return [.. page.Items.Select(row => new PaletteItem.Place(row.Title, DeskTexts.KindConversation, $"conversations/{row.Id}"))];
    }
}
