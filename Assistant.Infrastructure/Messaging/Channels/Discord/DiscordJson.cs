using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Discord's own words for things, read and written without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DiscordFrame))]
[JsonSerializable(typeof(DiscordHello))]
[JsonSerializable(typeof(DiscordReady))]
[JsonSerializable(typeof(DiscordGuild))]
[JsonSerializable(typeof(DiscordMessage))]
[JsonSerializable(typeof(List<DiscordMessage?>))]
[JsonSerializable(typeof(DiscordRemoval))]
[JsonSerializable(typeof(DiscordReaction))]
[JsonSerializable(typeof(DiscordInteraction))]
[JsonSerializable(typeof(DiscordUser))]
[JsonSerializable(typeof(DiscordPlace))]
[JsonSerializable(typeof(DiscordApplication))]
[JsonSerializable(typeof(DiscordEntrance))]
[JsonSerializable(typeof(DiscordError))]
[JsonSerializable(typeof(DiscordIdentify))]
[JsonSerializable(typeof(DiscordResume))]
[JsonSerializable(typeof(DiscordHeartbeat))]
[JsonSerializable(typeof(DiscordPost))]
[JsonSerializable(typeof(DiscordCallback))]
[JsonSerializable(typeof(DiscordCommand))]
[JsonSerializable(typeof(DiscordCursor))]
internal sealed partial class DiscordJson : JsonSerializerContext;

/// <summary>One frame of the gateway.</summary>
/// <param name="D">Read only when the kind of event is one of ours.</param>
internal sealed record DiscordFrame(int Op, long? S, string? T, JsonElement D);

internal sealed record DiscordHello(int HeartbeatInterval);

internal sealed record DiscordReady(string? SessionId, string? ResumeGatewayUrl, IReadOnlyList<DiscordPlace?>? Guilds);

/// <summary>A server, with what is needed to find what was missed there.</summary>
internal sealed record DiscordGuild(string? Id, bool? Unavailable, IReadOnlyList<DiscordPlace?>? Channels, IReadOnlyList<DiscordPlace?>? Threads);

/// <summary>A channel, a thread, or a server by its id.</summary>
internal sealed record DiscordPlace(string? Id, int? Type = null, string? LastMessageId = null, IReadOnlyList<DiscordUser?>? Recipients = null);

internal sealed record DiscordUser(string? Id, string? Username = null, string? GlobalName = null, bool? Bot = null);

internal sealed record DiscordMember(string? Nick = null, DiscordUser? User = null);

/// <summary>A message, or what is told of one that changed.</summary>
internal sealed record DiscordMessage(
    string? Id, string? ChannelId, string? GuildId, string? WebhookId, DiscordUser? Author, DiscordMember? Member, string? Content, string? Timestamp,
    string? EditedTimestamp, int? Type, long? Flags, IReadOnlyList<DiscordUser?>? Mentions, IReadOnlyList<DiscordFile?>? Attachments,
    IReadOnlyList<DiscordSticker?>? StickerItems, DiscordReference? MessageReference, DiscordMessage? ReferencedMessage,
    IReadOnlyList<DiscordSnapshot?>? MessageSnapshots, IReadOnlyList<DiscordComponent?>? Components, DiscordOrigin? InteractionMetadata);

/// <summary>What a message answers, where that is no message.</summary>
internal sealed record DiscordOrigin(string? Id);

/// <summary>A forwarded message, as it was.</summary>
internal sealed record DiscordSnapshot(DiscordMessage? Message);

internal sealed record DiscordFile(string? Id, string? Filename, string? ContentType, long? Size, string? Url, double? DurationSecs = null, string? Waveform = null);

internal sealed record DiscordSticker(string? Name);

internal sealed record DiscordReference(string? MessageId, bool? FailIfNotExists = null);

/// <summary>One message that is gone, or several at once.</summary>
internal sealed record DiscordRemoval(string? Id, IReadOnlyList<string?>? Ids, string? ChannelId, string? GuildId);

/// <summary>A reaction that came or went.</summary>
/// <param name="Member">Who reacted, in a server, when it came.</param>
internal sealed record DiscordReaction(string? UserId, string? ChannelId, string? MessageId, string? GuildId, DiscordMember? Member, DiscordEmoji? Emoji);

/// <param name="Id">Of a server's own.</param>
internal sealed record DiscordEmoji(string? Id, string? Name);

/// <summary>Somebody used a command or a button.</summary>
internal sealed record DiscordInteraction(
    string? Id, string? ApplicationId, int Type, string? Token, string? GuildId, string? ChannelId, DiscordPlace? Channel, DiscordMember? Member,
    DiscordUser? User, DiscordChoice? Data, DiscordMessage? Message, string? Locale);

internal sealed record DiscordChoice(string? Name, string? CustomId, int? ComponentType, IReadOnlyList<DiscordOption?>? Options);

internal sealed record DiscordOption(string? Name, int? Type, JsonElement Value, IReadOnlyList<DiscordOption?>? Options);

internal sealed record DiscordApplication(string? Id, string? Name, string? VerifyKey, long? Flags);

/// <summary>Where the gateway is, and how many sessions may still be begun today.</summary>
internal sealed record DiscordEntrance(string? Url, DiscordStarts? SessionStartLimit);

internal sealed record DiscordStarts(int? Remaining);

/// <summary>A refusal.</summary>
internal sealed record DiscordError(int? Code, string? Message, double? RetryAfter, bool? Global);

internal sealed record DiscordIdentify(DiscordIdentity D, int Op = 2);

internal sealed record DiscordIdentity(string Token, int Intents, DiscordProperties Properties);

internal sealed record DiscordProperties(string Os, string Browser, string Device);

internal sealed record DiscordResume(DiscordResumption D, int Op = 6);

internal sealed record DiscordResumption(string Token, string SessionId, long Seq);

internal sealed record DiscordHeartbeat([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? D, int Op = 1);

/// <summary>A message to be shown.</summary>
internal sealed record DiscordPost(
    string Content, IReadOnlyList<DiscordComponent>? Components, DiscordAllowed AllowedMentions, string? Nonce = null, bool? EnforceNonce = null,
    DiscordReference? MessageReference = null, int? Flags = null, IReadOnlyList<DiscordUpload>? Attachments = null);

/// <summary>A file that goes with a message, by its place among the parts.</summary>
internal sealed record DiscordUpload(int Id, string Filename);

/// <summary>Whom a message may ping: nobody.</summary>
internal sealed record DiscordAllowed(IReadOnlyList<string> Parse);

/// <summary>A row of buttons, or a button.</summary>
internal sealed record DiscordComponent(
    int Type, IReadOnlyList<DiscordComponent?>? Components = null, int? Style = null, string? Label = null, string? CustomId = null);

/// <summary>The first answer to an interaction.</summary>
internal sealed record DiscordCallback(int Type, DiscordNotice? Data = null);

/// <summary>What is shown at once.</summary>
internal sealed record DiscordNotice(string Content, int Flags);

internal sealed record DiscordCommand(string Name, string Description, IReadOnlyList<DiscordParameter> Options, int Type = 1);

internal sealed record DiscordParameter(string Name, string Description, int Type = 3, bool Required = true);

/// <summary>A place in what Discord tells, as it is stored.</summary>
internal sealed record DiscordCursor(string? Session, string? Resume, long Seq, string? Last, IReadOnlyList<string?>? Direct);
