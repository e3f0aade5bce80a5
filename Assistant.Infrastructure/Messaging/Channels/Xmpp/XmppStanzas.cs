using System.Globalization;
using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Who reads, and by which rules.</summary>
/// <param name="Ignored">Who is not read.</param>
internal sealed record XmppReading(ConnectionId Connection, GroupRule Groups, IReadOnlySet<string> Ignored);

/// <summary>Translates messages. Total: any element gives a message or <see langword="null"/>.</summary>
internal static class XmppStanzas
{
    /// <summary>The message, or <see langword="null"/> when it is nothing for the assistant: its own, an error, a chat state, an invitation.</summary>
    /// <param name="room">The room it came from, or the account.</param>
    /// <param name="archive">Whose archive has it: the room's what is said to all in it, else the account's.</param>
    /// <param name="reading">Who reads, and by which rules.</param>
    /// <param name="archived">Its id in the archive it was read from, and since when it is there; <see langword="null"/> when it came by itself.</param>
    public static InboundMessage? Read(XElement stanza, XmppRoom room, XmppRoom archive, XmppReading reading, (string Id, DateTimeOffset? At)? archived, DateTimeOffset now)
    {
        if (!XmppAddress.TryParse(stanza.Get("from"), out var from) || stanza.Get("type") is "error" or "headline" || IsOwn(stanza, from, room) || IsInvitation(stanza)
            || (room.IsRoom ? from.Resource.Length == 0 : stanza.Get("type") == "groupchat")
            || reading.Ignored.Contains(from.ToString()) || (!room.IsRoom && reading.Ignored.Contains(from.Bare)))
        {
            return null;
        }

        var isGroup = room.IsRoom && stanza.Get("type") == "groupchat";
        var sender = SenderOf(stanza, from, room);
        var ownId = stanza.Element(XmppNames.StanzaIds + "origin-id")?.Get("id") is { Length: > 0 } origin && !isGroup ? origin : NotEmpty(stanza.Get("id"));
        var stanzaId = archived?.Id ?? StanzaIdOf(stanza, archive);
        if ((stanzaId ?? ownId) is not { } anyId || ContentOf(stanza, room, sender, isGroup) is not { } content)
        {
            return null;
        }

        var isMention = isGroup && (IsMentioned(stanza, room) || content.IsAddressed);
        if (isGroup && stanzaId is not null && content.Content is InboundContent.Said)
        {
            room.Remember(stanzaId, sender, NotEmpty(stanza.Get("id")));
        }

        return new InboundMessage
        {
            Connection = reading.Connection,
            DedupeKey = stanzaId is null ? $"id:{(room.IsRoom ? from.ToString() : from.Bare)}/{anyId}" : $"{archive.Address}:{stanzaId}",
            Chat = isGroup ? new ExternalChat(room.Address, IsGroup: true, Title: room.Address)
                : new ExternalChat(room.IsRoom ? from.ToString() : from.Bare),
            Sender = new ExternalSender(sender, isGroup || room.IsRoom ? from.Resource : from.Local.Length > 0 ? from.Local : from.Domain, LanguageOf(stanza)),
            ExternalMessageId = content.Target ?? (isGroup ? stanzaId ?? anyId : ownId ?? anyId),
            Content = content.Content,
            SentAt = archived?.At ?? DelayOf(stanza, now) ?? now,
            IsAddressed = reading.Groups.IsAddressed(isGroup, isMention),
        };
    }

