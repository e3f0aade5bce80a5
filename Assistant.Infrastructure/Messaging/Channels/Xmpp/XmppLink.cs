// A signed-in stream with stream management (XEP-0198). Both sides count the stanzas they have dealt with. What we count as dealt with is what is
// committed, in the order it came: the acknowledgement is the promise that it need not come again. What the server counts tells which of our messages
// it has; after a break the stream is taken up again, and what the server did not count is sent once more.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Xml.Linq;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>One account's stream over the lines it lives on. Sending is safe for concurrent use.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A send that outlives the session still gives its place back; without a wait handle nothing is held.")]
internal sealed class XmppLink(XmppSettings settings, string resource, XmppOptions options, MessengerLines lines, TimeProvider time)
{
    private const int Backlog = 200;
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly XmppQuestions _questions = new();
    private readonly Dictionary<string, XmppPending> _pending = [];
    private readonly XmppUnacked _unacked = new();

    // Not disposed: it holds nothing to release, and a send that outlives its session still gives its turn back.
    private readonly SemaphoreSlim _order = new(1);
    private readonly XmppReceived _received = new();
    private XmppLine? _line;
    private string? _resumeId;
    private bool _isManaged;
    private volatile bool _isOpen;

    /// <summary>Whether a broken line may be taken up again.</summary>
    public bool CanResume => _resumeId is not null;

    /// <inheritdoc cref="XmppReceived.Handled" />
    public uint Handled => _received.Handled;

    /// <summary>Whether somebody holds stanzas back until an archive is read; then reading must go on.</summary>
    public Func<bool> IsHeld { get; init; } = () => false;

    /// <summary>Connects and signs in, taking the old stream up again where the server still has it.</summary>
    /// <returns>Whether it is the old stream.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.CallTimeout);
        await _order.WaitAsync(cancellationToken); // nobody says anything before the stream is there
        try
        {
            (_line, var features) = await XmppLine.SignInAsync(settings, lines, patience.Token);
            await using var end = patience.Token.Register(_line.Abort);
            var isManaged = features.Element(XmppNames.Management + "sm") is not null;
            if (_resumeId is not null && isManaged && await IsResumedAsync(patience.Token))
            {
                return _isOpen = true;
            }

            Forget();
            await BindAsync(isManaged, patience.Token);
            _isOpen = true;
            return false;
        }
        catch (Exception) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new XmppLineException(Phrase.Of("channel.no-answer", ("name", XmppChannel.Name)));
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>
    /// Receives until the line breaks. Stanzas are offered in order; each is acknowledged when its task, and those before it, have ended well.
    /// </summary>
    /// <param name="receive">Deals with a stanza, and says how far that brings its archive.</param>
    /// <param name="save">Keeps that; called when all before it is dealt with, and before it is acknowledged.</param>
    /// <exception cref="XmppNotStoredException"><paramref name="receive"/> or <paramref name="save"/> failed.</exception>
    public async Task PumpAsync(Func<XElement, Task<XmppMark?>> receive, Func<IReadOnlyCollection<XmppMark>, Task> save, CancellationToken cancellationToken)
    {
        var line = _line!;
        _received.BeginLine();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(line, receive);
        var committing = _received.CommitAsync(save, () => AnnounceAsync(line), stop.Token);
        var living = PingAsync(line, stop.Token);
        try
        {
            await await Task.WhenAny(reading, committing, living).WaitAsync(cancellationToken);
        }
        finally
        {
            _isOpen = false;
            await stop.CancelAsync();
            if (cancellationToken.IsCancellationRequested)
            {
                await SayGoodbyeAsync(line);
            }

            line.Abort();
            await Task.WhenAll(reading, committing, living).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await line.DisposeAsync();
            _questions.Break();
        }
    }

