using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>QQ's own words for things, read and written without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(QqPayload))]
[JsonSerializable(typeof(QqValidation))]
[JsonSerializable(typeof(QqValidated))]
[JsonSerializable(typeof(QqMessage))]
[JsonSerializable(typeof(QqFace))]
[JsonSerializable(typeof(QqReply))]
[JsonSerializable(typeof(QqPost))]
[JsonSerializable(typeof(QqOffer))]
[JsonSerializable(typeof(QqCredentials))]
internal sealed partial class QqJson : JsonSerializerContext;

/// <summary>What is posted to the callback.</summary>
/// <param name="D">Read only when the kind of event is one of ours.</param>
internal sealed record QqPayload(int Op, string? T, JsonElement D);

/// <summary>The question by which QQ tries the address of the callback.</summary>
internal sealed record QqValidation(string? PlainToken, string? EventTs);

internal sealed record QqValidated(string PlainToken, string Signature);

internal sealed record QqMessage(
    string? Id, string? Content, string? Timestamp, string? GroupOpenid, QqAuthor? Author, IReadOnlyList<QqFile?>? Attachments,
    IReadOnlyList<QqMention?>? Mentions = null);

internal sealed record QqAuthor(string? UserOpenid, string? MemberOpenid, string? Username = null, bool? Bot = null);

/// <summary>Whom a <c>&lt;@id&gt;</c> in the text means.</summary>
/// <param name="IsYou">Whether that is the bot.</param>
internal sealed record QqMention(string? Id, string? MemberOpenid, string? Username, bool? IsYou);

/// <param name="AsrReferText">Of a voice: what QQ heard in it.</param>
internal sealed record QqFile(string? ContentType, string? Filename, long? Size, string? Url, string? AsrReferText = null);

/// <summary>What a picture in the text stands for.</summary>
internal sealed record QqFace(string? Text);

/// <summary>The answer of a call: what is used of any of them.</summary>
internal sealed record QqReply(string? Id, string? Username, string? AccessToken, long? ExpiresIn, int? Code, string? Message, string? FileInfo = null);

/// <summary>A message to be shown.</summary>
internal sealed record QqPost(string Content, string? MsgId, int? MsgSeq, int MsgType = 0, QqShownMedia? Media = null);

/// <summary>A file as QQ described it.</summary>
internal sealed record QqShownMedia(string FileInfo);

/// <summary>A file QQ is to fetch.</summary>
/// <param name="FileType">1 a picture, 2 a film.</param>
/// <param name="SrvSendMsg">Whether it is shown at once, which counts as speaking first.</param>
internal sealed record QqOffer(int FileType, string Url, bool SrvSendMsg = false);

internal sealed record QqCredentials([property: JsonPropertyName("appId")] string AppId, [property: JsonPropertyName("clientSecret")] string ClientSecret);
