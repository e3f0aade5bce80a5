using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Slack's own words for things, read and written without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SlackCallback))]
[JsonSerializable(typeof(SlackEvent))]
[JsonSerializable(typeof(SlackReaction))]
[JsonSerializable(typeof(SlackInteraction))]
[JsonSerializable(typeof(SlackEnvelope))]
[JsonSerializable(typeof(SlackAcknowledgement))]
[JsonSerializable(typeof(SlackAnswer))]
[JsonSerializable(typeof(SlackPost))]
[JsonSerializable(typeof(SlackShare))]
internal sealed partial class SlackJson : JsonSerializerContext;

/// <summary>What is posted to the address of events.</summary>
/// <param name="Event">Read only when its type is one of ours: other types put objects where ours have texts.</param>
internal sealed record SlackCallback(string? Type, string? Challenge, string? TeamId, JsonElement Event, JsonElement Authorizations);

/// <summary>A message, or what became of one.</summary>
internal sealed record SlackEvent(
    string? Type, string? Subtype, string? User, string? BotId, string? Channel, string? ChannelType, string? Ts, string? ThreadTs, string? ParentUserId,
    string? Text, IReadOnlyList<SlackFile?>? Files, IReadOnlyList<SlackForwarded?>? Attachments, SlackEdit? Edited, SlackEvent? Message, SlackEvent? PreviousMessage,
    string? DeletedTs);

/// <summary>A message that was passed on with another, or the preview of a link.</summary>
/// <param name="IsShare">Whether somebody passed it on.</param>
/// <param name="Fallback">Stands in for what has no text.</param>
internal sealed record SlackForwarded(bool? IsShare, string? AuthorName, string? Text, string? Fallback, IReadOnlyList<SlackFile?>? Files);

/// <summary>A reaction that came or went.</summary>
internal sealed record SlackReaction(string? Type, string? User, string? Reaction, SlackItem? Item, string? EventTs);

internal sealed record SlackItem(string? Type, string? Channel, string? Ts);

internal sealed record SlackEdit(string? User, string? Ts);

internal sealed record SlackFile(
    string? Id, string? Name, string? Mimetype, string? Subtype, string? Mode, long? Size, string? UrlPrivate, string? UrlPrivateDownload);

/// <summary>Somebody used something we showed.</summary>
internal sealed record SlackInteraction(
    string? Type, SlackPerson? User, SlackPlace? Team, SlackPlace? Channel, SlackContainer? Container, SlackEvent? Message, IReadOnlyList<SlackAction?>? Actions);

internal sealed record SlackPerson(string? Id, string? TeamId, string? Name, string? Username);

internal sealed record SlackPlace(string? Id);

internal sealed record SlackContainer(string? MessageTs, string? ChannelId, string? ThreadTs);

internal sealed record SlackAction(string? ActionId, string? Type, string? Value, SlackWords? Text, string? ActionTs);

internal sealed record SlackWords(string Type, string Text, bool? Emoji = null, bool? Verbatim = null);

/// <summary>One frame of a socket.</summary>
internal sealed record SlackEnvelope(string? Type, string? EnvelopeId, string? Reason, JsonElement Payload);

internal sealed record SlackAcknowledgement(string EnvelopeId);

/// <summary>The answer of a method: what is used of any of them.</summary>
internal sealed record SlackAnswer(
    bool Ok, string? Error, string? Needed, string? Ts, string? Url, string? Team, string? TeamId, string? UserId, JsonElement User,
    string? UploadUrl, string? FileId);

/// <summary>A message to be shown.</summary>
internal sealed record SlackPost(
    string Channel, string Text, string? ThreadTs, IReadOnlyList<SlackBlock>? Blocks, IReadOnlyList<SlackAttached>? Attachments,
    bool Mrkdwn = true, bool UnfurlLinks = false, bool UnfurlMedia = false);

internal sealed record SlackAttached(string Fallback, IReadOnlyList<SlackBlock> Blocks);

/// <summary>A section, or a row of buttons.</summary>
internal sealed record SlackBlock(string Type, SlackWords? Text = null, IReadOnlyList<SlackButton>? Elements = null);

internal sealed record SlackButton(string Type, SlackWords Text, string ActionId, string Value);

/// <summary>Files that were handed in, to be shown.</summary>
internal sealed record SlackShare(IReadOnlyList<SlackTitle> Files, string ChannelId, string? ThreadTs);

/// <param name="Title">What people see.</param>
internal sealed record SlackTitle(string Id, string Title);
