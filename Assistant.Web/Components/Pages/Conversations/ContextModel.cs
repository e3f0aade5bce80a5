using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.People;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The context pane: who the person is and what they asked the assistant to remember.</summary>
public sealed class ContextModel(IConversationStore conversations, PairingDesk people, IRecall recall, Caller me)
{
    public const int FactsShown = 8;

    private ConversationId? _open;

    public Conversation? Conversation { get; private set; }

    /// <summary><see langword="null"/> while loading, and for who may not see people.</summary>
    public PersonRow? Person { get; private set; }

    public IReadOnlyList<Fact> Facts { get; private set; } = [];

    public bool MaySeePeople => me.Permissions.Contains(Permissions.PeopleRead);

    public async Task OpenAsync(ConversationId? id, CancellationToken cancellationToken)
    {
        _open = id;
        if (Conversation?.Id != id)
        {
            Conversation = null;
            Person = null;
            Facts = [];
        }

        if (id is null || !MaySeePeople || await conversations.FindAsync(me.Tenant, id.Value, cancellationToken) is not { } conversation)
        {
            return;
        }

        var person = await people.FindPersonAsync(me, conversation.Person, cancellationToken);
        var facts = await recall.ListFactsAsync(me.Tenant, conversation.Person, FactsShown, cancellationToken);
        if (_open != id)
        {
            return; // Another conversation was opened meanwhile.
        }

        Conversation = conversation;
        Person = person;
        Facts = facts;
    }
}
