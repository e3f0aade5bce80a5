using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

// What LINE sends and takes, as far as it is used: https://developers.line.biz/en/reference/messaging-api/

internal sealed record LineCallback(IReadOnlyList<LineEvent?>? Events);

internal sealed record LineEvent(
    string? Type, string? Mode, long Timestamp, string? WebhookEventId, string? ReplyToken, LineSource? Source, LineMessage? Message, LinePostback? Postback, LineUnsend? Unsend);

internal sealed record LineSource(string? Type, string? UserId, string? GroupId, string? RoomId);

internal sealed record LineMessage(
    string? Id, string? Type, string? Text, string? FileName, long? FileSize, string? QuotedMessageId, LineMention? Mention, IReadOnlyList<string?>? Keywords,
    string? Title, string? Address, double? Latitude, double? Longitude);

internal sealed record LineMention(IReadOnlyList<LineMentionee?>? Mentionees);

internal sealed record LineMentionee(int Index, int Length, bool IsSelf);

internal sealed record LinePostback(string? Data);

internal sealed record LineUnsend(string? MessageId);

internal sealed record LinePush(string To, IReadOnlyList<LineContent> Messages);

internal sealed record LineReply(string ReplyToken, IReadOnlyList<LineContent> Messages);

/// <summary>One message to be shown.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LineText), "text")]
[JsonDerivedType(typeof(LineImage), "image")]
[JsonDerivedType(typeof(LineVideo), "video")]
[JsonDerivedType(typeof(LineAudio), "audio")]
internal abstract record LineContent;

internal sealed record LineText(string Text, LineQuickReply? QuickReply) : LineContent;

internal sealed record LineImage(string OriginalContentUrl, string PreviewImageUrl) : LineContent;

internal sealed record LineVideo(string OriginalContentUrl, string PreviewImageUrl) : LineContent;

/// <param name="Duration">In milliseconds.</param>
internal sealed record LineAudio(string OriginalContentUrl, long Duration) : LineContent;

internal sealed record LineQuickReply(IReadOnlyList<LineQuickItem> Items);

internal sealed record LineQuickItem(LineAction Action)
{
    public string Type { get; } = "action";
}

internal sealed record LineAction(string Label, string Data, string DisplayText)
{
    public string Type { get; } = "postback";
}

internal sealed record LineLoading(string ChatId, int LoadingSeconds);

internal sealed record LineSent(IReadOnlyList<LineSentMessage?>? SentMessages);

internal sealed record LineSentMessage(string? Id);

internal sealed record LineError(string? Message);

internal sealed record LineBot(string? UserId, string? BasicId, string? DisplayName);

internal sealed record LineProfile(string? DisplayName, string? Language);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LineCallback))]
[JsonSerializable(typeof(LinePush))]
[JsonSerializable(typeof(LineReply))]
[JsonSerializable(typeof(LineLoading))]
[JsonSerializable(typeof(LineSent))]
[JsonSerializable(typeof(LineError))]
[JsonSerializable(typeof(LineBot))]
[JsonSerializable(typeof(LineProfile))]
internal sealed partial class LineJson : JsonSerializerContext;
