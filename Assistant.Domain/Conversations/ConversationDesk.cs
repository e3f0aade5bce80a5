using System.Globalization;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;

namespace Assistant.Domain.Conversations;

/// <summary>What operators do with conversations, in the console and through the API.</summary>
/// <remarks>
/// Each method checks the permission, commits through the store, then signals. The signals may be lost (the process may end
/// between commit and signal): sweeps find due work and screens read the store.
/// </remarks>
/// <param name="holders">Who of those who hold conversations may still answer; without it all of them.</param>
public sealed class ConversationDesk(
    IConversationStore store,
    IConversationQueries queries,
    IConnectionStore connections,
    IChannelCatalog channels,
    IConversationExecutor executor,
    IOutboxSignal signal,
    ILiveFeed feed,
    AttachmentLimits limits,
    IFileAddresses addresses,
    TimeProvider time,
    ConversationHolders? holders = null)
{
    /// <summary>Longest reply or note, in UTF-16 units.</summary>
    public const int MaxTextLength = 20_000;

    /// <summary>
    /// Gives the conversation to the caller, also from a holder who may answer no more. When this returns <see cref="ControlOutcome.Changed"/> or
    /// <see cref="ControlOutcome.Unchanged"/>, nothing the assistant decided before leaves any more.
    /// </summary>
    public async Task<ControlOutcome> TakeOverAsync(Caller caller, ConversationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        var outcome = await store.TakeOverAsync(
            caller.Tenant, id, caller.AsUser, Draft(caller, AuditActions.ConversationTakenOver, id), cancellationToken);
        if (outcome is ControlOutcome.HeldByOther { Operator: var holder } && await IsHolderGoneAsync(caller, holder, cancellationToken))
        {
            var audit = caller.Audit(time.GetUtcNow(), AuditActions.ConversationTakenOver, Subject(id), ("from", holder.Name));
            outcome = await store.TakeOverFromAsync(caller.Tenant, id, holder.Id, caller.AsUser, audit, cancellationToken);
        }

        await SettleAsync(id, outcome, cancellationToken);
        return Announce(caller, id, outcome);
    }

    /// <summary>Whether whoever holds a conversation may answer no more: they have left, say, or their key was revoked.</summary>
    public async Task<bool> IsHolderGoneAsync(Caller caller, UserRef holder, CancellationToken cancellationToken)
        => holders is not null && !await holders.MayReplyAsync(caller.Tenant, holder.Id, cancellationToken);

    /// <summary>Lets the assistant answer again. What was held back stays held until somebody decides.</summary>
    public async Task<ControlOutcome> HandBackAsync(Caller caller, ConversationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        var outcome = await store.HandBackAsync(
            caller.Tenant, id, caller.AsUser, Draft(caller, AuditActions.ConversationHandedBack, id), cancellationToken);
        if (outcome is ControlOutcome.Changed)
        {
            executor.Wake(id);
        }

        return Announce(caller, id, outcome);
    }

    public async Task<ControlOutcome> CloseAsync(Caller caller, ConversationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        var audit = Draft(caller, AuditActions.ConversationClosed, id);
        var outcome = await store.SetStatusAsync(caller.Tenant, id, ConversationStatus.Closed, audit, cancellationToken);
        await SettleAsync(id, outcome, cancellationToken);
        return Announce(caller, id, outcome);
    }

    public async Task<ControlOutcome> ReopenAsync(Caller caller, ConversationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        var audit = Draft(caller, AuditActions.ConversationReopened, id);
        return Announce(caller, id, await store.SetStatusAsync(caller.Tenant, id, ConversationStatus.Open, audit, cancellationToken));
    }

    /// <summary>Says something to the person; the caller must hold the conversation.</summary>
    /// <exception cref="ArgumentException">Blank, or longer than <see cref="MaxTextLength"/>.</exception>
    public Task<ReplyOutcome> ReplyAsync(Caller caller, ConversationId id, string markdown, CancellationToken cancellationToken)
        => ReplyAsync(caller, id, markdown, [], cancellationToken);

    /// <summary>Says something to the person and sends them files; the caller must hold the conversation.</summary>
    /// <param name="markdown">May be blank where there are files.</param>
    /// <exception cref="ArgumentException">There is nothing to send, or the text is longer than <see cref="MaxTextLength"/>.</exception>
    public async Task<ReplyOutcome> ReplyAsync(
        Caller caller, ConversationId id, string markdown, IReadOnlyList<GivenFile> given, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        RequireText(markdown, mayBeBlank: given.Count > 0);
        if (await store.FindAsync(caller.Tenant, id, cancellationToken) is not { } conversation)
        {
            return new ReplyOutcome.NotFound();
        }

        if (await FindChannelAsync(conversation, cancellationToken) is not { } channel)
        {
            return new ReplyOutcome.NoConnection();
        }

        var looked = OutgoingFiles.For(channel.Manifest, given, limits, addresses.IsReachable);
        if (looked is OutgoingFiles.Refused refused)
        {
            return new ReplyOutcome.FileRefused(refused.Name, refused.Reason);
        }

        var files = ((OutgoingFiles.Accepted)looked).Files;
        var body = new MessageBody(string.IsNullOrWhiteSpace(markdown) ? "" : markdown);
        var outcome = await store.ReplyAsync(
            caller.Tenant, id, caller.AsUser, new OperatorReply(body, OutboundParts.For(channel.Manifest, body, files)) { Files = files },
            DraftReply(caller, id, files), cancellationToken);
        if (outcome is ReplyOutcome.Accepted accepted)
        {
            Send(caller, accepted);
        }

        return outcome;
    }

    /// <summary>How large a file may be that is sent in a conversation, in bytes; 0 where none can be.</summary>
    public async Task<long> FindLargestFileAsync(Caller caller, ConversationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        return await store.FindAsync(caller.Tenant, id, cancellationToken) is { } conversation
            && await FindChannelAsync(conversation, cancellationToken) is { } channel && channel.Manifest.Can(ChannelCapabilities.OutboundAttachments)
            ? Math.Min(limits.MaxBytes, channel.Manifest.LargestFile)
            : 0;
    }

    /// <summary>Adds a note only colleagues see.</summary>
    /// <returns>The note, or <see langword="null"/> when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">Blank, or longer than <see cref="MaxTextLength"/>.</exception>
    public async Task<Message?> AddNoteAsync(Caller caller, ConversationId id, string markdown, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        RequireText(markdown);
        var note = await store.AddNoteAsync(
            caller.Tenant, id, caller.AsUser, markdown, Draft(caller, AuditActions.NoteAdded, id), cancellationToken);
        if (note is not null)
        {
            feed.Publish(new LiveEvent.MessageChanged(caller.Tenant, note));
            feed.Publish(new LiveEvent.ConversationChanged(caller.Tenant, id));
        }

        return note;
    }

    /// <summary>Sends a held reply as it is, or drops it; not while a colleague holds the conversation.</summary>
    /// <param name="entryId">The <see cref="HeldReply.EntryId"/>.</param>
    public async Task<ReplyOutcome> DecideHeldAsync(
        Caller caller, ConversationId id, Guid entryId, HeldDecision decision, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        if ((await queries.ListHeldAsync(caller.Tenant, id, cancellationToken)).All(held => held.EntryId != entryId))
        {
            return new ReplyOutcome.NotFound();
        }

        var action = decision == HeldDecision.Send ? AuditActions.HeldReplySent : AuditActions.HeldReplyDropped;
        var outcome = await store.DecideHeldAsync(
            caller.Tenant, entryId, caller.AsUser, decision, DraftHeld(caller, action, id, entryId), cancellationToken);
        if (outcome is ReplyOutcome.Accepted accepted)
        {
            Send(caller, accepted);
        }

        return outcome;
    }

    /// <summary>Sends another text, in the caller's name, in place of a held reply; were it refused, the held reply is there as it was.</summary>
    /// <returns><see cref="ReplyOutcome.NotFound"/> also when somebody decided about it meanwhile: the person hears one of the two.</returns>
    /// <exception cref="ArgumentException">Blank, or longer than <see cref="MaxTextLength"/>.</exception>
    public async Task<ReplyOutcome> ReplaceHeldAsync(
        Caller caller, ConversationId id, Guid entryId, string markdown, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        RequireText(markdown);
        if (await store.FindAsync(caller.Tenant, id, cancellationToken) is not { } conversation)
        {
            return new ReplyOutcome.NotFound();
        }

        if (await FindChannelAsync(conversation, cancellationToken) is not { } channel)
        {
            return new ReplyOutcome.NoConnection();
        }

        var body = new MessageBody(markdown);
        var outcome = await store.ReplaceHeldAsync(
            caller.Tenant, id, entryId, caller.AsUser, new OperatorReply(body, OutboundParts.For(channel.Manifest, body)),
            Draft(caller, AuditActions.OperatorReplied, id), DraftHeld(caller, AuditActions.HeldReplyDropped, id, entryId), cancellationToken);
        if (outcome is ReplyOutcome.Accepted accepted)
        {
            Send(caller, accepted);
        }

        return outcome;
    }

    /// <summary>Remembers how far the caller has read, and tells their other pages.</summary>
    public async Task MarkReadAsync(Caller caller, ConversationId id, long seq, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsRead);
        var user = caller.AsUser.Id;
        await store.MarkReadAsync(caller.Tenant, id, user, seq, cancellationToken);
        feed.Publish(new LiveEvent.ReadUpTo(caller.Tenant, id, user, seq));
    }

    /// <summary>Shows colleagues and web chats that the caller is writing, or stopped.</summary>
    public void ShowTyping(Caller caller, ConversationId id, bool isTyping)
    {
        caller.Demand(Permissions.ConversationsReply);
        feed.Publish(new LiveEvent.Typing(caller.Tenant, id, AuthorKind.Operator, caller.Actor.Name, isTyping));
    }

    /// <summary>The channel the conversation is on; <see langword="null"/> when its connection was removed or this build has no such channel.</summary>
    private async Task<IChannel?> FindChannelAsync(Conversation conversation, CancellationToken cancellationToken)
        => await connections.FindAsync(conversation.Connection, cancellationToken) is { } connection ? channels.Find(connection.ChannelType) : null;

    private void Send(Caller caller, ReplyOutcome.Accepted accepted)
    {
        var id = accepted.Message.Conversation;
        signal.Committed(id, accepted.Claimed);
        feed.Publish(new LiveEvent.MessageChanged(caller.Tenant, accepted.Message));
        feed.Publish(new LiveEvent.ConversationChanged(caller.Tenant, id));
    }

    /// <summary>Waits until nothing decided under an older version can leave; also when it was so already: an earlier call may have been interrupted here.</summary>
    private Task SettleAsync(ConversationId id, ControlOutcome outcome, CancellationToken cancellationToken)
    {
        var settled = outcome switch
        {
            ControlOutcome.Changed changed => changed.Conversation,
            ControlOutcome.Unchanged same => same.Conversation,
            _ => null,
        };
        if (settled is null)
        {
            return Task.CompletedTask;
        }

        executor.Halt(id, settled.Version);
        return signal.SettleAsync(id, settled.Version, cancellationToken);
    }

    private ControlOutcome Announce(Caller caller, ConversationId id, ControlOutcome outcome)
    {
        if (outcome is ControlOutcome.Changed)
        {
            feed.Publish(new LiveEvent.ConversationChanged(caller.Tenant, id));
        }

        return outcome;
    }

    private AuditDraft Draft(Caller caller, string action, ConversationId id) => caller.Audit(time.GetUtcNow(), action, Subject(id));

    // How many, not which: the names are the person's, and go with them.
    private AuditDraft DraftReply(Caller caller, ConversationId id, IReadOnlyList<OutgoingFile> files) => files.Count == 0
        ? Draft(caller, AuditActions.OperatorReplied, id)
        : caller.Audit(time.GetUtcNow(), AuditActions.OperatorReplied, Subject(id), ("files", files.Count.ToString(CultureInfo.InvariantCulture)));

    private AuditDraft DraftHeld(Caller caller, string action, ConversationId id, Guid entryId)
        => caller.Audit(time.GetUtcNow(), action, Subject(id), ("entry", entryId.ToString()));

    private static string Subject(ConversationId id) => $"conversation/{id}";

    private static void RequireText(string markdown, bool mayBeBlank = false)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        if (!mayBeBlank)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(markdown);
        }

        if (markdown.Length > MaxTextLength)
        {
            throw new ArgumentException($"The text has {markdown.Length} characters; {MaxTextLength} are allowed.", nameof(markdown));
        }
    }
}
