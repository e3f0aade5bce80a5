using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Feishu's own words for things, read without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeishuCallback))]
[JsonSerializable(typeof(FeishuReceived))]
[JsonSerializable(typeof(FeishuRecalled))]
[JsonSerializable(typeof(FeishuPressed))]
[JsonSerializable(typeof(FeishuReacted))]
[JsonSerializable(typeof(FeishuFound))]
[JsonSerializable(typeof(FeishuAnswer))]
[JsonSerializable(typeof(FeishuCredentials))]
[JsonSerializable(typeof(FeishuPost))]
[JsonSerializable(typeof(FeishuOpening))]
[JsonSerializable(typeof(FeishuFrameAnswer))]
internal sealed partial class FeishuJson : JsonSerializerContext;

/// <summary>What is posted to the address of events.</summary>
/// <param name="Event">Read only when its type is one of ours: other types put objects where ours have texts.</param>
internal sealed record FeishuCallback(string? Schema, string? Type, string? Challenge, string? Token, string? Encrypt, FeishuHeader? Header, JsonElement Event)
{
    public const string Handshake = "url_verification";
}

internal sealed record FeishuHeader(string? EventId, string? EventType, string? CreateTime, string? Token, string? AppId);

/// <summary>The event <c>im.message.receive_v1</c>.</summary>
internal sealed record FeishuReceived(FeishuAuthor? Sender, FeishuMessage? Message);

internal sealed record FeishuAuthor(FeishuUser? SenderId, string? SenderType);

internal sealed record FeishuUser(string? OpenId);

internal sealed record FeishuMessage(
    string? MessageId, string? RootId, string? ParentId, string? ThreadId, string? CreateTime, string? ChatId, string? ChatType, string? MessageType,
    string? Content, IReadOnlyList<FeishuMention?>? Mentions);

internal sealed record FeishuMention(string? Key, FeishuUser? Id, string? Name);

/// <summary>The event <c>im.message.recalled_v1</c>. It names no author.</summary>
internal sealed record FeishuRecalled(string? MessageId, string? ChatId, string? RecallTime);

/// <summary>The events <c>im.message.reaction.created_v1</c> and <c>im.message.reaction.deleted_v1</c>. They name no chat.</summary>
/// <param name="OperatorType">An app has an <c>app_id</c> in place of the <c>user_id</c>.</param>
/// <param name="ActionTime">When it was given, also where it is taken back.</param>
internal sealed record FeishuReacted(string? MessageId, FeishuEmojiType? ReactionType, string? OperatorType, FeishuUser? UserId, string? ActionTime);

internal sealed record FeishuEmojiType(string? EmojiType);

/// <summary>A message that was asked for, and what it passes on.</summary>
internal sealed record FeishuFound(IReadOnlyList<FeishuStanding?>? Items);

/// <summary>Where a message stands. Times, senders and contents are left unread.</summary>
internal sealed record FeishuStanding(string? ChatId, bool? Deleted);

/// <summary>The callback <c>card.action.trigger</c>.</summary>
internal sealed record FeishuPressed(FeishuUser? Operator, FeishuAction? Action, FeishuPlace? Context);

/// <param name="Value">What we put into the button, whatever somebody else may have put into theirs.</param>
internal sealed record FeishuAction(JsonElement Value);

internal sealed record FeishuPlace(string? OpenMessageId, string? OpenChatId);

/// <summary>The answer of a method: what is used of any of them.</summary>
internal sealed record FeishuAnswer(int? Code, string? Msg, JsonElement Data, FeishuBot? Bot, string? TenantAccessToken, int? Expire);

internal sealed record FeishuBot(string? AppName, string? OpenId);

internal sealed record FeishuCredentials(string AppId, string AppSecret);

/// <summary>A message to be shown.</summary>
/// <param name="ReceiveId">The chat; <see langword="null"/> in an answer to a message.</param>
/// <param name="Content">JSON, as a text.</param>
/// <param name="Uuid">By which a repeated message is known, for an hour.</param>
/// <param name="ReplyInThread">Whether an answer goes into the message's topic.</param>
internal sealed record FeishuPost(string? ReceiveId, string MsgType, string Content, string Uuid, bool? ReplyInThread);

/// <summary>Asks for a long connection.</summary>
internal sealed record FeishuOpening([property: JsonPropertyName("AppID")] string AppId, [property: JsonPropertyName("AppSecret")] string AppSecret);

/// <summary>What an event over a long connection is acknowledged with.</summary>
/// <param name="Data">What is said to whoever pressed a button, in base64; <see langword="null"/> for an event.</param>
internal sealed record FeishuFrameAnswer(int Code, byte[]? Data);
