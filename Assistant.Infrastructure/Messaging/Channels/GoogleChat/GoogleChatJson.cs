using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

// What Google Chat sends and takes, as far as it is used: https://developers.google.com/workspace/chat/api/reference/rest

internal sealed record GoogleKeyFile(
    [property: JsonPropertyName("client_email")] string? ClientEmail, [property: JsonPropertyName("private_key")] string? PrivateKey,
    [property: JsonPropertyName("private_key_id")] string? PrivateKeyId, [property: JsonPropertyName("token_uri")] string? TokenUri);

internal sealed record GoogleTokenHeader(string Alg, string Typ, string Kid);

internal sealed record GoogleTokenClaims(string Iss, string Scope, string Aud, long Iat, long Exp);

/// <summary>An event, in either form: that of Chat apps, or that of add-ons, which has all of it in <see cref="Chat"/>.</summary>
internal sealed record GoogleChatEvent(
    string? Type, string? EventTime, GoogleSpace? Space, GoogleUser? User, GoogleMessage? Message, GoogleAction? Action, GoogleCommon? Common, GoogleAddOnChat? Chat,
    GoogleCommon? CommonEventObject);

internal sealed record GoogleAddOnChat(
    GoogleUser? User, string? EventTime, GooglePayload? MessagePayload, GooglePayload? ButtonClickedPayload, GooglePayload? AddedToSpacePayload, GooglePayload? AppCommandPayload);

internal sealed record GooglePayload(GoogleSpace? Space, GoogleMessage? Message);

internal sealed record GoogleSpace(string? Name, string? Type, string? SpaceType, string? SpaceThreadingState, string? DisplayName, bool SingleUserBotDm);

internal sealed record GoogleUser(string? Name, string? DisplayName, string? Type);

internal sealed record GoogleMessage(
    string? Name, GoogleUser? Sender, string? CreateTime, string? Text, string? ArgumentText, GoogleThread? Thread, bool ThreadReply, GoogleSpace? Space,
    IReadOnlyList<GoogleAnnotation?>? Annotations, IReadOnlyList<GoogleAttachment?>? Attachment, GoogleSlashCommand? SlashCommand, GoogleQuote? QuotedMessageMetadata);

internal sealed record GoogleThread(string? Name);

internal sealed record GoogleAnnotation(string? Type, GoogleMention? UserMention);

internal sealed record GoogleMention(GoogleUser? User);

internal sealed record GoogleSlashCommand;

internal sealed record GoogleQuote(string? Name);

internal sealed record GoogleAttachment(string? ContentName, string? ContentType, GoogleDataRef? AttachmentDataRef);

internal sealed record GoogleDataRef(string? ResourceName);

internal sealed record GoogleAction(IReadOnlyList<GoogleParameter?>? Parameters);

internal sealed record GoogleParameter(string? Key, string? Value);

internal sealed record GoogleCommon(string? UserLocale, IReadOnlyDictionary<string, string?>? Parameters);

/// <param name="FallbackText">What notifications say of cards that have no words beside them.</param>
internal sealed record GoogleNewMessage(string? Text, string? MarkupSyntax, GoogleThread? Thread, IReadOnlyList<GoogleCardWithId>? CardsV2, string? FallbackText = null);

internal sealed record GoogleCardWithId(string CardId, GoogleCard Card);

internal sealed record GoogleCard(IReadOnlyList<GoogleSection> Sections);

internal sealed record GoogleSection(IReadOnlyList<GoogleWidget> Widgets);

internal sealed record GoogleWidget(GoogleButtons? ButtonList = null, GoogleImage? Image = null);

internal sealed record GoogleImage(string ImageUrl, string AltText);

internal sealed record GoogleButtons(IReadOnlyList<GoogleButton> Buttons);

internal sealed record GoogleButton(string Text, GoogleOnClick OnClick);

internal sealed record GoogleOnClick(GoogleCall Action);

internal sealed record GoogleCall(string Function, IReadOnlyList<GoogleParameter> Parameters);

internal sealed record GoogleSent(string? Name);

internal sealed record GoogleRefusal(GoogleError? Error);

internal sealed record GoogleError(string? Status, string? Message);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GoogleKeyFile))]
[JsonSerializable(typeof(GoogleTokenHeader))]
[JsonSerializable(typeof(GoogleTokenClaims))]
[JsonSerializable(typeof(GoogleChatEvent))]
[JsonSerializable(typeof(GoogleNewMessage))]
[JsonSerializable(typeof(GoogleSent))]
[JsonSerializable(typeof(GoogleRefusal))]
internal sealed partial class GoogleChatJson : JsonSerializerContext;
