using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;

namespace Assistant.Domain.People.Reach;

/// <summary>How it ended when an operator went on in another of a person's chats.</summary>
public abstract record ContinueOutcome
{
    private ContinueOutcome() { }

    /// <summary>The caller holds the conversation it goes on in.</summary>
    public sealed record Continued(Conversation Conversation) : ContinueOutcome;

    /// <summary>A colleague holds the conversation it would go on in.</summary>
    public sealed record HeldByOther(UserRef Operator) : ContinueOutcome;

    /// <summary>There is no such conversation, or the two are not one human being's.</summary>
    public sealed record NotFound : ContinueOutcome;
}

/// <summary>Operators answer people where they are: a reply may go to another chat than the one it is written in.</summary>
public sealed class ContinuationDesk(ReachDesk reach, ConversationDesk desk, IConversationStore conversations, TimeProvider clock)
{
    /// <summary>Goes on in another chat of the same human being: the caller takes it over, and what was said here is part of what the assistant knows there.</summary>
    public async Task<ContinueOutcome> ContinueAsync(Caller caller, ConversationId from, ConversationId to, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        if (from == to || await conversations.FindAsync(caller.Tenant, from, cancellationToken) is not { } begun
            || await reach.FindAsync(caller, from, cancellationToken) is not { } found
            || found.Chats.FirstOrDefault(chat => chat.Conversation == to) is not { } there)
        {
            return new ContinueOutcome.NotFound();
        }

        switch (await desk.TakeOverAsync(caller, to, cancellationToken))
        {
            case ControlOutcome.HeldByOther other:
                return new ContinueOutcome.HeldByOther(other.Operator);
            case ControlOutcome.NotFound:
                return new ContinueOutcome.NotFound();
        }

        var here = found.Chats.FirstOrDefault(chat => chat.Connection == begun.Connection) is { } left ? reach.NameOf(left) : begun.Connection.Value;
        await reach.ContinueAsync(
            new Continuation(
                caller.Tenant, new ConversationPoint(from, begun.LastSeq), to, PersonReachWords.Left(reach.NameOf(there)), PersonReachWords.Entered(here), Notice: null),
            caller.Audit(clock.GetUtcNow(), AuditActions.ConversationContinued, $"conversation/{from}", ("to", $"conversation/{to}")), cancellationToken);
        return await conversations.FindAsync(caller.Tenant, to, cancellationToken) is { } conversation
            ? new ContinueOutcome.Continued(conversation)
            : new ContinueOutcome.NotFound();
    }

    /// <summary>Says something to a person in whichever chat a message reaches them best; the caller must hold the conversation it is written in.</summary>
    /// <param name="from">Where it is written.</param>
    /// <param name="to">Where it goes; <see langword="null"/> for <see cref="PersonReach.Answered"/>.</param>
    /// <inheritdoc cref="ConversationDesk.ReplyAsync(Caller, ConversationId, string, IReadOnlyList{GivenFile}, CancellationToken)"/>
    public async Task<ReplyOutcome> ReplyAsync(
        Caller caller, ConversationId from, ConversationId? to, string markdown, IReadOnlyList<GivenFile> files, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ConversationsReply);
        if (await conversations.FindAsync(caller.Tenant, from, cancellationToken) is not { } begun)
        {
            return new ReplyOutcome.NotFound();
        }

        var goal = to ?? (await reach.FindAsync(caller, from, cancellationToken))?.From(begun) ?? from;
        if (goal == from)
        {
            return await desk.ReplyAsync(caller, from, markdown, files, cancellationToken);
        }

        if (begun.Operator?.Id != caller.AsUser.Id)
        {
            return new ReplyOutcome.NotHolder(begun.Operator);
        }

        return await ContinueAsync(caller, from, goal, cancellationToken) switch
        {
            ContinueOutcome.Continued => await desk.ReplyAsync(caller, goal, markdown, files, cancellationToken),
            ContinueOutcome.HeldByOther other => new ReplyOutcome.NotHolder(other.Operator),
            _ => new ReplyOutcome.NotFound(),
        };
    }
}
