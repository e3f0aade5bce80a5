using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>Translates callbacks. Pure, and total: any bytes give events or none, any event a message or none.</summary>
internal sealed class LineReader(ConnectionId connection, GroupRule groups)
{
    private const long LastMoment = 253_402_300_799_999;

    /// <returns><see langword="null"/> when these bytes are no callback.</returns>
    public static LineCallback? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LineJson.Default.LineCallback);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The message in an event; <see langword="null"/> for what is nothing for the assistant.</summary>
    /// <param name="sentAs">LINE's id of a message of ours, as far as it is known.</param>
    public InboundMessage? Read(LineEvent happened, Func<Guid, string?> sentAs)
    {
        // In standby another program answers. Without a user id nobody can be told from anybody.
        if (happened is not { Mode: null or "active", Source: { UserId: { Length: > 0 } sender } source, Timestamp: >= 0 and <= LastMoment })
        {
            return null;
        }

        return happened switch
        {
            { Type: "message", Message: { Id.Length: > 0 } message } => Said(happened, source, sender, message),
            { Type: "messageEdited", Message: { Id: { Length: > 0 } id, Text: { Length: > 0 } } message } => New(
                happened, source, sender, id, $"{id}/edited/{happened.Timestamp}", new InboundContent.Edited(Words(message).Text), Words(message).IsMentioned),
            { Type: "unsend", Unsend.MessageId: { Length: > 0 } id } => New(happened, source, sender, id, $"{id}/unsent", new InboundContent.Deleted(), isMentioned: false),
            { Type: "postback", Postback.Data: { Length: > 0 } data, WebhookEventId: { Length: > 0 } id } => Pressed(happened, source, sender, id, data, sentAs),
            _ => null,
        };
    }

    private InboundMessage? Said(LineEvent happened, LineSource source, string sender, LineMessage message)
    {
        var (text, isMentioned) = Words(message);
        var attachments = AttachmentsOf(message);
        return text.Length == 0 && attachments.Count == 0
            ? null
            : New(happened, source, sender, message.Id!, message.Id!, new InboundContent.Said(text, attachments, message.QuotedMessageId), isMentioned);
    }

    private InboundMessage Pressed(LineEvent happened, LineSource source, string sender, string id, string data, Func<Guid, string?> sentAs)
        => CarriedPress.Read(data) is { } press
            ? New(happened, source, sender, sentAs(press.Message) ?? press.Message.ToString("N"), $"press/{id}", new InboundContent.Pressed(press.Data, press.Label), isMentioned: true)
            : New(happened, source, sender, id, $"press/{id}", new InboundContent.Pressed(data, data), isMentioned: true);

    private InboundMessage New(
        LineEvent happened, LineSource source, string sender, string messageId, string key, InboundContent content, bool isMentioned)
    {
        var chat = source.GroupId ?? source.RoomId ?? sender;
        var isGroup = chat != sender;
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = key,
            Chat = new ExternalChat(chat, IsGroup: isGroup),
            Sender = ExternalSender.Named(sender, null, $"LINE {sender[^Math.Min(6, sender.Length)..]}"),
            ExternalMessageId = messageId,
            Content = content,
            SentAt = DateTimeOffset.FromUnixTimeMilliseconds(happened.Timestamp),
            IsAddressed = groups.IsAddressed(isGroup, isMentioned),
        };
    }

    /// <summary>The text without a mention that only calls the assistant.</summary>
    private static (string Text, bool IsMentioned) Words(LineMessage message)
    {
        var text = TextOf(message);
        var own = (message.Mention?.Mentionees ?? []).OfType<LineMentionee>().Where(mention => mention.IsSelf).ToList();

        // Places are the sender's word: they may point anywhere.
        var within = own.Where(mention => mention is { Index: >= 0, Length: > 0 } && mention.Index <= text.Length - mention.Length);
        return (Mention.TakeOff(text, within.Select(mention => (mention.Index, mention.Length))), own.Count > 0);
    }

    private static string TextOf(LineMessage message) => message switch
    {
        { Text: { } text } => text,
        { Type: "sticker", Keywords: { Count: > 0 } words } => $"[{string.Join(", ", words.OfType<string>().Take(3))}]",
        { Type: "location" } => $"📍 {message.Title} {message.Address} {Place(message)}".Replace("  ", " ", StringComparison.Ordinal).Trim(),
        _ => "",
    };

    private static string Place(LineMessage message)
        => message is { Latitude: { } latitude, Longitude: { } longitude } ? string.Create(CultureInfo.InvariantCulture, $"{latitude}, {longitude}") : "";

    // Of what format they are LINE does not say.
    private static IReadOnlyList<Attachment> AttachmentsOf(LineMessage message) => message.Type switch
    {
        "image" => [new("image", message.Id!)],
        "video" => [new("video", message.Id!)],
        "audio" => [new("voice", message.Id!)],
        "file" => [new("file", message.Id!, message.FileName, SizeBytes: message.FileSize)],
        _ => [],
    };
}
