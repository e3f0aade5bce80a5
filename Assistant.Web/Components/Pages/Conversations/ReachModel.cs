using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Where the person of the open conversation can be written to, and where the next reply goes.</summary>
public sealed class ReachModel(ReachDesk reach, ContinuationDesk desk, IConversationStore conversations, Caller me)
{
    private ConversationId? _open;
    private Conversation? _here;
    private ConversationId? _chosen;
    private PersonReach? _reach;

    /// <summary>Their chats, the one spoken in last first; empty for a group.</summary>
    public IReadOnlyList<DirectChat> Chats => _reach?.Chats ?? [];

    /// <summary>Chats on other connections than the open conversation's.</summary>
    public IReadOnlyList<DirectChat> Elsewhere => [.. Chats.Where(chat => !IsHere(chat))];

    /// <summary>The conversation the next reply goes to: the one chosen, else where it reaches the person best.</summary>
    public ConversationId? To => _chosen ?? (_here is null ? null : _reach?.From(_here) ?? _here.Id);

    public bool MayPrefer => me.Permissions.Contains(Permissions.ConversationsReply);

    /// <summary>Whether a chat is the open conversation's, or of the same mailbox.</summary>
    public bool IsHere(DirectChat chat) => _here is not null && chat.Connection == _here.Connection && chat.Person == _here.Person;

    public bool IsPreferred(DirectChat chat) => chat.Conversation == _reach?.Preferred?.Conversation;

    /// <summary>Has the next replies go to one of the <see cref="Chats"/>, or stay here.</summary>
    public void Choose(ConversationId to) => _chosen = to;

    public async Task OpenAsync(ConversationId? id, CancellationToken cancellationToken)
    {
        (_open, _here, _chosen, _reach) = (id, null, null, null);
        if (id is { } conversation && await conversations.FindAsync(me.Tenant, conversation, cancellationToken) is { } found && _open == id)
        {
            _here = found;
            await LookAsync(cancellationToken);
        }
    }

    /// <summary>Looks again when somebody spoke in one of the chats, or it changed; not for every word of a reply being written.</summary>
    public async Task ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        if (_here is not null && (batch.Lost > 0 || batch.Events.Any(IsOfTheirs)))
        {
            await LookAsync(cancellationToken);
        }

        bool IsOfTheirs(LiveEvent happened)
            => happened is LiveEvent.MessageChanged or LiveEvent.ConversationChanged
                && (happened.About == _here?.Id || Chats.Any(chat => chat.Conversation == happened.About));
    }

    /// <inheritdoc cref="ContinuationDesk.ReplyAsync"/>
    public Task<ReplyOutcome> ReplyAsync(
        ConversationId from, ConversationId? to, string text, IReadOnlyList<GivenFile> files, CancellationToken cancellationToken)
        => desk.ReplyAsync(me, from, to, text, files, cancellationToken);

    public async Task PreferAsync(DirectChat chat, bool isPreferred, CancellationToken cancellationToken)
    {
        await (isPreferred ? reach.PreferAsync(me, chat.Conversation, cancellationToken) : reach.DropPreferenceAsync(me, chat.Conversation, cancellationToken));
        _chosen = null;
        await LookAsync(cancellationToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_open is { } here && await reach.FindAsync(me, here, cancellationToken) is var found && _open == here)
        {
            _reach = found; // of the conversation that is still open
        }
    }
}
