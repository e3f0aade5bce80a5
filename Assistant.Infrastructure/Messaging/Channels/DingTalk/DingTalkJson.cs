using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>DingTalk's own words for things, read and written without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DingTalkFrame))]
[JsonSerializable(typeof(DingTalkAcknowledgement))]
[JsonSerializable(typeof(DingTalkMessage))]
[JsonSerializable(typeof(DingTalkAnswer))]
[JsonSerializable(typeof(DingTalkCredentials))]
[JsonSerializable(typeof(DingTalkOpening))]
[JsonSerializable(typeof(DingTalkPost))]
[JsonSerializable(typeof(DingTalkFileRequest))]
[JsonSerializable(typeof(DingTalkUploaded))]
internal sealed partial class DingTalkJson : JsonSerializerContext;

/// <summary>One frame of a stream.</summary>
/// <param name="Data">JSON, as a text.</param>
internal sealed record DingTalkFrame(string? Type, DingTalkFrameHeaders? Headers, string? Data);

internal sealed record DingTalkFrameHeaders(string? MessageId, string? Topic);

internal sealed record DingTalkAcknowledgement(int Code, DingTalkAcknowledgedHeaders Headers, string Message, string Data);

internal sealed record DingTalkAcknowledgedHeaders(string MessageId, string ContentType);

/// <summary>Something was said to the robot.</summary>
/// <param name="MsgId">Of the message; that of a frame is of the delivery.</param>
/// <param name="SenderStaffId">The person in the company; empty for people from outside.</param>
/// <param name="SenderId">The person as the robot sees them.</param>
/// <param name="Content">By type; read when the type is known.</param>
internal sealed record DingTalkMessage(
    string? MsgId, string? ConversationId, string? ConversationType, string? ConversationTitle, string? SenderId, string? SenderStaffId, string? SenderNick,
    string? SenderCorpId, string? ChatbotCorpId, string? ChatbotUserId, bool? IsInAtList, string? Msgtype, DingTalkWords? Text, JsonElement Content, JsonElement CreateAt);

/// <param name="RepliedMsg">The message it answers, with the whole of it; absent when it answers none.</param>
internal sealed record DingTalkWords(string? Content, JsonElement RepliedMsg);

/// <summary>The answer of a method: what is used of any of them.</summary>
internal sealed record DingTalkAnswer(
    string? Code, string? Message, string? AccessToken, int? ExpireIn, string? Endpoint, string? Ticket, string? ProcessQueryKey,
    IReadOnlyList<string?>? InvalidStaffIdList, IReadOnlyList<string?>? FlowControlledStaffIdList, string? DownloadUrl);

internal sealed record DingTalkCredentials(string AppKey, string AppSecret);

/// <summary>Asks for a stream.</summary>
internal sealed record DingTalkOpening(string ClientId, string ClientSecret, IReadOnlyList<DingTalkSubscription> Subscriptions, string Ua);

internal sealed record DingTalkSubscription(string Type, string Topic);

/// <summary>A message to be shown, to one person or in one group.</summary>
/// <param name="MsgParam">JSON, as a text.</param>
internal sealed record DingTalkPost(string RobotCode, string MsgKey, string MsgParam, IReadOnlyList<string>? UserIds = null, string? OpenConversationId = null);

internal sealed record DingTalkFileRequest(string DownloadCode, string RobotCode);

/// <summary>The older interface's answer to a file.</summary>
internal sealed record DingTalkUploaded(int? Errcode, string? Errmsg, [property: JsonPropertyName("media_id")] string? MediaId);
