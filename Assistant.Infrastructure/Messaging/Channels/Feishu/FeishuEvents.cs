using System.Globalization;
using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Translates Feishu's events and presses. Pure, and total: any bytes give a message or <see langword="null"/>.</summary>
internal static class FeishuEvents
{
    /// <summary>The callback, or <see langword="null"/> when it is none.</summary>
    public static FeishuCallback? ReadCallback(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, FeishuJson.Default.FeishuCallback);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>What was said, taken back or pressed; <see langword="null"/> when it is nothing for the assistant.</summary>
    /// <param name="bot">The assistant's own open id.</param>
    /// <param name="recent">What is remembered of messages; of one that is taken back Feishu says no more than its id.</param>
    public static InboundMessage? Read(FeishuCallback callback, ConnectionId connection, string? bot, FeishuRecent recent, DateTimeOffset now)
    {
        if (callback.Header is not { } header || !FeishuIds.IsId(header.AppId))
        {
            return null;
        }

        var context = new Context(connection, header, bot, recent, now);
        try
        {
            return header.EventType switch
            {
                "im.message.receive_v1" when callback.Event.Deserialize(FeishuJson.Default.FeishuReceived) is { } received => ReadSaid(received, context),
                "im.message.recalled_v1" when callback.Event.Deserialize(FeishuJson.Default.FeishuRecalled) is { } recalled => ReadRecalled(recalled, context),
                "card.action.trigger" when callback.Event.Deserialize(FeishuJson.Default.FeishuPressed) is { } pressed => ReadPressed(pressed, context),
                _ => null,
            };
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            return null;
        }
    }

    /// <summary>The user's id within the app, for what Feishu is asked about them.</summary>
    public static string UserOf(ExternalSender sender) => sender.ExternalId[(sender.ExternalId.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Half of a character, among others, is none of JSON's own faults.</summary>
    internal static bool IsUnreadable(Exception fault) => fault is JsonException or InvalidOperationException or NotSupportedException or FormatException;

    private static InboundMessage? ReadSaid(FeishuReceived received, Context context)
    {
        // What apps write, the assistant among them, is nobody's word.
        if (received is not { Message: { } message, Sender: { SenderType: null or "user", SenderId.OpenId: { } user } } || user == context.Bot
            || !FeishuIds.IsId(user) || !FeishuIds.IsId(message.MessageId) || !FeishuIds.IsId(message.ChatId))
        {
            return null;
        }

        var said = FeishuText.Read(message, context.Bot);
        if (said.Text.Length == 0 && said.Attachments.Count == 0)
        {
            return null;
        }

        var replyTo = FeishuIds.IsId(message.ParentId) ? message.ParentId : null;
        var isGroup = message.ChatType != "p2p";
        return context.NewMessage(
            message.MessageId!, message.MessageId!, new ExternalChat(message.ChatId!, FeishuIds.ThreadOf(message), isGroup), user,
            new InboundContent.Said(said.Text, said.Attachments, replyTo), TimeOf(message.CreateTime, context.Now),
            !isGroup || said.IsMention || context.Recent.IsOurs(replyTo));
    }

    private static InboundMessage? ReadRecalled(FeishuRecalled recalled, Context context)
        => recalled.MessageId is { } id && context.Recent.Find(id) is { } known && known.Chat.ExternalId == recalled.ChatId
            ? context.NewMessage(
                id, $"{id}/recalled", known.Chat, UserOf(known.Sender), new InboundContent.Deleted(), TimeOf(recalled.RecallTime, context.Now), isMeant: true) with
            {
                Sender = known.Sender,
            }
            : null;

    private static InboundMessage? ReadPressed(FeishuPressed pressed, Context context)
    {
        if (pressed is not { Operator.OpenId: { } user, Context: { OpenMessageId: { } message, OpenChatId: { } chat }, Action.Value: var value }
            || !FeishuIds.IsId(user) || !FeishuIds.IsId(message) || !FeishuIds.IsId(chat) || FeishuButton.Read(value) is not { } button
            || context.Header.EventId is not { Length: > 0 and <= 200 } id)
        {
            return null;
        }

        return context.NewMessage(
            message, $"press/{id}", new ExternalChat(chat, button.Thread, button.IsGroup), user, new InboundContent.Pressed(button.Data, button.Label),
            TimeOf(context.Header.CreateTime, context.Now), isMeant: true);
    }

    /// <summary>Times are in milliseconds; those of presses in microseconds.</summary>
    internal static DateTimeOffset TimeOf(string? time, DateTimeOffset now)
    {
        const long LastMillisecond = 253_402_300_799_999;
        const long FirstMicrosecond = 100_000_000_000_000;
        return !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value == 0 ? now
            : value < FirstMicrosecond ? DateTimeOffset.FromUnixTimeMilliseconds(value)
            : value / 1000 <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds(value / 1000)
            : now;
    }

    /// <summary>What is the same for everything in one callback.</summary>
    private sealed record Context(ConnectionId Connection, FeishuHeader Header, string? Bot, FeishuRecent Recent, DateTimeOffset Now)
    {
        public InboundMessage NewMessage(string id, string key, ExternalChat chat, string user, InboundContent content, DateTimeOffset at, bool isMeant) => new()
        {
            Connection = Connection,
            DedupeKey = key,
            Chat = chat,
            Sender = ExternalSender.Named($"{Header.AppId}/{user}", null, user),
            ExternalMessageId = id,
            Content = content,
            SentAt = at,
            IsAddressed = isMeant,
        };
    }
}
