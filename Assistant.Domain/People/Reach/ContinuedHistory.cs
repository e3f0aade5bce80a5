using Assistant.Domain.Conversations;
using Assistant.Domain.People.Links;

namespace Assistant.Domain.People.Reach;

/// <summary>What was said in the chat that a conversation goes on from, as part of its history.</summary>
/// <remarks>Only while both are one human being's: a link that ended opens nothing any more.</remarks>
public sealed class ContinuedHistory(IConversationStore conversations, IConversationQueries queries, IPersonLinkStore links)
{
    /// <summary>The history of a turn with what went before elsewhere, in the order of time.</summary>
    /// <param name="limit">Messages at most; the newest are kept.</param>
    public async Task<IReadOnlyList<HistoryMessage>> ReadAsync(TurnStart start, int limit, CancellationToken cancellationToken)
    {
        var (conversation, history) = (start.Conversation, start.History);
        if (conversation.ContinuedFrom is not { } point || conversation.Chat.IsGroup || history.Count(message => message.At >= conversation.ContinuedAt) >= limit
            || await conversations.FindAsync(conversation.Tenant, point.Conversation, cancellationToken) is not { Chat.IsGroup: false } begun
            || !await IsSameAsync(start, begun.Person, cancellationToken))
        {
            return history;
        }

        var before = await queries.ReadThreadAsync(conversation.Tenant, point.Conversation, point.Seq + 1, limit, cancellationToken);
        var elsewhere = before
            .Where(message => message is { IsNote: false, DeletedAt: null, Body.IsForgotten: false } && message.Person == begun.Person
                && message.Delivery is not (DeliveryState.Held or DeliveryState.Dropped))
            .Select(message => new HistoryMessage(message.Seq, message.Author, message.Body.Markdown, message.Attachments, message.At, message.Delivery)
            {
                Person = message.Author == AuthorKind.Person ? message.Person : null,
                AuthorName = message.AuthorName,
                IsForwarded = message.Body.IsForwarded,
                Buttons = message.Body.Buttons,
                IsElsewhere = true,
            });
        return [.. history.Concat(elsewhere).OrderBy(message => message.At).TakeLast(limit)];
    }

    private async Task<bool> IsSameAsync(TurnStart start, PersonId person, CancellationToken cancellationToken)
        => person == start.Person.Id
            || PersonLinks.Together(start.Person.Id, await links.ListOfAsync(start.Person.Tenant, start.Person.Id, cancellationToken)).Contains(person);
}
