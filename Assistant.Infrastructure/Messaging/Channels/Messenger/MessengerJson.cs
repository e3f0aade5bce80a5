using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

// What Messenger tells, as far as it is used: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
// Each event is read by itself: one of a kind that did not exist when this was written must not take its neighbours with it.

internal sealed record MessengerCallback(IReadOnlyList<MessengerEntry?>? Entry);

internal sealed record MessengerEntry(IReadOnlyList<JsonElement>? Messaging);

internal sealed record MessengerEvent(
    MessengerParty? Sender, MessengerParty? Recipient, long Timestamp, MessengerMessage? Message, MessengerPostback? Postback, MessengerEdit? MessageEdit, MessengerReaction? Reaction);

/// <param name="Action"><c>react</c> or <c>unreact</c>.</param>
/// <param name="Reaction">Its name, where there is no emoji.</param>
internal sealed record MessengerReaction(string? Mid, string? Action, string? Emoji, string? Reaction);

internal sealed record MessengerParty(string? Id);

internal sealed record MessengerMessage(
    string? Mid, string? Text, bool IsEcho, MessengerQuickReply? QuickReply, MessengerReplyTo? ReplyTo, IReadOnlyList<MessengerAttachment?>? Attachments);

internal sealed record MessengerQuickReply(string? Payload);

internal sealed record MessengerReplyTo(string? Mid);

internal sealed record MessengerAttachment(string? Type, string? Title, string? Url, MessengerPayload? Payload);

/// <param name="StickerId">Of a sticker, in either of its forms.</param>
internal sealed record MessengerPayload(string? Url, string? Title, MessengerPlace? Coordinates, long? StickerId);

internal sealed record MessengerPlace(double? Lat, double? Long);

internal sealed record MessengerPostback(string? Mid, string? Title, string? Payload);

internal sealed record MessengerEdit(string? Mid, string? Text, long NumEdit);

internal sealed record MessengerSent(string? MessageId);

internal sealed record MessengerPage(string? Id, string? Name);

internal sealed record MessengerProfile(string? Name, string? FirstName, string? LastName);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(MessengerCallback))]
[JsonSerializable(typeof(MessengerEvent))]
[JsonSerializable(typeof(MessengerSent))]
[JsonSerializable(typeof(MessengerPage))]
[JsonSerializable(typeof(MessengerProfile))]
internal sealed partial class MessengerJson : JsonSerializerContext;
