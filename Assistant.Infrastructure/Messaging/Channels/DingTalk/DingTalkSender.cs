using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Shows messages. One call each; what to do about a failure is said in the outcome.</summary>
internal sealed class DingTalkSender(DingTalkClient client, DingTalkSettings settings)
{
    private static readonly TimeSpan FloodPause = TimeSpan.FromMinutes(1);

    // DingTalk limits bytes: every character as it is.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var (key, param) = DingTalkText.Of(message.Body.Markdown);
        return SendAsync(message.Chat, key, param, cancellationToken);
    }

    /// <summary>Shows something in a form DingTalk has.</summary>
    /// <param name="key">The form's name.</param>
    public async Task<SendOutcome> SendAsync(ExternalChat chat, string key, JsonObject param, CancellationToken cancellationToken)
    {
        var post = new DingTalkPost(settings.RobotCode, key, param.ToJsonString(Relaxed));
        switch (DingTalkChats.TargetOf(chat))
        {
            case ({ } group, _):
                post = post with { OpenConversationId = group };
                break;
            case (_, { } person):
                post = post with { UserIds = [person] };
                break;
            default:
                return chat.ExternalId.StartsWith("cid", StringComparison.Ordinal)
                    ? new SendOutcome.Rejected(Phrase.Of("dingtalk.outsider"))
                    : SessionReports.NoSuchChat(DingTalkChannel.Name, chat);
        }

        var reply = await client.PostAsync(post, cancellationToken);
        return reply switch
        {
            // It says so as a success when the person has left, or has had too many.
            { IsOk: true, Answer.InvalidStaffIdList: [_, ..] } => new SendOutcome.Rejected(Phrase.Of("dingtalk.person-unknown")),
            { IsOk: true, Answer.FlowControlledStaffIdList: [_, ..] } => new SendOutcome.RetryAfter(FloodPause, Phrase.Of("channel.pause", ("name", DingTalkChannel.Name))),
            { IsOk: true, Answer.ProcessQueryKey: { Length: > 0 } id } => new SendOutcome.Delivered(id),
            _ => DingTalkFailure.Outcome(reply),
        };
    }
}