    /// <summary>When a stanza was first sent, if it says so and it is not in the future.</summary>
    public static DateTimeOffset? DelayOf(XElement holder, DateTimeOffset now)
        => DateTimeOffset.TryParse(
            holder.Element(XmppNames.Delay + "delay")?.Get("stamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at <= now
                ? at : null;

    /// <summary>What an error says, in the word of the protocol.</summary>
    public static string ConditionOf(XElement stanza) => stanza.Element(XmppNames.Client + "error")?.Elements().FirstOrDefault()?.Name.LocalName ?? "error";

    /// <summary>Whether an error says that it may go well later.</summary>
    public static bool IsPassing(XElement stanza) => stanza.Element(XmppNames.Client + "error")?.Get("type") == "wait";

    /// <summary>Only the id its archive gave: anybody can write one in another's name.</summary>
    public static string? StanzaIdOf(XElement stanza, XmppRoom room) => !room.GivesIds ? null : stanza.Elements(XmppNames.StanzaIds + "stanza-id")
        .Where(id => XmppAddress.TryParse(id.Get("by"), out var by) && by.Resource.Length == 0 && by.Bare == room.Address).Select(id => NotEmpty(id.Get("id"))).FirstOrDefault();

    private static bool IsOwn(XElement stanza, XmppAddress from, XmppRoom room)
        => !room.IsRoom ? from.Bare == room.Address
            : OccupantIdOf(stanza, room) is { } occupant && room.OwnOccupantId is { } own ? occupant == own : from.Resource == room.Nick;

    /// <summary>Whether it invites into a room, by the room itself or by somebody in it. The rooms are those of the settings, and nothing was said.</summary>
    private static bool IsInvitation(XElement stanza) => stanza.Get("type") != "groupchat"
        && (stanza.Element(XmppNames.Conference + "x") is not null || stanza.Element(XmppNames.MucUser + "x")?.Element(XmppNames.MucUser + "invite") is not null);

    private static string SenderOf(XElement stanza, XmppAddress from, XmppRoom room)
        => !room.IsRoom ? from.Bare : OccupantIdOf(stanza, room) is { } occupant ? $"{room.Address}#{occupant}" : from.ToString();

    private static string? OccupantIdOf(XElement stanza, XmppRoom room)
        => room.GivesOccupantIds ? NotEmpty(stanza.Element(XmppNames.OccupantId + "occupant-id")?.Get("id")) : null;

    private static string? LanguageOf(XElement stanza)
        => stanza.Attribute(XNamespace.Xml + "lang")?.Value is { Length: > 1 and < 12 } tag && tag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? tag : null;

    private static (InboundContent Content, string? Target, bool IsAddressed)? ContentOf(XElement stanza, XmppRoom room, string sender, bool isGroup)
    {
        if (RetractedId(stanza) is { } retracted)
        {
            return isGroup && !room.Wrote(sender, retracted) ? null : (new InboundContent.Deleted(), retracted, false);
        }

        // The whole new set. A body beside it is what older programs show instead.
        if (stanza.Element(XmppNames.Reactions + "reactions") is { } reactions)
        {
            return NotEmpty(reactions.Get("id")) is { } reactedTo
                ? (new InboundContent.Reacted(ReactionChange.Set, [.. reactions.Elements(XmppNames.Reactions + "reaction").Select(one => one.Value.Trim())]), reactedTo, false)
                : null;
        }

        var attachments = AttachmentsOf(stanza);
        var text = TextOf(stanza, attachments);
        var isAddressed = false;
        if (isGroup)
        {
            (text, isAddressed) = WithoutName(text, room.Nick);
        }

        if (stanza.Element(XmppNames.Correct + "replace")?.Get("id") is { Length: > 0 } replaced)
        {
            // A room's members name their own ids in corrections: only what they are known to have written can be corrected.
            return text.Length == 0 || (isGroup ? room.Find(sender, replaced) : replaced) is not { } target ? null : (new InboundContent.Edited(text), target, isAddressed);
        }

        return text.Length == 0 && attachments.Count == 0 ? null
            : (new InboundContent.Said(text, attachments, NotEmpty(stanza.Element(XmppNames.Reply + "reply")?.Get("id"))), null, isAddressed);
    }

    private static string? RetractedId(XElement stanza) => NotEmpty(stanza.Element(XmppNames.Retract + "retract")?.Get("id"))
        ?? (stanza.Element(XmppNames.Fasten + "apply-to") is { } apply && apply.Element(XmppNames.RetractOld + "retract") is not null ? NotEmpty(apply.Get("id")) : null);

    private static string TextOf(XElement stanza, IReadOnlyList<Attachment> attachments)
    {
        var body = stanza.Elements(XmppNames.Client + "body").Select(b => b.Value).FirstOrDefault() ?? "";
        if (body.Length == 0 && (IsSealed(stanza, XmppNames.Omemo) || IsSealed(stanza, XmppNames.Omemo2)))
        {
            return "🔒 OMEMO"; // it cannot be read here, and whoever wrote it should learn so
        }

        // What older programs show of the message replied to is not what was said.
        foreach (var part in stanza.Elements(XmppNames.Fallback + "fallback").Where(f => f.Get("for") == XmppNames.Reply.NamespaceName).Elements(XmppNames.Fallback + "body").Take(1))
        {
            if (int.TryParse(part.Get("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                && int.TryParse(part.Get("end"), NumberStyles.None, CultureInfo.InvariantCulture, out var end))
            {
                body = XmppText.Without(body, start, end);
            }
        }

        return attachments.Any(file => file.Reference == body.Trim()) ? "" : body;
    }

    /// <summary>Without a payload, programs only exchange keys.</summary>
    private static bool IsSealed(XElement stanza, XNamespace omemo) => stanza.Element(omemo + "encrypted")?.Element(omemo + "payload") is not null;

    private static IReadOnlyList<Attachment> AttachmentsOf(XElement stanza) =>
    [
        .. stanza.Elements(XmppNames.OutOfBand + "x").Select(x => x.Element(XmppNames.OutOfBand + "url")?.Value.Trim())
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https").Take(10)
            .Select(url => new Attachment(FileKinds.OfName(new Uri(url!).AbsolutePath), url!, NotEmpty(Path.GetFileName(Uri.UnescapeDataString(new Uri(url!).AbsolutePath))))),
    ];

    private static (string Text, bool IsAddressed) WithoutName(string text, string nick)
    {
        var trimmed = text.TrimStart();
        var rest = trimmed.StartsWith('@') ? trimmed[1..] : trimmed;
        if (nick.Length == 0 || !rest.StartsWith(nick, StringComparison.OrdinalIgnoreCase) || GoesOn(rest[nick.Length..]))
        {
            return (text, false);
        }

        var said = rest[nick.Length..].TrimStart(' ', ',', '，', ':', '：', '\n');
        return (said.Length == 0 ? text : said, true);
    }

    /// <summary>Whether what stands behind a name is still the name of somebody: of assistant-2, or of assistants.</summary>
    private static bool GoesOn(string behind)
        => behind.Length > 0 && (char.IsLetterOrDigit(behind[0]) || behind[0] == '_' || (behind.Length > 1 && behind[0] is '-' or '.' && char.IsLetterOrDigit(behind[1])));

    /// <summary>Keeps who wrote what in a room, from its archive: corrections of it may come later.</summary>
    public static void Remember(XElement stanza, XmppRoom room, string stanzaId)
    {
        if (XmppAddress.TryParse(stanza.Get("from"), out var from) && from.Resource.Length > 0)
        {
            room.Remember(stanzaId, SenderOf(stanza, from, room), NotEmpty(stanza.Get("id")));
        }
    }

    private static bool IsMentioned(XElement stanza, XmppRoom room)
        => stanza.Elements(XmppNames.Reference + "reference").Any(r => r.Get("type") == "mention" && r.Get("uri") is { } uri
                && uri.StartsWith("xmpp:", StringComparison.Ordinal) && Named(Unescaped(uri[5..]), room))
            || Named(stanza.Element(XmppNames.Reply + "reply")?.Get("to"), room);

    private static bool Named(string? address, XmppRoom room) => XmppAddress.TryParse(address, out var named) && named.Bare == room.Address && named.Resource == room.Nick;

    private static string Unescaped(string uri) => Uri.UnescapeDataString(uri);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
