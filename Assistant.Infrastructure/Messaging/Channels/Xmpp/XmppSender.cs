using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Says something to people and in rooms, and finds out whether it was said.</summary>
internal sealed class XmppSender(XmppLink link, XmppRooms rooms, XmppRoom account, XmppArchive archive)
{
    // The clock of the server may be behind ours.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => SendAsync(
        message,
        [
            new XElement(XmppNames.Client + "body", XmppText.Render(message.Body.Markdown)),
            message.ReplyToExternalId is { } replied ? new XElement(XmppNames.Reply + "reply", new XAttribute("id", XmppText.Clean(replied))) : null,
        ],
        cancellationToken);

    /// <param name="content">What it says.</param>
    public async Task<SendOutcome> SendAsync(OutboundMessage message, IEnumerable<XElement?> content, CancellationToken cancellationToken)
    {
        if (AddressOf(message.Chat) is not { } to)
        {
            return SessionReports.NoSuchChat(XmppChannel.Name, message.Chat);
        }

        var room = rooms.Find(to.ToString());
        if (room is { IsIn: false })
        {
            return new SendOutcome.RetryAfter(null, room.Trouble ?? Unreachable);
        }

        var id = message.Id.ToString("N");
        var receipt = await link.DeliverAsync(
            new XElement(XmppNames.Message,
                new XAttribute("to", to.ToString()), new XAttribute("type", room is null ? "chat" : "groupchat"), new XAttribute("id", id),
                content,
                new XElement(XmppNames.StanzaIds + "origin-id", new XAttribute("id", id)),
                room is null ? new XElement(XmppNames.ChatStates + "active") : null,
                new XElement(XmppNames.Hints + "store")),
            room is not null, cancellationToken);
        return receipt switch
        {
            XmppReceipt.Taken taken => new SendOutcome.Delivered(taken.Reflection is { } shown && XmppStanzas.StanzaIdOf(shown, room!) is { } given ? given : id),
            XmppReceipt.Returned returned => OutcomeOf(returned.Error),
            XmppReceipt.NotSent => new SendOutcome.RetryAfter(null, Unreachable, PauseScope.Connection),
            _ => new SendOutcome.Uncertain(Phrase.Of("channel.no-answer", ("name", XmppChannel.Name))),
        };
    }

    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (AddressOf(chat) is { } to)
        {
            await link.WriteAsync(
                new XElement(XmppNames.Message,
                    new XAttribute("to", to.ToString()), new XAttribute("type", rooms.Find(to.ToString()) is null ? "chat" : "groupchat"),
                    new XElement(XmppNames.ChatStates + "composing"), new XElement(XmppNames.Hints + "no-store")),
                cancellationToken);
        }
    }

    /// <summary>Looks into the archive, which has everything the server took.</summary>
    public async Task<DeliveryFinding?> FindAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (AddressOf(message.Chat) is not { } to || !await link.IsOpenSoonAsync(cancellationToken))
        {
            return null;
        }

        var room = rooms.Find(to.ToString());
        var holder = room ?? account;
        if (!holder.IsKept)
        {
            return null;
        }

        var id = message.Id.ToString("N");
        var from = DateTimeOffset.FromUnixTimeMilliseconds(MillisecondsOf(message.Id)) - Slack;
        string? after = null;
        while (true)
        {
            var page = await archive.ReadWithAsync(holder, room is null ? to.Bare : null, after, from, cancellationToken);
            if (page.Error is not null)
            {
                return null;
            }

            if (page.Found.FirstOrDefault(found => found.Stanza.Get("id") == id) is { } found)
            {
                return new DeliveryFinding(room is { GivesIds: true } ? found.Id : id);
            }

            if (page.IsLast)
            {
                return new DeliveryFinding(null);
            }

            after = page.Last;
        }
    }

    private static Phrase Unreachable => Phrase.Of("channel.unreachable", ("name", XmppChannel.Name));

    private static XmppAddress? AddressOf(ExternalChat chat) => XmppAddress.TryParse(chat.ExternalId, out var to) && to.Local.Length > 0 ? to : null;

    /// <summary>When an id of version 7 was made: its first 48 bits (RFC 9562, 5.7).</summary>
    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16) & 0xFFFF_FFFF_FFFF;
    }

    private static SendOutcome OutcomeOf(XElement error)
    {
        var says = Phrase.Of("channel.refuses", ("name", XmppChannel.Name), ("says", XmppStanzas.ConditionOf(error)));
        return XmppStanzas.IsPassing(error) ? new SendOutcome.RetryAfter(null, says) : new SendOutcome.Rejected(says);
    }
}
