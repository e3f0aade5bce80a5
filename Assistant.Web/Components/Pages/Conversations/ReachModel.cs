using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Where the person of the open conversation can be written to, and where the next reply goes.</summary>
public sealed class ReachModel(ReachDesk reach, ContinuationDesk desk, IConversationStore conversations, Caller me)
{
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
        (_here, _chosen, _reach) = (null, null, null);
        if (id is { } conversation)
        {
            _here = await conversations.FindAsync(me.Tenant, conversation, cancellationToken);
            _reach = await reach.FindAsync(me, conversation, cancellationToken);
        }
    }

    /// <summary>Looks again when something happened in one of the chats.</summary>
    public async Task ApplyAsync(LiveBatch batch, CancellationToken cancellationToken)
    {
        if (_here is { } here && (batch.Lost > 0 || batch.Events.Any(each => each.About is { } about && (about == here.Id || Chats.Any(chat => chat.Conversation == about)))))
        {
            _reach = await reach.FindAsync(me, here.Id, cancellationToken);
        }
    }

    /// <inheritdoc cref="ContinuationDesk.ReplyAsync"/>
    public Task<ReplyOutcome> ReplyAsync(ConversationId from, string text, IReadOnlyList<GivenFile> files, CancellationToken cancellationToken)
        => desk.ReplyAsync(me, from, To, text, files, cancellationToken);

    public async Task PreferAsync(DirectChat chat, bool isPreferred, CancellationToken cancellationToken)
    {
        await (isPreferred ? reach.PreferAsync(me, chat.Conversation, cancellationToken) : reach.DropPreferenceAsync(me, chat.Conversation, cancellationToken));
        _chosen = null;
        _reach = _here is { } here ? await reach.FindAsync(me, here.Id, cancellationToken) : null;
    }
}
