using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>Translates QQ's callbacks. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
internal static class QqEvents
{
    public const int Event = 0;
    public const int Validation = 13;

    private const string Direct = "C2C_MESSAGE_CREATE";
    private const string InGroup = "GROUP_AT_MESSAGE_CREATE";

    // What a group that lets the bot hear everything sends, mentions of the bot included.
    private const string AllOfGroup = "GROUP_MESSAGE_CREATE";
    private const int LongestId = 200;

    /// <summary>What the bytes say, or <see langword="null"/> when they are nothing of this kind.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What the payload carries, or <see langword="null"/> when that is nothing of this kind.</summary>
    public static T? Read<T>(QqPayload payload, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return payload.D.ValueKind == JsonValueKind.Object ? payload.D.Deserialize(type) : null;
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What somebody said; <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(QqPayload payload, ConnectionId connection, DateTimeOffset now)
    {
        if (payload is not { Op: Event, T: Direct or InGroup or AllOfGroup } || Read(payload, QqJson.Default.QqMessage) is not { Author: { Bot: not true } author } message || !IsId(message.Id))
        {
            return null;
        }

        var isGroup = payload.T != Direct;
        var (chat, sender) = isGroup ? (message.GroupOpenid, author.MemberOpenid) : (author.UserOpenid, author.UserOpenid);
        var (written, attachments) = (QqText.Read(message.Content ?? "", message.Mentions), QqFiles.Of(message.Attachments));
        var text = written.Length > 0 ? written : QqFiles.HeardIn(message.Attachments);
        if (!IsChat(chat) || !IsChat(sender) || (text.Length == 0 && attachments.Count == 0))
        {
            return null;
        }

        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = message.Id!,
            Chat = new ExternalChat(chat!, IsGroup: isGroup),
            Sender = ExternalSender.Named(sender!, author.Username, $"QQ {sender![^Math.Min(6, sender!.Length)..]}"),
            ExternalMessageId = message.Id!,
            IsAddressed = payload.T != AllOfGroup || (message.Mentions ?? []).Any(mention => mention?.IsYou == true),
            Content = new InboundContent.Said(text, attachments),
            SentAt = DateTimeOffset.TryParse(message.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : now,
        };
    }

    /// <summary>Whether it is an id by which QQ names somebody or a group: part of an address, so nothing else passes.</summary>
    public static bool IsChat(string? id) => id is { Length: > 0 and <= 64 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static bool IsId(string? id) => id is { Length: > 0 and <= LongestId };

    private static bool IsUnreadable(Exception fault) => fault is JsonException or InvalidOperationException or NotSupportedException or FormatException;
}
