using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Translates what DingTalk delivers, over either way in. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
internal static class DingTalkReader
{
    private const int LongestId = 200;
    private const int MaxAttachments = 20;
    private const string Group = "2";

    /// <summary>The frame, or <see langword="null"/> when it is none.</summary>
    public static DingTalkFrame? ReadFrame(ReadOnlySpan<byte> frame)
    {
        try
        {
            return JsonSerializer.Deserialize(frame, DingTalkJson.Default.DingTalkFrame);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What somebody said to the robot, or <see langword="null"/> when it is none of its messages.</summary>
    public static DingTalkMessage? ReadMessage(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, DingTalkJson.Default.DingTalkMessage) is { } message && IsId(message.MsgId) && IsId(message.ConversationId) ? message : null;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>The message, or <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(DingTalkMessage message, ConnectionId connection, DateTimeOffset now)
    {
        if (PersonOf(message) is not { } person || (!string.IsNullOrEmpty(message.ChatbotUserId) && message.SenderId == message.ChatbotUserId)
            || SaidIn(message) is not { } said)
        {
            return null;
        }

        var isGroup = message.ConversationType == Group;
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = message.MsgId!,
            Chat = new ExternalChat(
                DingTalkChats.NameOf(message.ConversationId!, isGroup, message.SenderStaffId), IsGroup: isGroup,
                Title: isGroup && !string.IsNullOrWhiteSpace(message.ConversationTitle) ? message.ConversationTitle : null),
            Sender = ExternalSender.Named($"{FirstOf(message.SenderCorpId, message.ChatbotCorpId)}/{person}", message.SenderNick, person),
            ExternalMessageId = message.MsgId!,
            Content = said,
            SentAt = TimeOf(message.CreateAt) ?? now,

            // A robot hears in a group only what mentions it; where DingTalk says nothing of it, it is that.
            IsAddressed = !isGroup || message.IsInAtList != false,
        };
    }

    private static InboundContent.Said? SaidIn(DingTalkMessage message)
    {
        try
        {
            var attachments = new List<Attachment>();
            var text = Words(message, attachments).Trim();
            return text.Length > 0 || attachments.Count > 0
                ? new InboundContent.Said(text, attachments, AnsweredBy(message)) { Repeated = Quoted(message) is { Length: > 0 } quoted ? new QuotedWords(quoted) : null }
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a character
        }
    }

    private static string Words(DingTalkMessage message, List<Attachment> attachments)
    {
        switch (message.Msgtype)
        {
            case "text":
                return message.Text?.Content ?? "";
            case "richText":
                return RichText(message.Content, attachments);
            case "picture":
                Attach(message.Content, "image", attachments);
                return "";
            case "audio":
                // DingTalk has written down what was said, and the recording is there as well.
                Attach(message.Content, "voice", attachments);
                return TextOf(message.Content, "recognition") ?? "";
            case "video":
                Attach(message.Content, "video", attachments);
                return "";
            case "file":
                Attach(message.Content, "file", attachments);
                return "";
            default:
                return "";
        }
    }

    private static string? AnsweredBy(DingTalkMessage message) => TextOf(message.Text?.RepliedMsg ?? default, "msgId") is { } id && IsId(id) ? id : null;

    private static string? Quoted(DingTalkMessage message)
        => message.Text?.RepliedMsg is { ValueKind: JsonValueKind.Object } replied && replied.TryGetProperty("content", out var content)
            ? TextOf(content, "text") ?? TextOf(content, "content") ?? RichText(content, [])
            : null;

    private static string RichText(JsonElement content, List<Attachment> attachments)
    {
        var words = new StringBuilder();
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("richText", out var parts) || parts.ValueKind != JsonValueKind.Array)
        {
            return "";
        }

        foreach (var part in parts.EnumerateArray())
        {
            words.Append(TextOf(part, "text") ?? TextOf(part, "content")); // the latter in what is quoted
            Attach(part, "image", attachments);
        }

        return words.ToString();
    }

    private static void Attach(JsonElement content, string kind, List<Attachment> attachments)
    {
        if (attachments.Count < MaxAttachments && (TextOf(content, "downloadCode") ?? TextOf(content, "pictureDownloadCode")) is { Length: > 0 } code)
        {
            attachments.Add(new Attachment(kind, code, TextOf(content, "fileName")));
        }
    }

    private static string? PersonOf(DingTalkMessage message) => IsId(message.SenderStaffId) ? message.SenderStaffId : IsId(message.SenderId) ? message.SenderId : null;

    private static string? FirstOf(string? value, string? other) => string.IsNullOrEmpty(value) ? other : value;

    private static bool IsId(string? id) => id is { Length: > 0 and <= LongestId };

    private static string? TextOf(JsonElement of, string name)
        => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>In milliseconds; a number, or one in a text.</summary>
    private static DateTimeOffset? TimeOf(JsonElement time)
    {
        const long Last = 253_402_300_799_999;
        var digits = time.ValueKind is JsonValueKind.Number or JsonValueKind.String ? time.GetRawText().Trim('"') : "";
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= Last ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
    }

    private static bool IsUnreadable(Exception fault) => fault is JsonException or InvalidOperationException or NotSupportedException or FormatException;
}
