using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Comes into rooms, stays in them, and comes back (XEP-0045). A room that does not let us in is said to be so, and stops nothing else.</summary>
internal sealed class XmppRooms(XmppSettings settings, XmppLink link, XmppInbox inbox, XmppOptions options, TimeProvider time)
{
    private readonly Dictionary<string, XmppRoom> _rooms = settings.Rooms.ToDictionary(room => room, room => new XmppRoom(room, settings.Nick));

    public bool IsAnyHeld => _rooms.Values.Any(room => room.IsHeld);

    public XmppRoom? Find(string address) => _rooms.GetValueOrDefault(address);

    /// <summary>A new stream: we are in no room.</summary>
    public void Leave()
    {
        foreach (var room in _rooms.Values)
        {
            (room.IsIn, room.Trouble) = (false, null);
            room.Drop();
        }
    }

    /// <summary>Goes where we are not, and reports how it is.</summary>
    public async Task EnterAsync(IChannelHost host, Func<XmppAddress, XmppRoom> placeOf, CancellationToken cancellationToken)
    {
        foreach (var room in _rooms.Values.Where(room => !room.IsIn))
        {
            await EnterAsync(room, placeOf, cancellationToken);
        }

        Report(host);
    }

    /// <summary>Asks now and then whether we are still there, and goes back where not.</summary>
    public async Task StayAsync(IChannelHost host, Func<XmppAddress, XmppRoom> placeOf, CancellationToken cancellationToken)
    {
        while (_rooms.Count > 0)
        {
            await Task.Delay(options.RoomInterval, time, cancellationToken);
            foreach (var room in _rooms.Values.Where(room => room.IsIn))
            {
                await CheckAsync(room, cancellationToken);
            }

            if (_rooms.Values.Any(room => !room.IsIn))
            {
                await EnterAsync(host, placeOf, cancellationToken);
            }
        }
    }

    /// <summary>Takes what a room says about who is in it.</summary>
    public async Task TakeAsync(XElement presence, XmppRoom room, IChannelHost host)
    {
        var codes = presence.Element(XmppNames.MucUser + "x")?.Elements(XmppNames.MucUser + "status").Select(status => status.Get("code")).ToHashSet() ?? [];
        switch (presence.Get("type"))
        {
            case "error":
                room.Joined.TrySetResult(XmppStanzas.ConditionOf(presence));
                break;
            case null when codes.Contains("110") && XmppAddress.TryParse(presence.Get("from"), out var self):
                (room.Nick, room.OwnOccupantId) = (self.Resource, presence.Element(XmppNames.OccupantId + "occupant-id")?.Get("id"));
                if (codes.Contains("201"))
                {
                    await OpenNewAsync(room);
                }

                room.Joined.TrySetResult(null);
                break;
            case "unavailable" when codes.Contains("110") && !codes.Contains("303") && room.IsIn: // 303: only the name changes
                (room.IsIn, room.Trouble) = (false, Phrase.Of("xmpp.put-out", ("room", room.Address)));
                Report(host);
                break;
            default:
                break;
        }
    }

    private async Task EnterAsync(XmppRoom room, Func<XmppAddress, XmppRoom> placeOf, CancellationToken cancellationToken)
    {
        room.Hold();
        if (await JoinAsync(room, cancellationToken) is { } refusal)
        {
            room.Trouble = Phrase.Of("xmpp.not-joined", ("room", room.Address), ("says", refusal));
        }
        else
        {
            var features = await FeaturesAsync(room.Address, cancellationToken);
            room.GivesIds = features.Overlaps([XmppNames.Archive.NamespaceName, XmppNames.StanzaIds.NamespaceName]);
            room.GivesOccupantIds = features.Contains(XmppNames.OccupantId.NamespaceName);
            room.IsKept = features.Contains(XmppNames.Archive.NamespaceName);
            await inbox.LearnAsync(room, cancellationToken);
            await inbox.CatchUpAsync(room, placeOf, cancellationToken);
            (room.IsIn, room.Trouble) = (true, null);
        }

        await inbox.ReleaseAsync(room, placeOf);
    }

    private async Task<string?> JoinAsync(XmppRoom room, CancellationToken cancellationToken)
    {
        room.Joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await link.WriteAsync(
            new XElement(XmppNames.Presence, new XAttribute("to", $"{room.Address}/{settings.Nick}"),
                new XElement(XmppNames.Muc + "x", new XElement(XmppNames.Muc + "history", new XAttribute("maxstanzas", "0")))),
            cancellationToken);
        try
        {
            return await room.Joined.Task.WaitAsync(options.CallTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return "remote-server-timeout";
        }
    }

    /// <summary>The room was made by our coming, and is locked until somebody says how it is to be.</summary>
    private Task OpenNewAsync(XmppRoom room) => link.WriteAsync(
        new XElement(XmppNames.Iq, new XAttribute("type", "set"), new XAttribute("id", XmppNames.NewId()), new XAttribute("to", room.Address),
            new XElement(XmppNames.MucOwner + "query", new XElement(XmppNames.Form + "x", new XAttribute("type", "submit")))),
        CancellationToken.None);

    /// <summary>Pings ourselves through the room (XEP-0410): rooms forget people without telling them.</summary>
    private async Task CheckAsync(XmppRoom room, CancellationToken cancellationToken)
    {
        var answer = await link.AskAsync("get", $"{room.Address}/{room.Nick}", new XElement(XmppNames.Ping + "ping"), cancellationToken);
        room.IsIn = answer.Get("type") != "error" || XmppStanzas.ConditionOf(answer) is "service-unavailable" or "feature-not-implemented" or "item-not-found";
    }

    private async Task<HashSet<string>> FeaturesAsync(string of, CancellationToken cancellationToken)
    {
        var answer = await link.AskAsync("get", of, new XElement(XmppNames.DiscoInfo + "query"), cancellationToken);
        return answer.Descendants(XmppNames.DiscoInfo + "feature").Select(feature => feature.Get("var")).OfType<string>().ToHashSet();
    }

    private void Report(IChannelHost host)
    {
        if (_rooms.Values.Select(room => room.Trouble).FirstOrDefault(trouble => trouble is not null) is { } trouble)
        {
            host.Report(ConnectionState.Degraded, trouble);
        }
        else
        {
            host.Connected(settings.Self.Bare);
        }
    }
}
