using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Shows messages. What to do about a failure is said in the outcome.</summary>
internal sealed class FeishuSender(FeishuClient client, FeishuRecent recent)
{
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => SendAsync(message, FeishuContent.Of(message), cancellationToken);

    /// <summary>Shows something in the message's chat.</summary>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, FeishuPost content, CancellationToken cancellationToken)
    {
        if (FeishuIds.KindOf(message.Chat.ExternalId) is not { } kind)
        {
            return SessionReports.NoSuchChat(client.Messenger, message.Chat);
        }

        var reply = await PostAsync(message, kind, content, cancellationToken);
        if (reply.Outcome is CallOutcome.Lost)
        {
            // Under the same key Feishu shows it once, so the quickest way to know is to ask again.
            reply = await PostAsync(message, kind, content, cancellationToken);
        }

        if (reply is not { IsOk: true } || reply.Text("message_id") is not { Length: > 0 } id)
        {
            return FeishuFailure.Outcome(client.Messenger, reply);
        }

        recent.NoteOurs(id, message.Chat);
        return new SendOutcome.Delivered(id);
    }

    private async Task<FeishuReply> PostAsync(OutboundMessage message, string kind, FeishuPost content, CancellationToken cancellationToken)
    {
        if (AnsweredBy(message) is { } answered)
        {
            var inTopic = message.Chat.ThreadId is not null;
            var reply = await client.AnswerAsync(answered, content with { ReplyInThread = inTopic }, cancellationToken);
            if (inTopic || !FeishuFailure.IsAnsweredGone(reply))
            {
                return reply;
            }
        }

        return await client.PostAsync(kind, content with { ReceiveId = message.Chat.ExternalId }, cancellationToken);
    }

    /// <summary>In a group an answer shows what it answers; into a topic there is no other way.</summary>
    private static string? AnsweredBy(OutboundMessage message)
    {
        var answered = message.Chat.IsGroup && message.ReplyToExternalId is ['o', 'm', '_', ..] && FeishuIds.IsId(message.ReplyToExternalId) ? message.ReplyToExternalId : null;
        return answered ?? FeishuIds.RootOf(message.Chat.ThreadId);
    }
}