    /// <summary>Gives the stream up: what the server has not taken is lost.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _resumeId = null;
            _received.BeginStream();
            _unacked.Clear();
            foreach (var pending in _pending.Values)
            {
                pending.Done.TrySetResult(new XmppReceipt.Lost());
            }
        }
    }

    /// <summary>Sends a stanza nobody waits for.</summary>
    public Task WriteAsync(XElement stanza, CancellationToken cancellationToken) => SendAsync(stanza, null, cancellationToken);

    /// <summary>Whether there is a line, or is one again within the time of a call.</summary>
    public async Task<bool> IsOpenSoonAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!_isOpen && time.GetElapsedTime(began) < options.CallTimeout)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }

        return _isOpen;
    }

    /// <summary>Asks, and waits for the answer, which may be an error.</summary>
    /// <exception cref="IOException">The line broke or nobody answered.</exception>
    public async Task<XElement> AskAsync(string type, string? to, XElement question, CancellationToken cancellationToken)
    {
        var id = XmppNames.NewId();
        var answer = _questions.Ask(id);
        try
        {
            var iq = new XElement(XmppNames.Iq, new XAttribute("type", type), new XAttribute("id", id), to is null ? null : new XAttribute("to", to), question);
            if (!await SendAsync(iq, null, cancellationToken))
            {
                throw new IOException("There is no line.");
            }

            return await answer.WaitAsync(options.CallTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new IOException("The server did not answer in time.");
        }
        finally
        {
            _questions.GiveUp(id);
        }
    }

    /// <summary>Sends a message and waits until the server, or the room, has it.</summary>
    public async Task<XmppReceipt> DeliverAsync(XElement message, bool toRoom, CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            return new XmppReceipt.NotSent();
        }

        var id = message.Get("id")!;
        var pending = new XmppPending(toRoom, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _pending[id] = pending;
        }

        try
        {
            if (!await SendAsync(message, pending, cancellationToken))
            {
                return new XmppReceipt.NotSent();
            }

            if (!_isManaged)
            {
                // Stanzas are dealt with in order: an answer to what comes behind says that the server has the message.
                await AskAsync("get", settings.Self.Domain, new XElement(XmppNames.Ping + "ping"), cancellationToken);
                pending.Take();
            }

            return await pending.Done.Task.WaitAsync(options.CallTimeout, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            if (!pending.IsTaken)
            {
                _isOpen = false;
                _line?.Abort(); // a server that does not answer is taken for gone: the stream finds another line
            }

            return new XmppReceipt.Lost();
        }
        finally
        {
            lock (_lock)
            {
                _pending.Remove(id);
            }

            _unacked.GiveUp(pending);
        }
    }

    /// <returns>Whether it may have left, or will when the stream is taken up again.</returns>
    private async Task<bool> SendAsync(XElement stanza, XmppPending? pending, CancellationToken cancellationToken)
    {
        var xml = XmppLine.Xml(stanza);
        await _order.WaitAsync(cancellationToken);
        try
        {
            if (!_isOpen || _line is not { } line)
            {
                return false;
            }

            var asks = _isManaged && _unacked.Add(pending is null ? null : xml, pending);
            await line.WriteAsync(asks ? xml + "<r xmlns='urn:xmpp:sm:3'/>" : xml, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return true; // the pump sees the same break
        }
        finally
        {
            _order.Release();
        }
    }

    private async Task ReadAsync(XmppLine line, Func<XElement, Task<XmppMark?>> receive)
    {
        while (await line.ReadAsync() is { } element)
        {
            if (element.IsStanza())
            {
                var work = Answered(element) ? Task.FromResult<XmppMark?>(null) : receive(element);
                _received.Add(work);
                if (_received.Waiting > Backlog && !IsHeld())
                {
                    await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its fault is seen where it is acknowledged
                }
            }
            else if (element.Name == XmppNames.Management + "r")
            {
                await AnnounceAsync(line);
            }
            else if (element.Name == XmppNames.Management + "a")
            {
                Acknowledged(element);
            }
            else if (element.Name == XmppNames.Streams + "error")
            {
                _resumeId = null;
                throw new XmppRefusedException(Phrase.Of("xmpp.ended", ("says", element.Elements().FirstOrDefault()?.Name.LocalName ?? "")));
            }
        }

        throw new IOException("The server ended the stream.");
    }

    /// <summary>What is dealt with is acknowledged, and the server keeps nothing for us.</summary>
    private async Task SayGoodbyeAsync(XmppLine line)
    {
        try
        {
            var farewell = Task.WhenAll(AnnounceAsync(line), line.WriteAsync("</stream:stream>", CancellationToken.None));
            await farewell.WaitAsync(GoodbyePatience, time);
            _resumeId = null;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or TimeoutException)
        {
            // It is gone already.
        }
    }

    private Task AnnounceAsync(XmppLine line) => _isManaged
        ? line.WriteAsync(() => $"<a xmlns='urn:xmpp:sm:3' h='{_received.Handled.ToString(CultureInfo.InvariantCulture)}'/>", CancellationToken.None)
        : Task.CompletedTask;

    private async Task PingAsync(XmppLine line, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.PingInterval, time, cancellationToken);
            try
            {
                await AskAsync("get", settings.Self.Domain, new XElement(XmppNames.Ping + "ping"), cancellationToken);
            }
            catch (IOException)
            {
                line.Abort();
                throw;
            }
        }
    }

    private bool Answered(XElement stanza)
    {
        if (stanza.Get("type") is not ("result" or "error") || stanza.Get("id") is not { } id)
        {
            return false;
        }

        if (stanza.Name == XmppNames.Iq)
        {
            _questions.Answer(id, stanza);
            return true;
        }

        lock (_lock)
        {
            return stanza.Name == XmppNames.Message && stanza.Get("type") == "error" && _pending.TryGetValue(id, out var pending)
                && pending.Done.TrySetResult(new XmppReceipt.Returned(stanza));
        }
    }

    /// <summary>A room showed one of ours.</summary>
    public void Reflected(XElement message)
    {
        lock (_lock)
        {
            if (message.Get("id") is { } id && _pending.TryGetValue(id, out var pending))
            {
                pending.Done.TrySetResult(new XmppReceipt.Taken(message));
            }
        }
    }

    private void Acknowledged(XElement element)
    {
        if (CountIn(element) is { } count)
        {
            _unacked.Acknowledge(count);
        }
    }

    private static uint? CountIn(XElement element) => uint.TryParse(element.Get("h"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private async Task<bool> IsResumedAsync(CancellationToken cancellationToken)
    {
        await _line!.WriteAsync(
            XmppLine.Xml(new XElement(XmppNames.Management + "resume", new XAttribute("previd", _resumeId!), new XAttribute("h", _received.Handled))), cancellationToken);
        var answer = await _line.ReadAsync();
        if (answer?.Name != XmppNames.Management + "resumed")
        {
            if (answer is not null)
            {
                Acknowledged(answer); // a server that no longer has the stream may still say what it took
            }

            return false;
        }

        Acknowledged(answer);
        foreach (var xml in CountIn(answer) is { } count ? _unacked.Renumber(count) : [])
        {
            await _line.WriteAsync(xml + "<r xmlns='urn:xmpp:sm:3'/>", cancellationToken);
        }

        return true;
    }

    private async Task BindAsync(bool canManage, CancellationToken cancellationToken)
    {
        await _line!.WriteAsync(
            XmppLine.Xml(new XElement(XmppNames.Iq, new XAttribute("type", "set"), new XAttribute("id", "bind"),
                new XElement(XmppNames.Bind + "bind", new XElement(XmppNames.Bind + "resource", resource)))), cancellationToken);
        var bound = await _line.ReadAsync();
        if (!XmppAddress.TryParse(bound?.Element(XmppNames.Bind + "bind")?.Element(XmppNames.Bind + "jid")?.Value, out _))
        {
            throw new XmppRefusedException(Phrase.Of("xmpp.not-bound"));
        }

        _isManaged = false;
        if (canManage)
        {
            await _line.WriteAsync("<enable xmlns='urn:xmpp:sm:3' resume='true'/>", cancellationToken);
            var enabled = await _line.ReadAsync();
            _isManaged = enabled?.Name == XmppNames.Management + "enabled";
            _resumeId = _isManaged && enabled!.Get("resume") is "true" or "1" && enabled!.Get("id") is { Length: > 0 } id ? id : null;
        }
    }
}
