using System.Globalization;
using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>One account, connected.</summary>
internal sealed class XmppSession : IChannelSession, ITypingIndicator, IAttachmentReader
{
    private const int PageSize = 100;
    private const int ResumeTries = 3;

    private readonly Connection _connection;
    private readonly XmppSettings _settings;
    private readonly XmppOptions _options;
    private readonly MessengerHttp _http;
    private readonly TimeProvider _time;
    private readonly XmppLink _link;
    private readonly XmppRoom _account;
    private readonly Dictionary<string, XmppRoom> _rooms;
    private readonly Dictionary<string, (XmppRoom Archive, List<XElement> Results)> _queries = [];
    private readonly Lock _lock = new();
    private XmppCursor _cursor = new([]);
    private IChannelHost? _host;

    public XmppSession(Connection connection, XmppSettings settings, XmppOptions options, OutgoingHttp outgoing, MessengerHttp http, TimeProvider time)
    {
        (_connection, _settings, _options, _http, _time) = (connection, settings, options, http, time);
        _link = new XmppLink(settings, $"assistant-{connection.Id}", options, outgoing, time);
        _account = new XmppRoom(settings.Self.Bare, "", isRoom: false);
        _rooms = settings.Rooms.ToDictionary(room => room, room => new XmppRoom(room, settings.Nick));
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        _host = host;
        host.Connecting(XmppChannel.Name);
        try
        {
            _cursor = XmppCursor.Read(await host.ReadCursorAsync(cancellationToken));
            var tries = 0;
            while (true)
            {
                try
                {
                    var isResumed = await _link.OpenAsync(cancellationToken);
                    await ServeAsync(isResumed, cancellationToken);
                }
                catch (Exception fault) when (IsOfTheLine(fault) && _link.CanResume && tries < ResumeTries && !cancellationToken.IsCancellationRequested)
                {
                    tries = _link.CanResume && fault is XmppLineBrokeException ? 1 : tries + 1;
                    host.Report(ConnectionState.Degraded, Phrase.Of("xmpp.again", ("name", _settings.Host)));
                    await Task.Delay(TimeSpan.FromMilliseconds(100 << (2 * tries)), _time, cancellationToken);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            host.Report(ConnectionState.Off, Phrase.Of("connection.off"));
        }
        catch (Exception fault)
        {
            var reason = ReasonOf(fault);
            host.Report(ConnectionState.Down, reason);
            throw fault is PhrasedException ? fault : new PhrasedException(reason, fault);
        }
        finally
        {
            await _link.CloseAsync();
            _link.Forget();
        }
    }

    /// <inheritdoc />
    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (!XmppAddress.TryParse(message.Chat.ExternalId, out var to) || to.Local.Length == 0)
        {
            return SessionReports.NoSuchChat(XmppChannel.Name, message.Chat);
        }

        var toRoom = _rooms.ContainsKey(to.ToString());
        var id = message.Id.ToString("N");
        var receipt = await _link.DeliverAsync(
            new XElement(XmppNames.Message,
                new XAttribute("to", to.ToString()), new XAttribute("type", toRoom ? "groupchat" : "chat"), new XAttribute("id", id),
                new XElement(XmppNames.Client + "body", XmppText.Render(message.Body.Markdown)),
                message.ReplyToExternalId is { } replied ? new XElement(XmppNames.Reply + "reply", new XAttribute("id", XmppText.Clean(replied))) : null,
                new XElement(XmppNames.StanzaIds + "origin-id", new XAttribute("id", id)),
                toRoom ? null : new XElement(XmppNames.ChatStates + "active")),
            toRoom, cancellationToken);
        return receipt switch
        {
            XmppReceipt.Taken taken => new SendOutcome.Delivered(
                taken.Reflection is { } reflection && XmppStanzas.StanzaIdOf(reflection, _rooms[to.Bare]) is { } given ? given : id),
            XmppReceipt.Returned returned => OutcomeOf(returned.Error),
            XmppReceipt.NotSent => new SendOutcome.RetryAfter(null, Phrase.Of("channel.unreachable", ("name", XmppChannel.Name)), PauseScope.Connection),
            _ => new SendOutcome.Uncertain(Phrase.Of("channel.no-answer", ("name", XmppChannel.Name))),
        };
    }

    /// <inheritdoc />
    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (_link.IsOpen && XmppAddress.TryParse(chat.ExternalId, out var to) && to.Local.Length > 0)
        {
            await _link.WriteAsync(
                new XElement(XmppNames.Message,
                    new XAttribute("to", to.ToString()), new XAttribute("type", _rooms.ContainsKey(to.ToString()) ? "groupchat" : "chat"),
                    new XElement(XmppNames.ChatStates + "composing"), new XElement(XmppNames.Hints + "no-store")),
                cancellationToken);
        }
    }

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(attachment.Reference, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", XmppChannel.Name)), AttachmentFault.Final);
        }

