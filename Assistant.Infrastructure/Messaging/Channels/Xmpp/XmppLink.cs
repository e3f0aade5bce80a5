// A signed-in stream with stream management (XEP-0198). Both sides count the stanzas they have dealt with. What we count as dealt with is what is
// committed, in the order it came: the acknowledgement is the promise that it need not come again. What the server counts tells which of our messages
// it has; after a break the stream is taken up again, and what the server did not count is sent once more.
using System.Globalization;
using System.Threading.Channels;
using System.Xml.Linq;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What became of a stanza handed to the server.</summary>
internal abstract record XmppReceipt
{
    private XmppReceipt() { }

    /// <param name="Reflection">What the room made of it; <see langword="null"/> outside of rooms.</param>
    public sealed record Taken(XElement? Reflection) : XmppReceipt;

    public sealed record Returned(XElement Error) : XmppReceipt;

    /// <summary>It never left.</summary>
    public sealed record NotSent : XmppReceipt;

    /// <summary>It left, and nobody knows.</summary>
    public sealed record Lost : XmppReceipt;
}

/// <summary>How far an archive is read.</summary>
internal sealed record XmppMark(string Archive, string Id);

/// <summary>Something did not get stored: what was not acknowledged comes again.</summary>
internal sealed class XmppNotStoredException(Exception inner) : Exception(inner.Message, inner);

/// <summary>One account's stream over the lines it lives on. Sending is safe for concurrent use.</summary>
internal sealed class XmppLink(XmppSettings settings, string resource, XmppOptions options, MessengerLines lines, TimeProvider time) : IDisposable
{
    private const int Backlog = 200;
    private const int SavedTogether = 50;
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<XElement>> _asked = [];
    private readonly Dictionary<string, Pending> _pending = [];
    private readonly LinkedList<Counted> _unacked = new();
    private readonly SemaphoreSlim _order = new(1);
    private Channel<Task<XmppMark?>> _arrived = NewQueue();
    private XmppLine? _line;
    private string? _resumeId;
    private bool _isManaged;
    private volatile bool _isOpen;
    private uint _handled;
    private uint _sent;

    /// <summary>What the server calls us.</summary>
    public XmppAddress Self { get; private set; } = settings.Self;

    /// <summary>Whether a broken line may be taken up again.</summary>
    public bool CanResume => _resumeId is not null;

    /// <summary>Whether somebody holds stanzas back until an archive is read; then reading must go on.</summary>
    public Func<bool> IsHeld { get; init; } = () => false;

