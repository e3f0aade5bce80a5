using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Translates callbacks. Pure, and total: any bytes give messages or none.</summary>
/// <param name="pageId">Callbacks of an app are for all its pages; those of others are none of this connection's.</param>
internal sealed class MessengerReader(ConnectionId connection, string pageId)
{
    private const long LastMoment = 253_402_300_799_999;

    /// <summary>What a callback tells, in its order. Events in standby are another program's to answer.</summary>
    /// <param name="sentAs">Messenger's id of a message of ours, as far as it is known.</param>
    /// <returns><see langword="null"/> when these bytes are no callback.</returns>
    public IReadOnlyList<InboundMessage>? Read(ReadOnlySpan<byte> body, Func<Guid, string?> sentAs)
        => GraphApi.Read(body, MessengerJson.Default.MessengerCallback) is not { } callback
            ? null
            : [.. (callback.Entry ?? []).SelectMany(entry => entry?.Messaging ?? [])
                .Select(happened => GraphApi.Read(happened, MessengerJson.Default.MessengerEvent)).OfType<MessengerEvent>()
                .Select(happened => Read(happened, sentAs)).OfType<InboundMessage>()];

    private InboundMessage? Read(MessengerEvent happened, Func<Guid, string?> sentAs)
    {
        // What the page itself says, or somebody in its inbox, comes back as an echo from the page.
        if (happened is not { Sender.Id: { Length: > 0 } sender, Recipient.Id: { } recipient, Timestamp: >= 0 and <= LastMoment } || recipient != pageId || sender == pageId)
        {
            return null;
        }

        return happened switch
        {
            { Message: { IsEcho: false, Mid: { Length: > 0 } id, QuickReply.Payload: { Length: > 0 } payload } message }
                => Pressed(happened, sender, id, id, payload, message.Text, sentAs),
            { Message: { IsEcho: false, Mid: { Length: > 0 } id } message } => Said(happened, sender, id, message),
            { Postback: { Payload: { Length: > 0 } payload } postback } => Pressed(
                happened, sender, $"press/{postback.Mid}/{sender}/{happened.Timestamp}", postback.Mid ?? $"press/{happened.Timestamp}", payload, postback.Title, sentAs),
            { MessageEdit: { Mid: { Length: > 0 } id, Text: { } text } edit } when text.Trim() is { Length: > 0 } words
                => New(happened, sender, $"{id}/edit/{edit.NumEdit}", id, new InboundContent.Edited(words)),
            { Reaction: { Mid: { Length: > 0 } id, Action: "react" or "unreact" } reaction } => New(
                happened, sender, $"reaction/{id}/{happened.Timestamp}/{reaction.Action}", id, new InboundContent.Reacted(ReactionChange.Set, NamesOf(reaction))),
            _ => null,
        };
    }

    // Somebody has one reaction to a message: another takes its place.
    private static IReadOnlyList<string> NamesOf(MessengerReaction reaction)
        => reaction.Action == "unreact" ? [] : reaction.Emoji is { Length: > 0 } emoji ? [emoji] : reaction.Reaction is { Length: > 0 } name ? [$":{name}:"] : [];

    private InboundMessage? Said(MessengerEvent happened, string sender, string id, MessengerMessage message)
    {
        var parts = (message.Attachments ?? []).OfType<MessengerAttachment>().ToList();
        var text = string.Join('\n', parts.Select(WordsOf).Prepend(message.Text?.Trim() ?? "").Where(words => words.Length > 0));
        IReadOnlyList<Attachment> files = [.. OncePerSticker(parts).Select(FileOf).OfType<Attachment>()];
        if (text.Length == 0 && files.Count == 0)
        {
            if (parts.Count == 0)
            {
                return null;
            }

            text = $"⚠ ({parts[0].Type})"; // it cannot be read here, and whoever sent it should learn so
        }

        return New(happened, sender, id, id, new InboundContent.Said(text, files, message.ReplyTo?.Mid));
    }

    /// <summary>A sticker may come in both its forms: its own, and the image it was until 2026.</summary>
    private static IEnumerable<MessengerAttachment> OncePerSticker(List<MessengerAttachment> parts)
        => parts.Where((part, i) => part.Payload?.StickerId is not { } sticker || parts.FindIndex(other => other.Payload?.StickerId == sticker) == i);

    private InboundMessage Pressed(MessengerEvent happened, string sender, string key, string about, string payload, string? title, Func<Guid, string?> sentAs)
        => CarriedPress.Read(payload) is { } press
            ? New(happened, sender, key, sentAs(press.Message) ?? press.Message.ToString("N"), new InboundContent.Pressed(press.Data, press.Label))
            : New(happened, sender, key, about, new InboundContent.Pressed(payload, title ?? payload));

    private InboundMessage New(MessengerEvent happened, string sender, string key, string about, InboundContent content) => new()
    {
        Connection = connection,
        DedupeKey = key,
        Chat = new ExternalChat(sender),
        Sender = ExternalSender.Named(sender, null, $"Messenger {sender[^Math.Min(6, sender.Length)..]}"),
        ExternalMessageId = about,
        Content = content,
        SentAt = DateTimeOffset.FromUnixTimeMilliseconds(happened.Timestamp),
    };

    /// <summary>What is no file: a place, or a page, a reel or a post somebody shares.</summary>
    private static string WordsOf(MessengerAttachment attachment) => attachment switch
    {
        { Type: "location", Payload.Coordinates: { Lat: { } latitude, Long: { } longitude } } => string.Create(CultureInfo.InvariantCulture, $"📍 {latitude}, {longitude}"),
        { Type: "image" or "sticker" or "video" or "audio" or "file" } => "",
        _ => $"{attachment.Title ?? attachment.Payload?.Title} {attachment.Url ?? attachment.Payload?.Url}".Trim(),
    };

    private static Attachment? FileOf(MessengerAttachment attachment) => attachment switch
    {
        { Type: "image" or "sticker", Payload.Url: { Length: > 0 } address } => new Attachment("image", address),
        { Type: "video", Payload.Url: { Length: > 0 } address } => new Attachment("video", address),
        { Type: "audio", Payload.Url: { Length: > 0 } address } => new Attachment("voice", address),
        { Type: "file", Payload.Url: { Length: > 0 } address } => new Attachment("file", address, NameIn(address)),
        _ => null,
    };

    private static string? NameIn(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var file) && Uri.UnescapeDataString(file.Segments[^1]) is { Length: > 1 } name ? name : null;
}