        // Only the service the operator named may lie in the private network.
        var isConfigured = _settings.Files is { } files && files.Scheme == address.Scheme && files.Host == address.Host && files.Port == address.Port;
        return _http.DownloadAsync(XmppChannel.Name, new HttpRequestMessage(HttpMethod.Get, address), isConfigured, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _link.Forget();
        _link.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ServeAsync(bool isResumed, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!isResumed)
        {
            foreach (var archive in _rooms.Values.Prepend(_account))
            {
                archive.Held = [];
                archive.Joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _link.IsHeld = true;
        }

        var pumping = _link.PumpAsync(ReceiveAsync, stop.Token);
        var begun = isResumed ? Task.CompletedTask : BeginAsync(stop.Token);
        try
        {
            if (await Task.WhenAny(pumping, begun) == begun)
            {
                await begun;
                _host!.Connected(_settings.Self.Bare);
            }

            await pumping;
        }
        catch (Exception fault) when (IsOfTheLine(fault) && begun.IsCompletedSuccessfully)
        {
            throw new XmppLineBrokeException(fault);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumping, begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!begun.IsCompletedSuccessfully)
            {
                _link.Forget(); // what was not caught up is caught up by the next stream
            }
        }
    }

    /// <summary>Reads what was missed, then lets in what comes.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _account.GivesIds = (await FeaturesAsync(_settings.Self.Bare, cancellationToken)).Overlaps([XmppNames.Archive.NamespaceName, XmppNames.StanzaIds.NamespaceName]);
        await _link.AskAsync("set", null, new XElement(XmppNames.Archive + "prefs", new XAttribute("default", "always")), cancellationToken);

        // Twice: what comes between the archive's last page and our presence is in the archive only.
        await CatchUpAsync(_account, cancellationToken);
        await _link.WriteAsync(new XElement(XmppNames.Presence), cancellationToken);
        await CatchUpAsync(_account, cancellationToken);
        await ReleaseAsync(_account);
        foreach (var room in _rooms.Values)
        {
            await JoinAsync(room, cancellationToken);
        }

