using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

// What Teams sends and takes, as far as it is used:
// https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference

internal sealed record TeamsActivity(
    string? Type, string? Id, string? Timestamp, string? ServiceUrl, string? ChannelId, string? Locale, TeamsAccount? From, TeamsAccount? Recipient,
    TeamsConversation? Conversation, string? Text, IReadOnlyList<TeamsEntity?>? Entities, IReadOnlyList<TeamsAttachment?>? Attachments, string? ReplyToId,
    string? Name, JsonElement Value, TeamsOrigin? ChannelData, IReadOnlyList<TeamsReaction?>? ReactionsAdded, IReadOnlyList<TeamsReaction?>? ReactionsRemoved);

internal sealed record TeamsReaction(string? Type);

internal sealed record TeamsAccount(string? Id, string? Name, string? AadObjectId);

internal sealed record TeamsConversation(string? Id, string? Name, string? ConversationType, string? TenantId, bool? IsGroup);

internal sealed record TeamsEntity(string? Type, string? Text, TeamsAccount? Mentioned);

internal sealed record TeamsAttachment(string? ContentType, string? ContentUrl, string? Name, JsonElement Content);

internal sealed record TeamsOrigin(TeamsTenant? Tenant);

internal sealed record TeamsTenant(string? Id);

internal sealed record TeamsDownload(string? DownloadUrl, string? FileType);

internal sealed record TeamsMessage(string Type, TeamsFrom From, string? Text, string? TextFormat, IReadOnlyList<TeamsPart>? Attachments);

internal sealed record TeamsFrom(string Id);

/// <summary>What goes with a text.</summary>
internal sealed record TeamsPart(string ContentType, JsonElement Content, string? Name = null, string? ContentUrl = null);

internal sealed record TeamsConsent(string Description, long SizeInBytes, TeamsOffer AcceptContext, TeamsOffer DeclineContext);

/// <summary>Which file a person takes or declines.</summary>
internal sealed record TeamsOffer(string? File);

/// <summary>What a person decided about a file.</summary>
internal sealed record TeamsDecision(string? Action, TeamsOffer? Context, TeamsUpload? UploadInfo);

/// <summary>Where a file goes that a person takes: a place in their own storage.</summary>
internal sealed record TeamsUpload(string? ContentUrl, string? Name, string? UploadUrl, string? UniqueId, string? FileType);

internal sealed record TeamsFileCard(string? UniqueId, string? FileType);

internal sealed record TeamsCard(IReadOnlyList<TeamsActionSet> Body)
{
    public string Type { get; } = "AdaptiveCard";

    [JsonPropertyName("$schema")]
    public string Schema { get; } = "http://adaptivecards.io/schemas/adaptive-card.json";

    public string Version { get; } = "1.4";
}

internal sealed record TeamsActionSet(IReadOnlyList<TeamsAction> Actions)
{
    public string Type { get; } = "ActionSet";
}

internal sealed record TeamsAction(string Title, TeamsPress Data)
{
    public string Type { get; } = "Action.Submit";
}

/// <summary>What a button carries, and what comes back when it is pressed.</summary>
internal sealed record TeamsPress(string? Assistant, string? Label);

internal sealed record TeamsSent(string? Id);

internal sealed record TeamsRefusal(TeamsError? Error);

internal sealed record TeamsError(string? Code, string? Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TeamsActivity))]
[JsonSerializable(typeof(TeamsDownload))]
[JsonSerializable(typeof(TeamsPress))]
[JsonSerializable(typeof(TeamsMessage))]
[JsonSerializable(typeof(TeamsCard))]
[JsonSerializable(typeof(TeamsConsent))]
[JsonSerializable(typeof(TeamsDecision))]
[JsonSerializable(typeof(TeamsFileCard))]
[JsonSerializable(typeof(TeamsSent))]
[JsonSerializable(typeof(TeamsRefusal))]
internal sealed partial class TeamsJson : JsonSerializerContext;
