using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>One account, connected: puts the parts of this folder together.</summary>
internal sealed class XmppSession : IChannelSession, IFileSender, ITypingIndicator, IAttachmentReader, IDeliveryProbe
{
    private const int ResumeTries = 3;

    private readonly XmppSettings _settings;
    private readonly TimeProvider _time;
    private readonly XmppLink _link;
    private readonly XmppRoom _account;
    private readonly XmppRooms _rooms;
    private readonly XmppArchive _archive;
    private readonly XmppInbox _inbox;
    private readonly XmppSender _sender;
    private readonly XmppFiles _files;

    public XmppSession(Connection connection, XmppSettings settings, XmppOptions options, MessengerLines lines, MessengerHttp http, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _account = new XmppRoom(settings.Self.Bare, "", isRoom: false);
        _link = new XmppLink(settings, $"assistant-{connection.Id}", options, lines, time) { IsHeld = () => _account.IsHeld || _rooms!.IsAnyHeld };
        _archive = new XmppArchive(_link, time);
        _inbox = new XmppInbox(new XmppReading(connection.Id, settings.Groups, settings.Ignored), _account, _archive, options, time);
        _rooms = new XmppRooms(settings, _link, _inbox, options, time);
        _sender = new XmppSender(_link, _rooms, _account, _archive);
        _files = new XmppFiles(settings, _link, _sender, http);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(XmppChannel.Name);
        try
        {
            await _inbox.BeginAsync(host, cancellationToken);
            await StayAsync(host, cancellationToken);
        }
        catch (Exception fault) when (fault is not PhrasedException || cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new PhrasedException(ReasonOf(fault), fault);
        }
        finally
        {
            _link.Forget();
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    /// <inheritdoc />
    public async Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
    {
        try
        {
            return await _sender.FindAsync(message, cancellationToken);
        }
        catch (Exception fault) when (XmppLineException.Is(fault))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _link.Forget();
        return ValueTask.CompletedTask;
    }

    public static Phrase ReasonOf(Exception fault) => fault switch
    {
        PhrasedException phrased => phrased.Reason,
        XmppNotStoredException { InnerException: { } inner } => Phrase.OfFault(inner),
        _ when XmppLineException.Is(fault) => Phrase.Of("channel.broke-off", ("name", XmppChannel.Name)),
        _ => Phrase.OfFault(fault),
    };

    /// <summary>
    /// Serves stream after stream: a broken line is looked for again a few times, while the server still has the stream. A line on which nothing that
    /// came was dealt with is one of these times, too: what broke it may come again on the next.
    /// </summary>
    private async Task StayAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        for (var tries = 0; ;)
        {
            var handled = _link.Handled;
            try
            {
                await ServeAsync(host, await _link.OpenAsync(cancellationToken), cancellationToken);
            }
            catch (Exception fault) when (XmppLineException.Is(fault) && _link.CanResume && !cancellationToken.IsCancellationRequested
                && (tries < ResumeTries || _link.Handled != handled))
            {
                tries = _link.Handled == handled ? tries : 0;
                host.Report(ConnectionState.Degraded, Phrase.Of("xmpp.again", ("name", _settings.Server.Host)));
                await Task.Delay(TimeSpan.FromMilliseconds(200 << (2 * tries++)), _time, cancellationToken);
            }
        }
    }

    private async Task ServeAsync(IChannelHost host, bool isResumed, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!isResumed)
        {
            _rooms.Leave();
            _account.Drop();
            _account.Hold();
        }

        var pumping = _link.PumpAsync(stanza => ReceiveAsync(stanza, host), _inbox.SaveAsync, stop.Token);
        var living = LiveAsync(host, isResumed, stop.Token);
        try
        {
            var first = await Task.WhenAny(pumping, living);
            await first;
            await pumping;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pumping, living).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_account.IsHeld)
            {
                _link.Forget(); // what was not caught up is caught up by the next stream
            }
        }
    }

    private async Task LiveAsync(IChannelHost host, bool isResumed, CancellationToken cancellationToken)
    {
        if (!isResumed)
        {
            await BeginAsync(cancellationToken);
        }

        await _rooms.EnterAsync(host, PlaceOf, cancellationToken);
        await _rooms.StayAsync(host, PlaceOf, cancellationToken);
    }

    /// <summary>Reads what was missed, then lets in what comes.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        var answer = await _link.AskAsync("get", _settings.Self.Bare, new XElement(XmppNames.DiscoInfo + "query"), cancellationToken);
        var features = answer.Descendants(XmppNames.DiscoInfo + "feature").Select(feature => feature.Get("var")).OfType<string>().ToHashSet();
        _account.GivesIds = features.Overlaps([XmppNames.Archive.NamespaceName, XmppNames.StanzaIds.NamespaceName]);
        var kept = await _link.AskAsync("set", null, new XElement(XmppNames.Archive + "prefs", new XAttribute("default", "always"),
            new XElement(XmppNames.Archive + "always"), new XElement(XmppNames.Archive + "never")), cancellationToken);
        _account.IsKept = kept.Get("type") == "result";

        // Twice: what comes between the archive's last page and our presence is in the archive only.
        await _inbox.CatchUpAsync(_account, PlaceOf, cancellationToken);
        await _link.WriteAsync(new XElement(XmppNames.Presence, XmppCapabilities.Announcement), cancellationToken);
        await _inbox.CatchUpAsync(_account, PlaceOf, cancellationToken);
        await _inbox.ReleaseAsync(_account, PlaceOf);
    }

    private XmppRoom PlaceOf(XmppAddress from) => _rooms.Find(from.Bare) ?? _account;

    private async Task<XmppMark?> ReceiveAsync(XElement stanza, IChannelHost host)
    {
        var from = XmppAddress.TryParse(stanza.Get("from"), out var sender) ? sender : null;
        switch (stanza.Name.LocalName)
        {
            case "message" when _archive.Takes(stanza, from) || from is null:
                return null;
            case "message":
                var place = PlaceOf(from);
                if (place.IsRoom && from.Resource == place.Nick)
                {
                    _link.Reflected(stanza);
                }

                return await _inbox.TakeAsync(stanza, place);
            case "presence" when from is not null && _rooms.Find(from.Bare) is { } room:
                await _rooms.TakeAsync(stanza, room, host);
                return null;
            case "presence" when from is not null && stanza.Get("type") == "subscribe":
                await _link.WriteAsync(new XElement(XmppNames.Presence, new XAttribute("to", from.Bare), new XAttribute("type", "subscribed")), CancellationToken.None);
                return null;
            case "iq" when stanza.Get("type") is "get" or "set":
                await AnswerAsync(stanza);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Whoever asks gets an answer (RFC 6120, 8.2.3): that we live, what we understand, and nothing else.</summary>
    private Task AnswerAsync(XElement question)
    {
        var isQuestion = question.Get("type") == "get";
        var isPing = isQuestion && question.Element(XmppNames.Ping + "ping") is not null;
        var answer = isQuestion && question.Element(XmppNames.DiscoInfo + "query") is { } query ? XmppCapabilities.Answer(query.Get("node")) : null;
        var isAnswered = isPing || answer is not null;
        return _link.WriteAsync(
            new XElement(XmppNames.Iq,
                new XAttribute("type", isAnswered ? "result" : "error"), new XAttribute("id", question.Get("id") ?? ""),
                question.Get("from") is { } from ? new XAttribute("to", from) : null,
                answer,
                isAnswered ? null : new XElement(XmppNames.Client + "error", new XAttribute("type", "cancel"), new XElement(XmppNames.StanzaErrors + "service-unavailable"))),
            CancellationToken.None);
    }
}
