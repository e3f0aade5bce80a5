using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

// What WhatsApp tells, as far as it is used: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
// Each message is read by itself: one of a kind that did not exist when this was written must not take its neighbours with it.

internal sealed record WhatsAppCallback(IReadOnlyList<WhatsAppEntry?>? Entry);

internal sealed record WhatsAppEntry(IReadOnlyList<WhatsAppChange?>? Changes);

internal sealed record WhatsAppChange(string? Field, JsonElement Value);

internal sealed record WhatsAppValue(
    WhatsAppMetadata? Metadata, IReadOnlyList<WhatsAppContact?>? Contacts, IReadOnlyList<JsonElement>? Messages, IReadOnlyList<JsonElement>? Statuses);

internal sealed record WhatsAppMetadata(string? PhoneNumberId);

internal sealed record WhatsAppContact(string? WaId, string? UserId, WhatsAppProfile? Profile);

internal sealed record WhatsAppProfile(string? Name, string? Username);

internal sealed record WhatsAppMessage(
    string? Id, string? From, string? FromUserId, string? GroupId, string? Timestamp, string? Type, WhatsAppContext? Context,
    WhatsAppText? Text, WhatsAppMedia? Image, WhatsAppMedia? Video, WhatsAppMedia? Audio, WhatsAppMedia? Document, WhatsAppMedia? Sticker,
    WhatsAppInteractive? Interactive, WhatsAppTemplateButton? Button, WhatsAppLocation? Location, IReadOnlyList<WhatsAppCard?>? Contacts,
    WhatsAppEdit? Edit, WhatsAppRevoke? Revoke, WhatsAppReaction? Reaction, WhatsAppUnsupported? Unsupported, IReadOnlyList<GraphError?>? Errors);

/// <param name="Type">What it was that WhatsApp does not hand on.</param>
internal sealed record WhatsAppUnsupported(string? Type);

/// <param name="Emoji">Away, or empty, when it was taken back.</param>
internal sealed record WhatsAppReaction(string? MessageId, string? Emoji);

internal sealed record WhatsAppContext(string? Id);

internal sealed record WhatsAppText(string? Body);

internal sealed record WhatsAppMedia(string? Id, string? MimeType, string? Caption, string? Filename, bool Voice);

internal sealed record WhatsAppInteractive(string? Type, WhatsAppChoice? ButtonReply, WhatsAppChoice? ListReply);

internal sealed record WhatsAppChoice(string? Id, string? Title);

internal sealed record WhatsAppTemplateButton(string? Payload, string? Text);

internal sealed record WhatsAppLocation(double? Latitude, double? Longitude, string? Name, string? Address);

internal sealed record WhatsAppCard(WhatsAppCardName? Name, IReadOnlyList<WhatsAppCardPhone?>? Phones);

internal sealed record WhatsAppCardName(string? FormattedName);

internal sealed record WhatsAppCardPhone(string? Phone);

internal sealed record WhatsAppEdit(string? OriginalMessageId, WhatsAppMessage? Message);

internal sealed record WhatsAppRevoke(string? OriginalMessageId);

/// <summary>What became of a message of ours.</summary>
internal sealed record WhatsAppStatus(string? Id, string? Status, IReadOnlyList<GraphError?>? Errors);

internal sealed record WhatsAppSent(IReadOnlyList<WhatsAppSentMessage?>? Messages);

internal sealed record WhatsAppSentMessage(string? Id);

internal sealed record WhatsAppNumber(string? VerifiedName, string? DisplayPhoneNumber);

internal sealed record WhatsAppUpload(string? Id);

internal sealed record WhatsAppFile(string? Url, long? FileSize);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WhatsAppCallback))]
[JsonSerializable(typeof(WhatsAppValue))]
[JsonSerializable(typeof(WhatsAppMessage))]
[JsonSerializable(typeof(WhatsAppStatus))]
[JsonSerializable(typeof(WhatsAppSent))]
[JsonSerializable(typeof(WhatsAppNumber))]
[JsonSerializable(typeof(WhatsAppUpload))]
[JsonSerializable(typeof(WhatsAppFile))]
internal sealed partial class WhatsAppJson : JsonSerializerContext;
