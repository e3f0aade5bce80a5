using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>Short words for what happens to an outbox row.</summary>
public abstract class OutboxSteps : PathContract
{
    protected DateTimeOffset Now => Ports.Clock.GetUtcNow();

    protected async Task<(ConversationId Conversation, OutboxEntry Claimed)> AnsweredAsync(params string[] parts)
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        return (conversation, Assert.IsType<OutboxEntry>(await AnswerAsync(conversation, parts)));
    }

    protected Task<OutboxEntry?> ClaimAsync(ConversationId conversation) => Ports.Outbox.ClaimNextAsync(conversation, Now, Cancel);

    protected Task<OutboxEntry?> SentAsync(OutboxEntry row, string? externalId = null)
        => Ports.Outbox.MarkSentAsync(row, externalId ?? $"ext-{row.Id}", Cancel);

    protected Task LaterAsync(OutboxEntry row, TimeSpan wait)
        => Ports.Outbox.RetryLaterAsync(row, new Phrase.Verbatim("busy"), Now + wait, isUncertain: false, isAttempt: true, Cancel);

    protected Task<ConversationId?> ReviveAsync(OutboxEntry row)
        => Ports.Outbox.ReviveAsync(Home, row.Id, Draft(Home, AuditActions.MessageRevived, $"outbox/{row.Id}"), Cancel);

    protected Task<IReadOnlyList<ConversationId>> DueAsync() => Ports.Outbox.FindDueAsync(Now, 10, Cancel);

    protected Task<IReadOnlyList<HeldReply>> HeldAsync(ConversationId conversation) => Ports.Queries.ListHeldAsync(Home, conversation, Cancel);

    protected async Task<Message> LastAsync(ConversationId conversation) => (await ThreadAsync(Home, conversation))[^1];

    protected async Task<ReplyOutcome.Accepted> ReplyAsync(ConversationId conversation, string text)
        => Assert.IsType<ReplyOutcome.Accepted>(await Ports.Conversations.ReplyAsync(
            Home, conversation, Anna, new OperatorReply(new MessageBody(text), [new MessageBody(text)]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel));
}
