using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>What one callback tells, in the order in which it tells it.</summary>
internal sealed record WhatsAppNews(IReadOnlyList<InboundMessage> Messages, IReadOnlyList<WhatsAppStatus> Statuses);

/// <summary>Translates callbacks. Pure, and total: any bytes give news or none.</summary>
/// <param name="numberId">Callbacks of an app are for all its numbers; those of others are none of this connection's.</param>
internal sealed class WhatsAppReader(ConnectionId connection, string numberId)
{
    private const long LastSecond = 253_402_300_799;

    /// <param name="now">Stands for a time that cannot be read.</param>
    /// <returns><see langword="null"/> when these bytes are no callback.</returns>
    public WhatsAppNews? Read(ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (GraphApi.Read(body, WhatsAppJson.Default.WhatsAppCallback) is not { } callback)
        {
            return null;
        }

        var values = (callback.Entry ?? []).SelectMany(entry => entry?.Changes ?? [])
            .Where(change => change?.Field == "messages")
            .Select(change => GraphApi.Read(change!.Value, WhatsAppJson.Default.WhatsAppValue)).OfType<WhatsAppValue>()
            .Where(value => value.Metadata?.PhoneNumberId == numberId).ToList();
        return new WhatsAppNews(
            [.. values.SelectMany(value => (value.Messages ?? [])
                .Select(message => GraphApi.Read(message, WhatsAppJson.Default.WhatsAppMessage)).OfType<WhatsAppMessage>()
                .Select(message => Read(value, message, now))).OfType<InboundMessage>()],
            [.. values.SelectMany(value => value.Statuses ?? []).Select(status => GraphApi.Read(status, WhatsAppJson.Default.WhatsAppStatus)).OfType<WhatsAppStatus>()]);
    }

    private InboundMessage? Read(WhatsAppValue value, WhatsAppMessage message, DateTimeOffset now)
    {
        // Groups of a business number have rules of their own; nothing is said into one that nobody asked for.
        if (message is not { Id: { Length: > 0 } id, GroupId: null } || ContactOf(value, message) is not { } contact
            || (contact.UserId ?? contact.WaId) is not { Length: > 0 } user)
        {
            return null;
        }

        // The chat keeps its phone number as long as WhatsApp shows it, the person is known by the id that stays: also who was known by the number until now.
        var chat = contact.WaId is { Length: > 0 } phone ? phone : user;
        return ContentOf(message) is (var key, var about, var content)
            ? new InboundMessage
            {
                Connection = connection,
                DedupeKey = key,
                Chat = new ExternalChat(chat),
                Sender = ExternalSender.Named(user, NameOf(contact), $"WhatsApp {chat[^Math.Min(4, chat.Length)..]}") with { FormerId = chat == user ? null : chat },
                ExternalMessageId = about,
                Content = content,
                SentAt = TimeOf(message.Timestamp) ?? now,
            }
            : null;

        (string Key, string About, InboundContent Content)? ContentOf(WhatsAppMessage said) => said switch
        {
            { Edit: { OriginalMessageId: { Length: > 0 } original, Message: { } changed } } when TextOf(changed) is { Length: > 0 } text
                => ($"{id}/edit/{said.Timestamp}", original, new InboundContent.Edited(text)),
            { Revoke.OriginalMessageId: { Length: > 0 } original } => ($"{original}/revoke", original, new InboundContent.Deleted()),
            { Reaction: { MessageId: { Length: > 0 } reactedTo } reaction }
                => (id, reactedTo, new InboundContent.Reacted(ReactionChange.Set, reaction.Emoji is { Length: > 0 } emoji ? [emoji] : [])),
            { Interactive: { } chosen } when (chosen.ButtonReply ?? chosen.ListReply) is { Id: { Length: > 0 } data } choice
                => (id, said.Context?.Id ?? id, new InboundContent.Pressed(data, choice.Title ?? data)),
            { Button: { } button } when (button.Payload ?? button.Text) is { Length: > 0 } data
                => (id, said.Context?.Id ?? id, new InboundContent.Pressed(data, button.Text ?? data)),
            _ when TextOf(said) is var text && AttachmentsOf(said) is var files && (text.Length > 0 || files.Count > 0)
                => (id, id, new InboundContent.Said(text, files, said.Context?.Id)),
            _ when UnreadableOf(said) is { } kind => (id, id, new InboundContent.Said($"⚠ ({kind})", [], said.Context?.Id)),
            _ => null,
        };
    }

    /// <summary>What somebody said that cannot be read here, by its name or WhatsApp's number: whoever said it should learn so.</summary>
    private static string? UnreadableOf(WhatsAppMessage message) => message switch
    {
        { Type: "unsupported" } => message.Unsupported?.Type ?? (message.Errors is [{ } error, ..] ? error.Code.ToString(CultureInfo.InvariantCulture) : message.Type),
        { Type: "interactive" } => message.Interactive?.Type ?? message.Type,
        { Type: "order" } => message.Type,
        _ => null,
    };

    /// <summary>Who wrote: by both ids where there are two.</summary>
    private static WhatsAppContact? ContactOf(WhatsAppValue value, WhatsAppMessage message)
    {
        var known = (value.Contacts ?? []).FirstOrDefault(contact => contact is not null
            && (message.From is not null ? contact.WaId == message.From : contact.UserId is not null && contact.UserId == message.FromUserId));
        return new WhatsAppContact(Filled(message.From), Filled(message.FromUserId) ?? Filled(known?.UserId), known?.Profile);
    }

    private static string? NameOf(WhatsAppContact contact) => Filled(contact.Profile?.Name) ?? Filled(contact.Profile?.Username);

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static DateTimeOffset? TimeOf(string? seconds)
        => long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(value) : null;

    private static string TextOf(WhatsAppMessage message) => message switch
    {
        { Text.Body: { } body } => body.Trim(),
        { Location: { } location } => $"📍 {location.Name} {location.Address} {Place(location)}".Replace("  ", " ", StringComparison.Ordinal).Trim(),
        { Contacts: { Count: > 0 } cards } => string.Join('\n', cards.Select(CardOf).Where(card => card.Length > 0)),
        _ => (message.Image ?? message.Video ?? message.Document)?.Caption?.Trim() ?? "",
    };

    private static string Place(WhatsAppLocation location)
        => location is { Latitude: { } latitude, Longitude: { } longitude } ? string.Create(CultureInfo.InvariantCulture, $"{latitude}, {longitude}") : "";

    private static string CardOf(WhatsAppCard? card)
    {
        var words = (card?.Phones ?? []).Select(phone => phone?.Phone).Prepend(card?.Name?.FormattedName).OfType<string>().ToList();
        return words.Count == 0 ? "" : $"👤 {string.Join(' ', words)}";
    }

    private static IReadOnlyList<Attachment> AttachmentsOf(WhatsAppMessage message) => message switch
    {
        { Image: { } image } => FileOf("image", image),
        { Sticker: { } sticker } => FileOf("image", sticker),
        { Video: { } video } => FileOf("video", video),
        { Audio: { Voice: true } voice } => FileOf("voice", voice),
        { Audio: { } audio } => FileOf("audio", audio),
        { Document: { } document } => FileOf("file", document),
        _ => [],
    };

    private static IReadOnlyList<Attachment> FileOf(string kind, WhatsAppMedia media)
        => media.Id is { Length: > 0 } id ? [new Attachment(kind, id, Filled(media.Filename), Filled(media.MimeType))] : [];
}