    /// <summary>Connects and signs in, taking the old stream up again where the server still has it.</summary>
    /// <returns>Whether it is the old stream.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancellationToken)
    {
        using var patience = NewPatience(cancellationToken);
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
        var arrived = _arrived = NewQueue();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(line, arrived.Writer, receive);
        var committing = CommitAsync(line, arrived.Reader, save, stop.Token);
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
            lock (_lock)
            {
                foreach (var asked in _asked.Values)
                {
                    asked.TrySetException(new IOException("The line broke."));
                }

                _asked.Clear();
            }
        }
    }

    /// <summary>Gives the stream up: what the server has not taken is lost.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _resumeId = null;
            (_handled, _sent) = (0, 0);
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
        var answer = new TaskCompletionSource<XElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _asked[id] = answer;
        }

        try
        {
            var iq = new XElement(XmppNames.Iq, new XAttribute("type", type), new XAttribute("id", id), to is null ? null : new XAttribute("to", to), question);
            if (!await SendAsync(iq, null, cancellationToken))
            {
                throw new IOException("There is no line.");
            }

            return await answer.Task.WaitAsync(options.CallTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new IOException("The server did not answer in time.");
        }
        finally
        {
            lock (_lock)
            {
                _asked.Remove(id);
            }
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
        var pending = new Pending(toRoom, new(TaskCreationOptions.RunContinuationsAsynchronously));
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
                for (var node = _unacked.First; node is not null; node = node.Next)
                {
                    if (node.Value.Pending == pending)
                    {
                        node.Value = node.Value with { Pending = null, Xml = null };
                    }
                }
            }
        }
    }

    public void Dispose() => _order.Dispose();

    /// <returns>Whether it may have left, or will when the stream is taken up again.</returns>
    private async Task<bool> SendAsync(XElement stanza, Pending? pending, CancellationToken cancellationToken)
    {
        var xml = XmppLine.Xml(stanza);
        await _order.WaitAsync(cancellationToken);
        try
        {
            if (!_isOpen || _line is not { } line)
            {
                return false;
            }

            lock (_lock)
            {
                if (_isManaged)
                {
                    _unacked.AddLast(new Counted(++_sent, pending is null ? null : xml, pending));
                }
            }

            await line.WriteAsync(_isManaged && pending is not null ? xml + "<r xmlns='urn:xmpp:sm:3'/>" : xml, cancellationToken);
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

    private async Task ReadAsync(XmppLine line, ChannelWriter<Task<XmppMark?>> arrived, Func<XElement, Task<XmppMark?>> receive)
    {
        while (await line.ReadAsync() is { } element)
        {
            if (element.IsStanza())
            {
                var work = Answered(element) ? Task.FromResult<XmppMark?>(null) : receive(element);
                arrived.TryWrite(work);
                if (_arrived.Reader.Count > Backlog && !IsHeld())
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

    /// <summary>The one place where anything counts as dealt with: in order, and nothing behind what failed.</summary>
    private async Task CommitAsync(
        XmppLine line, ChannelReader<Task<XmppMark?>> arrived, Func<IReadOnlyCollection<XmppMark>, Task> save, CancellationToken cancellationToken)
    {
        Dictionary<string, XmppMark> marks = [];
        await foreach (var work in arrived.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (await work.WaitAsync(cancellationToken) is { } mark)
                {
                    marks[mark.Archive] = mark;
                }

                if (marks.Count > 0 && (arrived.Count == 0 || _handled % SavedTogether == 0))
                {
                    await save(marks.Values);
                    marks.Clear();
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new XmppNotStoredException(fault);
            }

            Interlocked.Increment(ref _handled);
            if (arrived.Count == 0)
            {
                await AnnounceAsync(line);
            }
        }
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

    private async Task AnnounceAsync(XmppLine line)
    {
        if (_isManaged)
        {
            var handled = Volatile.Read(ref _handled);
            await line.WriteAsync($"<a xmlns='urn:xmpp:sm:3' h='{handled.ToString(CultureInfo.InvariantCulture)}'/>", CancellationToken.None);
        }
    }

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

        lock (_lock)
        {
            if (stanza.Name == XmppNames.Iq)
            {
                if (_asked.TryGetValue(id, out var asked))
                {
                    asked.TrySetResult(stanza);
                }

                return true;
            }

            if (stanza.Name == XmppNames.Message && stanza.Get("type") == "error" && _pending.TryGetValue(id, out var pending))
            {
                return pending.Done.TrySetResult(new XmppReceipt.Returned(stanza));
            }

            return false;
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
        if (!uint.TryParse(element.Get("h"), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return;
        }

        lock (_lock)
        {
            while (_unacked.First is { Value: var first } && unchecked(count - first.Number) < uint.MaxValue / 2)
            {
                _unacked.RemoveFirst();
                first.Pending?.Take();
            }
        }
    }

    private async Task<bool> IsResumedAsync(CancellationToken cancellationToken)
    {
        await _line!.WriteAsync(
            XmppLine.Xml(new XElement(XmppNames.Management + "resume", new XAttribute("previd", _resumeId!), new XAttribute("h", _handled))), cancellationToken);
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
        List<Counted> again;
        lock (_lock)
        {
            again = [.. _unacked.Where(one => one.Xml is not null)];
            _sent = uint.TryParse(answer.Get("h"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : _sent;
            _unacked.Clear();
            foreach (var one in again)
            {
                _unacked.AddLast(one with { Number = ++_sent });
            }
        }

        foreach (var one in again)
        {
            await _line.WriteAsync(one.Xml + "<r xmlns='urn:xmpp:sm:3'/>", cancellationToken);
        }

        return true;
    }

    private async Task BindAsync(bool canManage, CancellationToken cancellationToken)
    {
        await _line!.WriteAsync(
            XmppLine.Xml(new XElement(XmppNames.Iq, new XAttribute("type", "set"), new XAttribute("id", "bind"),
                new XElement(XmppNames.Bind + "bind", new XElement(XmppNames.Bind + "resource", resource)))), cancellationToken);
        var bound = await _line.ReadAsync();
        if (!XmppAddress.TryParse(bound?.Element(XmppNames.Bind + "bind")?.Element(XmppNames.Bind + "jid")?.Value, out var self))
        {
            throw new XmppRefusedException(Phrase.Of("xmpp.not-bound"));
        }

        Self = self;
        _isManaged = false;
        if (canManage)
        {
            await _line.WriteAsync("<enable xmlns='urn:xmpp:sm:3' resume='true'/>", cancellationToken);
            var enabled = await _line.ReadAsync();
            _isManaged = enabled?.Name == XmppNames.Management + "enabled";
            _resumeId = _isManaged && enabled!.Get("resume") is "true" or "1" && enabled!.Get("id") is { Length: > 0 } id ? id : null;
        }
    }

    private CancellationTokenSource NewPatience(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.CallTimeout);
        return patience;
    }

    private static Channel<Task<XmppMark?>> NewQueue() => Channel.CreateUnbounded<Task<XmppMark?>>();

    private sealed record Pending(bool ToRoom, TaskCompletionSource<XmppReceipt> Done)
    {
        public bool IsTaken { get; private set; }

        /// <summary>The server has it. In a room that is not the end: the room shows it, or does not.</summary>
        public void Take()
        {
            IsTaken = true;
            if (!ToRoom)
            {
                Done.TrySetResult(new XmppReceipt.Taken(null));
            }
        }
    }

    /// <param name="Xml"><see langword="null"/> for what is not worth sending again.</param>
    private sealed record Counted(uint Number, string? Xml, Pending? Pending);
}
