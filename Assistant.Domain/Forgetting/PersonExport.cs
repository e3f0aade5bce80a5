using System.Globalization;
using System.Runtime.CompilerServices;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;

namespace Assistant.Domain.Forgetting;

/// <summary>Reads everything about a person, page by page: nothing but the page at hand is held in memory.</summary>
/// <param name="memory">Of each person alone: what somebody linked with them had remembered is not theirs to take away.</param>
public sealed class PersonExport(
    IPersonRecords records, IPersonLinkStore links, IPersonAccountStore accounts, IConversationQueries conversations, IAttachmentStore files, IRecall memory,
    IAuditLog log, TimeProvider clock)
{
    private const int PageSize = 200;

    /// <summary>Facts of one person: short statements somebody asked to be remembered, so read at once.</summary>
    private const int MaxFacts = 100_000;

    /// <summary>Writes <see cref="PersonJson"/>, documented in docs/api.md.</summary>
    public async Task WriteJsonAsync(PersonRow person, Stream target, CancellationToken cancellationToken)
    {
        await using var json = new PersonJson(target);
        var (tenant, id) = (person.Person.Tenant, person.Person.Id);
        json.Begin(person, clock.GetUtcNow());
        json.Links(id, await LinksAsync(person, cancellationToken));
        json.Account(await accounts.FindAsync(tenant, id, cancellationToken));
        json.Facts(await memory.ListFactsAsync(tenant, id, MaxFacts, cancellationToken));
        json.BeginConversations();
        foreach (var conversation in await records.ListConversationsAsync(tenant, id, cancellationToken))
        {
            json.BeginConversation(conversation);
            var theirs = new HashSet<long>();
            await foreach (var page in MessagesAsync(person, conversation, cancellationToken))
            {
                theirs.UnionWith(page.Where(message => conversation.IsGroup && message.Person == id).Select(message => message.Seq));
                foreach (var message in page)
                {
                    json.BeginMessage(message);
                    await WriteFilesAsync(json, person, message, cancellationToken);
                    json.EndMessage(message);
                }

                await json.FlushAsync(cancellationToken);
            }

            json.BeginTurns();
            await foreach (var page in TurnsAsync(person, conversation, cancellationToken))
            {
                json.Turns(conversation.IsGroup ? [.. page.Where(turn => theirs.Contains(turn.Seq))] : page);
                await json.FlushAsync(cancellationToken);
            }

            json.EndConversation();
        }

        json.BeginEvents();
        await foreach (var page in EventsAsync(person, cancellationToken))
        {
            json.Events(page);
            await json.FlushAsync(cancellationToken);
        }

        json.End();
        await json.FlushAsync(cancellationToken);
    }

    /// <summary>Writes one page to be read, with nothing in it that runs or is loaded from elsewhere.</summary>
    public async Task WriteHtmlAsync(PersonRow person, CultureInfo culture, Stream target, CancellationToken cancellationToken)
    {
        var html = new PersonHtml(target, culture);
        var (tenant, id) = (person.Person.Tenant, person.Person.Id);
        html.Begin(person, clock.GetUtcNow(), await LinksAsync(person, cancellationToken), await accounts.FindAsync(tenant, id, cancellationToken));
        html.Facts(await memory.ListFactsAsync(tenant, id, MaxFacts, cancellationToken));
        foreach (var conversation in await records.ListConversationsAsync(tenant, id, cancellationToken))
        {
            html.BeginConversation(conversation);
            await foreach (var page in MessagesAsync(person, conversation, cancellationToken))
            {
                html.Messages(page);
                await html.FlushAsync(cancellationToken);
            }

            html.EndConversation();
        }

        html.BeginEvents();
        await foreach (var page in EventsAsync(person, cancellationToken))
        {
            html.Events(page);
            await html.FlushAsync(cancellationToken);
        }

        html.End();
        await html.FlushAsync(cancellationToken);
    }

    // Those that name the person. Of links among others the person knows nothing.
    private async Task<IReadOnlyList<PersonLink>> LinksAsync(PersonRow person, CancellationToken cancellationToken)
    {
        var all = await links.ListOfAsync(person.Person.Tenant, person.Person.Id, cancellationToken);
        return [.. all.Where(link => link.First == person.Person.Id || link.Second == person.Person.Id)];
    }

    // One piece of a file is in memory at a time: a person may have sent films.
    private async Task WriteFilesAsync(PersonJson json, PersonRow person, Message message, CancellationToken cancellationToken)
    {
        for (var at = 0; at < message.Attachments.Count; at++)
        {
            var file = message.Files.ElementAtOrDefault(at);
            json.BeginFile(message.Attachments[at], file);
            if (file is { State: AttachmentState.Kept })
            {
                json.BeginContent();
                await foreach (var piece in files.ReadAsync(person.Person.Tenant, file.Id, cancellationToken))
                {
                    json.Content(piece.Span);
                    await json.FlushAsync(cancellationToken);
                }

                json.EndContent();
            }

            json.EndFile();
        }
    }

    // Of a group, what is theirs: what they wrote, what they were answered, and of what they reacted to no more than where it stands.
    private async IAsyncEnumerable<IReadOnlyList<Message>> MessagesAsync(
        PersonRow person, PersonConversation conversation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0L; ;)
        {
            var page = await conversations.ReadSinceAsync(person.Person.Tenant, conversation.Id, after, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            yield return conversation.IsGroup ? [.. page.Select(message => Theirs(message, person.Person.Id)).OfType<Message>()] : page;
            after = page[^1].Seq;
        }
    }

    private static Message? Theirs(Message message, PersonId person)
    {
        var reactions = message.Reactions.Where(reaction => reaction.Person == person).ToList();
        return message.Person == person ? message with { Reactions = reactions }
            : reactions.Count == 0 ? null
            : message with { AuthorName = "", Body = new MessageBody(""), Attachments = [], Files = [], Reactions = reactions };
    }

    private async IAsyncEnumerable<IReadOnlyList<PersonTurn>> TurnsAsync(
        PersonRow person, PersonConversation conversation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0L; ;)
        {
            var page = await records.ListTurnsAsync(person.Person.Tenant, conversation.Id, after, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            yield return page;
            after = page[^1].Seq;
        }
    }

    // What the log says the person did. What others did in their conversations is others' doing, and is in the conversations.
    private async IAsyncEnumerable<IReadOnlyList<AuditEvent>> EventsAsync(PersonRow person, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await log.ListAsync(
                person.Person.Tenant, new AuditFilter(Actor: person.Person.Id.ToString()), after, PageSize, cancellationToken);
            yield return page.Items;
            after = page.Next;
        }
        while (after is not null);
    }
}