        _link.IsHeld = false;
    }

    private async Task JoinAsync(XmppRoom room, CancellationToken cancellationToken)
    {
        await _link.WriteAsync(
            new XElement(XmppNames.Presence, new XAttribute("to", $"{room.Address}/{room.Nick}"),
                new XElement(XmppNames.Muc + "x", new XElement(XmppNames.Muc + "history", new XAttribute("maxstanzas", "0")))),
            cancellationToken);
        var refusal = await room.Joined.Task.WaitAsync(_options.CallTimeout, _time, cancellationToken).ConfigureAwait(true);
        if (refusal is not null)
        {
            throw new PhrasedException(Phrase.Of("xmpp.not-joined", ("room", room.Address), ("says", refusal)));
        }

        var features = await FeaturesAsync(room.Address, cancellationToken);
        room.GivesIds = features.Overlaps([XmppNames.Archive.NamespaceName, XmppNames.StanzaIds.NamespaceName]);
        room.GivesOccupantIds = features.Contains(XmppNames.OccupantId.NamespaceName);
        await CatchUpAsync(room, cancellationToken);
        await ReleaseAsync(room);
    }

    private async Task<HashSet<string>> FeaturesAsync(string of, CancellationToken cancellationToken)
    {
        var answer = await _link.AskAsync("get", of, new XElement(XmppNames.DiscoInfo + "query"), cancellationToken);
        return answer.Descendants(XmppNames.DiscoInfo + "feature").Select(feature => feature.Get("var")).OfType<string>().ToHashSet();
    }

    /// <summary>Offers what an archive has beyond the cursor, page by page, each committed before the next is asked for (XEP-0313).</summary>
    private async Task CatchUpAsync(XmppRoom archive, CancellationToken cancellationToken)
    {
        var after = _cursor.Find(archive.Address);
        var isComplete = false;
        while (!isComplete)
        {
            var queryId = XmppNames.NewId();
            var results = new List<XElement>();
            lock (_lock)
            {
                _queries[queryId] = (archive, results);
            }

            var answer = await _link.AskAsync("set", archive.IsRoom ? archive.Address : null, QueryOf(queryId, after), cancellationToken);
            lock (_lock)
            {
                _queries.Remove(queryId);
            }

            if (answer.Get("type") == "error")
            {
                if (after is null)
                {
                    return; // it has no archive
                }

                after = null; // the archive no longer has the last id: by time, then
                continue;
            }

            await Task.WhenAll(results.Select(result => OfferArchivedAsync(archive, result, cancellationToken)));
            if (results.Count > 0)
            {
                after = results[^1].Get("id");
                _cursor.Set(archive.Address, after!);
                await _host!.SaveCursorAsync(_cursor.ToString(), cancellationToken);
            }

            isComplete = results.Count == 0 || answer.Element(XmppNames.Archive + "fin")?.Get("complete") is "true" or "1";
        }
    }

    private XElement QueryOf(string queryId, string? after)
    {
        var start = (_time.GetUtcNow() - _options.FirstCatchUp).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new XElement(XmppNames.Archive + "query", new XAttribute("queryid", queryId),
            new XElement(XmppNames.Form + "x", new XAttribute("type", "submit"),
                Field("FORM_TYPE", XmppNames.Archive.NamespaceName), after is null ? Field("start", start) : null),
            new XElement(XmppNames.ResultSet + "set",
                new XElement(XmppNames.ResultSet + "max", PageSize), after is null ? null : new XElement(XmppNames.ResultSet + "after", after)));

        static XElement Field(string name, string value)
            => new(XmppNames.Form + "field", new XAttribute("var", name), new XElement(XmppNames.Form + "value", value));
    }

    private Task OfferArchivedAsync(XmppRoom archive, XElement result, CancellationToken cancellationToken)
        => result.Get("id") is { Length: > 0 } id && result.Element(XmppNames.Forward + "forwarded") is { } forwarded && forwarded.Element(XmppNames.Message) is { } stanza
            ? OfferAsync(stanza, archive, id, XmppStanzas.DelayOf(forwarded, _time.GetUtcNow()), cancellationToken)
            : Task.CompletedTask;

    private async Task OfferAsync(XElement stanza, XmppRoom room, string? archiveId, DateTimeOffset? sentAt, CancellationToken cancellationToken)
    {
        if (XmppStanzas.Read(stanza, room, _connection.Id, _settings.Groups, archiveId, sentAt, _time.GetUtcNow()) is { } message)
        {
            await _host!.Gateway.AcceptAsync(message, cancellationToken);
        }
    }

    /// <summary>Lets in what waited for the archive, in the order it came.</summary>
    private async Task ReleaseAsync(XmppRoom room)
    {
        while (true)
        {
            List<(XElement Stanza, TaskCompletionSource Done)> held;
            lock (_lock)
            {
                if (room.Held is not { Count: > 0 })
                {
                    room.Held = null;
                    return;
                }

                (held, room.Held) = (room.Held, []);
            }

            foreach (var (stanza, done) in held)
            {
                await AcceptLiveAsync(stanza, room);
                done.TrySetResult();
            }
        }
    }

    private Task ReceiveAsync(XElement stanza) => stanza.Name.LocalName switch
    {
        "message" => ReceiveMessageAsync(stanza),
        "presence" => ReceivePresenceAsync(stanza),
        _ => AnswerAsync(stanza),
    };

    private Task ReceiveMessageAsync(XElement stanza)
    {
        var from = XmppAddress.TryParse(stanza.Get("from"), out var sender) ? sender : null;
        if (stanza.Element(XmppNames.Archive + "result") is { } result)
        {
            lock (_lock)
            {
                // Anybody can send something of this form: only what was asked, from whom it was asked.
                if (result.Get("queryid") is { } queryId && _queries.TryGetValue(queryId, out var query) && (from is null ? !query.Archive.IsRoom : from.ToString() == query.Archive.Address))
                {
                    query.Results.Add(result);
                }
            }

            return Task.CompletedTask;
        }

        if (from is null)
        {
            return Task.CompletedTask;
        }

        var room = _rooms.GetValueOrDefault(from.Bare) ?? _account;
        if (room.IsRoom && from.Resource == room.Nick)
        {
            _link.Reflected(stanza);
        }

        lock (_lock)
        {
            if (room.Held is { } held)
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                held.Add((stanza, done));
                return done.Task;
            }
        }

        return AcceptLiveAsync(stanza, room);
    }

    private async Task AcceptLiveAsync(XElement stanza, XmppRoom room)
    {
        await OfferAsync(stanza, room, null, null, CancellationToken.None);
        if (XmppStanzas.StanzaIdOf(stanza, room) is { } id)
        {
            _cursor.Set(room.Address, id);
            await _host!.SaveCursorAsync(_cursor.ToString(), CancellationToken.None);
        }
    }

    private async Task ReceivePresenceAsync(XElement presence)
    {
        if (!XmppAddress.TryParse(presence.Get("from"), out var from))
        {
            return;
        }

        if (!_rooms.TryGetValue(from.Bare, out var room))
        {
            if (presence.Get("type") == "subscribe")
            {
                await _link.WriteAsync(new XElement(XmppNames.Presence, new XAttribute("to", from.Bare), new XAttribute("type", "subscribed")), CancellationToken.None);
            }

            return;
        }

        var user = presence.Element(XmppNames.MucUser + "x");
        var codes = user?.Elements(XmppNames.MucUser + "status").Select(status => status.Get("code")).ToHashSet() ?? [];
        switch (presence.Get("type"))
        {
            case "error":
                room.Joined.TrySetResult(ConditionOf(presence));
                break;
            case null when codes.Contains("110"):
                (room.Nick, room.OwnOccupantId) = (from.Resource, presence.Element(XmppNames.OccupantId + "occupant-id")?.Get("id"));
                if (codes.Contains("201"))
                {
                    // The room was made by our coming, and is locked until somebody says how it is to be.
                    await _link.WriteAsync(
                        new XElement(XmppNames.Iq, new XAttribute("type", "set"), new XAttribute("id", XmppNames.NewId()), new XAttribute("to", room.Address),
                            new XElement(XmppNames.MucOwner + "query", new XElement(XmppNames.Form + "x", new XAttribute("type", "submit")))),
                        CancellationToken.None);
                }

                room.Joined.TrySetResult(null);
                break;
            case "unavailable" when codes.Contains("110") && room.Joined.Task.IsCompleted:
                throw new PhrasedException(Phrase.Of("xmpp.put-out", ("room", room.Address)));
            default:
                break;
        }
    }

    /// <summary>Whoever asks gets an answer (RFC 6120, 8.2.3): we live, and nothing else.</summary>
    private Task AnswerAsync(XElement question)
    {
        if (question.Get("type") is not ("get" or "set"))
        {
            return Task.CompletedTask;
        }

        var isPing = question.Element(XmppNames.Ping + "ping") is not null;
        return _link.WriteAsync(
            new XElement(XmppNames.Iq,
                new XAttribute("type", isPing ? "result" : "error"), new XAttribute("id", question.Get("id") ?? ""),
                question.Get("from") is { } from ? new XAttribute("to", from) : null,
                isPing ? null : new XElement(XmppNames.Client + "error", new XAttribute("type", "cancel"), new XElement(XmppNames.StanzaErrors + "service-unavailable"))),
            CancellationToken.None);
    }

    private static SendOutcome OutcomeOf(XElement error)
    {
        var says = Phrase.Of("channel.refuses", ("name", XmppChannel.Name), ("says", ConditionOf(error)));
        return error.Element(XmppNames.Client + "error")?.Get("type") == "wait" ? new SendOutcome.RetryAfter(null, says) : new SendOutcome.Rejected(says);
    }

    private static string ConditionOf(XElement stanza) => stanza.Element(XmppNames.Client + "error")?.Elements().FirstOrDefault()?.Name.LocalName ?? "error";

    private static bool IsOfTheLine(Exception fault) => fault is XmppLineBrokeException or IOException or SocketException or XmlException or ObjectDisposedException or TimeoutException;

    public static Phrase ReasonOf(Exception fault) => fault switch
    {
        PhrasedException phrased => phrased.Reason,
        DestinationRefusedException => Phrase.Of("channel.forbidden-address", ("name", XmppChannel.Name)),
        SocketException { SocketErrorCode: SocketError.HostNotFound } => Phrase.Of("channel.unresolved", ("name", XmppChannel.Name)),
        SocketException => Phrase.Of("channel.unreachable", ("name", XmppChannel.Name)),
        _ when IsOfTheLine(fault) => Phrase.Of("channel.broke-off", ("name", XmppChannel.Name)),
        _ => Phrase.OfFault(fault),
    };

    private sealed class XmppLineBrokeException(Exception inner) : IOException(inner.Message, inner);
}
