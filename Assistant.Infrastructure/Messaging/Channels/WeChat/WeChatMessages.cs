using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>Translates what WeChat delivers. Pure, and total: any message gives an event or <see langword="null"/>.</summary>
internal static class WeChatMessages
{
    // What WeChat writes in place of a sticker and of what else it has no message for.
    private static readonly string[] Unshown = ["【收到不支持的消息类型，暂无法显示】", "【收到不支援的訊息類型，無法顯示】"];

    /// <summary>The event, or <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(WeixinXml xml, ConnectionId connection, DateTimeOffset now)
    {
        if (xml["FromUserName"] is not { Length: > 0 } openId)
        {
            return null;
        }

        if (xml["MsgType"] == "event")
        {
            // A menu's key is what its owner lets the person say with it.
            var key = WeixinEventKey.Of(openId, xml, "Event", "EventKey", "MenuId");
            return xml["Event"] == "CLICK" && xml["EventKey"] is { Length: > 0 } said ? New(xml, openId, connection, now, key, key, new(said)) : null;
        }

        // One number was seen for two people: a message is known by both.
        return xml["MsgId"] is { Length: > 0 } id && SaidIn(xml) is { } content
            ? New(xml, openId, connection, now, $"message/{openId}/{id}", id, content)
            : null;
    }

    private static InboundContent.Said? SaidIn(WeixinXml xml) => xml["MsgType"] switch
    {
        "text" when xml["Content"].Trim() is { Length: > 0 } text && !Unshown.Contains(text, StringComparer.Ordinal) => new(text),
        "image" => File(xml, "image"),
        "voice" => File(xml, "voice", xml["Format"] == "speex" ? "audio/speex" : "audio/amr"),
        "video" or "shortvideo" => File(xml, "video"),
        "location" => new($"📍 {xml["Label"]} ({xml["Location_X"]}, {xml["Location_Y"]})"),
        "link" => new($"{xml["Title"]}\n{xml["Url"]}".Trim()),
        _ => null,
    };

    // What WeChat itself heard in a voice message stands beside it, where the account has that. Of what format a picture or a film is it does not say.
    private static InboundContent.Said? File(WeixinXml xml, string kind, string? mediaType = null)
        => xml["MediaId"] is { Length: > 0 } id ? new(xml["Recognition"], [new Attachment(kind, id, MediaType: mediaType)]) : null;

    private static InboundMessage New(
        WeixinXml xml, string openId, ConnectionId connection, DateTimeOffset now, string dedupeKey, string messageId, InboundContent.Said content) => new()
        {
            Connection = connection,
            DedupeKey = dedupeKey,
            Chat = new ExternalChat(openId),
            Sender = ExternalSender.Named(openId, null, $"WeChat {openId[^Math.Min(6, openId.Length)..]}", "zh"),
            ExternalMessageId = messageId,
            Content = content,
            SentAt = xml.CreatedAt ?? now,
        };
}
