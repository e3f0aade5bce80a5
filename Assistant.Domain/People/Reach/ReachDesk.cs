using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Reach;

/// <summary>How it ended when a person asked to go on elsewhere.</summary>
public abstract record GoingOn
{
    private GoingOn() { }

    /// <summary>They were written to there.</summary>
    /// <param name="Messenger">As its channel is called.</param>
    public sealed record There(string Messenger) : GoingOn;

    /// <summary>They are there already.</summary>
    public sealed record Here : GoingOn;

    /// <summary>The messenger is one of ours, but they have no chat there that is known to be theirs.</summary>
    public sealed record NotMet(string Messenger) : GoingOn;

    /// <summary>No messenger is called so.</summary>
    public sealed record NoSuchMessenger : GoingOn;
}

/// <summary>Where people are written to: where they want to be, or where they spoke last; and going on elsewhere at their own word.</summary>
/// <remarks>Whose chats are one human being's is told by links alone, see <see cref="PersonLink"/>: when a link ends, so does what it opened.</remarks>
public sealed class ReachDesk(
    IDirectChats chats, IPersonLinkStore links, IConversationStore conversations, IChannelCatalog channels, IOutboxSignal signal, ILiveFeed feed, TimeProvider clock)
{
    private static readonly char[] BetweenNames = [' ', '/', '(', ')'];

    /// <summary>Where the person of a conversation can be written to; <see langword="null"/> when there is no such conversation, or it is a group.</summary>
    public async Task<PersonReach?> FindAsync(Caller caller, ConversationId conversation, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        return await conversations.FindAsync(caller.Tenant, conversation, cancellationToken) is { Chat.IsGroup: false } found
            ? await FindAsync(caller.Tenant, found.Person, cancellationToken)
            : null;
    }

    /// <summary>Notes, at an operator's word, that a person wants to be written to in this conversation.</summary>
    /// <returns><see langword="false"/> when there is no such direct conversation.</returns>
    public async Task<bool> PreferAsync(Caller caller, ConversationId conversation, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        return Announce(
            caller.Tenant, conversation,
            await chats.PreferAsync(caller.Tenant, conversation, caller.Audit(clock.GetUtcNow(), AuditActions.MessengerPreferred, $"conversation/{conversation}"), cancellationToken));
    }

    /// <summary>Forgets, at an operator's word, where the person of a conversation wants to be written to.</summary>
    /// <returns><see langword="false"/> when there was nothing to forget.</returns>
    public async Task<bool> DropPreferenceAsync(Caller caller, ConversationId conversation, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        return await conversations.FindAsync(caller.Tenant, conversation, cancellationToken) is { Chat.IsGroup: false } found
            && Announce(
                caller.Tenant, conversation,
                await chats.DropPreferencesAsync(
                    caller.Tenant, await TogetherAsync(caller.Tenant, found.Person, cancellationToken),
                    caller.Audit(clock.GetUtcNow(), AuditActions.MessengerPreferenceDropped, $"person/{found.Person}"), cancellationToken));
    }

    /// <summary>Notes, at their own word, that a person wants to be written to where they said it.</summary>
    public async Task PreferAsync(TurnStart start, CancellationToken cancellationToken)
        => Announce(
            start.Person.Tenant, start.Conversation.Id,
            await chats.PreferAsync(start.Person.Tenant, start.Conversation.Id, Said(start, AuditActions.MessengerPreferred), cancellationToken));

    /// <summary>From now on the person is written to wherever they spoke last.</summary>
    public async Task DropPreferenceAsync(TurnStart start, CancellationToken cancellationToken)
        => Announce(
            start.Person.Tenant, start.Conversation.Id,
            await chats.DropPreferencesAsync(
                start.Person.Tenant, await TogetherAsync(start.Person.Tenant, start.Person.Id, cancellationToken),
                Said(start, AuditActions.MessengerPreferenceDropped), cancellationToken));

    /// <summary>Whether a messenger of ours is called so.</summary>
    public bool IsMessenger(string name) => channels.All.Any(channel => IsCalled(channel.Manifest, name));

    /// <summary>Goes on, at the person's own word, on another of their messengers.</summary>
    /// <param name="name">What they call it: the messenger's name, or the connection's.</param>
    public async Task<GoingOn> GoOnAsync(TurnStart start, string name, CultureInfo culture, CancellationToken cancellationToken)
    {
        var here = start.Conversation;
        var reach = await FindAsync(here.Tenant, start.Person.Id, cancellationToken);
        var meant = reach.Chats.Where(chat => IsCalled(chat, name)).ToList();
        if (meant.Find(chat => chat.Conversation != here.Id && chat.Connection != here.Connection) is not { } there)
        {
            return meant.Count > 0 ? new GoingOn.Here()
                : channels.All.FirstOrDefault(channel => IsCalled(channel.Manifest, name)) is { } known ? new GoingOn.NotMet(known.Manifest.DisplayName)
                : new GoingOn.NoSuchMessenger();
        }

        var from = reach.Chats.FirstOrDefault(chat => chat.Connection == here.Connection) is { } left ? NameOf(left) : here.Connection.Value;
        await ContinueAsync(
            new Continuation(
                here.Tenant, new ConversationPoint(here.Id, start.Utterance.Seq), there.Conversation,
                PersonReachWords.Left(NameOf(there)), PersonReachWords.Entered(from), PersonReachWords.Notice(from, culture)),
            Said(start, AuditActions.ConversationContinued, ("to", $"conversation/{there.Conversation}")), cancellationToken);
        return new GoingOn.There(NameOf(there));
    }

    /// <summary>What a chat's messenger is called.</summary>
    internal string NameOf(DirectChat chat) => channels.Find(chat.ChannelType)?.Manifest.DisplayName ?? chat.ChannelType;

    internal async Task<PersonReach> FindAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken) => PersonReach.Of(
        await chats.ListAsync(tenant, await TogetherAsync(tenant, person, cancellationToken), cancellationToken),
        type => channels.Find(type)?.Manifest.ReplyWindow, clock.GetUtcNow());

    internal async Task<ContinuationOutcome> ContinueAsync(Continuation continuation, AuditDraft audit, CancellationToken cancellationToken)
    {
        var outcome = await chats.ContinueAsync(continuation, audit, cancellationToken);
        if (outcome == ContinuationOutcome.Continued)
        {
            if (continuation.Notice is not null)
            {
                signal.Committed(continuation.To, claimed: null);
            }

            Announce(continuation.Tenant, continuation.From.Conversation, true);
            Announce(continuation.Tenant, continuation.To, true);
        }

        return outcome;
    }

    private async Task<IReadOnlyList<PersonId>> TogetherAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => PersonLinks.Together(person, await links.ListOfAsync(tenant, person, cancellationToken));

    private bool IsCalled(DirectChat chat, string name)
        => IsSame(chat.Connection.Value, name) || (channels.Find(chat.ChannelType) is { } channel && IsCalled(channel.Manifest, name));

    /// <summary>By its type, its whole name, or a part of it that is a name of its own: “WeCom 企业微信” has two.</summary>
    private static bool IsCalled(ChannelManifest manifest, string name)
        => IsSame(manifest.Type, name) || IsSame(manifest.DisplayName, name)
            || manifest.DisplayName.Split(BetweenNames, StringSplitOptions.RemoveEmptyEntries).Any(part => IsSame(part, name));

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private bool Announce(TenantId tenant, ConversationId conversation, bool isChanged)
    {
        if (isChanged)
        {
            feed.Publish(new LiveEvent.ConversationChanged(tenant, conversation));
        }

        return isChanged;
    }

    private AuditDraft Said(TurnStart start, string action, params ReadOnlySpan<(string Key, string Value)> details)
    {
        var told = new Dictionary<string, string>();
        foreach (var (key, value) in details)
        {
            told[key] = value;
        }

        return new AuditDraft(
            start.Person.Tenant, clock.GetUtcNow(), new Actor("person", start.Person.Id.ToString(), ""), action, $"conversation/{start.Conversation.Id}",
            start.Conversation.Connection.Value, told);
    }
}
