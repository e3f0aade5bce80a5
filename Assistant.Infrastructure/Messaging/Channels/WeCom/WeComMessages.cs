using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>Translates what WeCom delivers. Pure, and total: any message gives an event or <see langword="null"/>.</summary>
internal static class WeComMessages
{
    /// <summary>The event, or <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(WeixinXml xml, ConnectionId connection, DateTimeOffset now)
    {
        // "sys" is the platform itself.
        if (xml["FromUserName"] is not { Length: > 0 } name || name == "sys")
        {
            return null;
        }

        return xml["MsgType"] == "event" ? ReadEvent(xml, name, connection, now) : ReadSaid(xml, name, connection, now);
    }

    /// <summary>WeCom writes one person's id in varying case; here it has one.</summary>
    public static string IdOf(string userName) => userName.ToLowerInvariant();

    private static InboundMessage? ReadSaid(WeixinXml xml, string name, ConnectionId connection, DateTimeOffset now)
        => xml["MsgId"] is { Length: > 0 } id && SaidIn(xml) is { } said ? New(xml, name, connection, now, $"message/{id}", id, said) : null;

    private static InboundContent.Said? SaidIn(WeixinXml xml) => xml["MsgType"] switch
    {
        "text" when xml["Content"].Trim() is { Length: > 0 } text => new(text),
        "image" => File(xml, "image"),
        "voice" => File(xml, "voice", "audio/amr"),
        "video" => File(xml, "video"),
        "file" => File(xml, "file"),
        "location" => new($"📍 {xml["Label"]} ({xml["Location_X"]}, {xml["Location_Y"]})"),
        "link" => new($"{xml["Title"]}\n{xml["Url"]}".Trim()),
        _ => null,
    };

    // Of what format a picture or a film is WeCom does not say.
    private static InboundContent.Said? File(WeixinXml xml, string kind, string? mediaType = null) => xml["MediaId"] is { Length: > 0 } id
        ? new("", [new Attachment(kind, id, xml["FileName"] is { Length: > 0 } name ? name : null, mediaType)])
        : null;

    private static InboundMessage? ReadEvent(WeixinXml xml, string name, ConnectionId connection, DateTimeOffset now)
    {
        // Events have no id, and one person may cause several in a second: what they are about tells them apart.
        var key = WeixinEventKey.Of(IdOf(name), xml, "Event", "EventKey", "TaskId", "AgentID", "ChangeType");
        switch (xml["Event"])
        {
            case "template_card_event" when xml["EventKey"].Length > 0 && xml["TaskId"].Length > 0:
                var button = WeComCard.ButtonOf(xml["EventKey"]);
                return New(xml, name, connection, now, key, WeComCard.MessageOf(xml["TaskId"]), new InboundContent.Pressed(button.Data, button.Label));
            case "click" when xml["EventKey"].Length > 0:
                return New(xml, name, connection, now, key, key, new InboundContent.Said(xml["EventKey"]));
            default:
                return null;
        }
    }

    private static InboundMessage New(
        WeixinXml xml, string name, ConnectionId connection, DateTimeOffset now, string dedupeKey, string messageId, InboundContent content) => new()
        {
            Connection = connection,
            DedupeKey = dedupeKey,
            Chat = new ExternalChat(IdOf(name)),
            Sender = new ExternalSender(IdOf(name), name, "zh"),
            ExternalMessageId = messageId,
            Content = content,
            SentAt = xml.CreatedAt ?? now,
        };
}
