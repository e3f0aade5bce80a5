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

    /// <summary><see langword="null"/> while loading, when they are gone, and for who may not see people.</summary>
    public PersonRow? Person { get; private set; }

    /// <summary>Whether the conversation or the person in it is gone.</summary>
    public bool IsMissing { get; private set; }

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
            IsMissing = false;
        }

        if (id is null || !MaySeePeople)
        {
            return;
        }

        var conversation = await conversations.FindAsync(me.Tenant, id.Value, cancellationToken);
        var person = conversation is null ? null : await people.FindPersonAsync(me, conversation.Person, cancellationToken);
        var facts = person is null ? [] : await recall.ListFactsAsync(me.Tenant, person.Person.Id, FactsShown, cancellationToken);
        if (_open != id)
        {
            return; // Another conversation was opened meanwhile.
        }

        Conversation = conversation;
        Person = person;
        Facts = facts;
        IsMissing = person is null;
    }
}
