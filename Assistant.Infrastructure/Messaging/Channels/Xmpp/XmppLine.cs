using System.Net.Sockets;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>What a server does not take: the credentials, or how we speak. Trying again at once does not help.</summary>
internal sealed class XmppRefusedException(Phrase reason) : PhrasedException(reason);

/// <summary>There is no line to the server, or no longer: another may be found.</summary>
internal sealed class XmppLineException(Phrase reason, Exception? inner = null) : PhrasedException(reason, inner)
{
    /// <summary>Whether a fault says no more than that the line is gone.</summary>
    public static bool Is(Exception fault) => fault is XmppLineException or IOException or SocketException or XmlException or ObjectDisposedException or TimeoutException;
}

/// <summary>One connection to a server, up to the sign-in: bytes, encryption, elements.</summary>
internal sealed class XmppLine : IAsyncDisposable
{
    private readonly XmppSettings _settings;
    private readonly SemaphoreSlim _writing = new(1);
    private Stream _stream;
    private XmppReader _reader;

    private XmppLine(XmppSettings settings, Stream stream) => (_settings, _stream, _reader) = (settings, stream, new XmppReader(stream));

    /// <summary>Connects, encrypts and signs in.</summary>
    /// <returns>The line, and what the server offers now.</returns>
    /// <exception cref="XmppRefusedException">The server does not take the credentials, or proves not to be the right one.</exception>
    /// <exception cref="XmppLineException">There is no line.</exception>
    public static async Task<(XmppLine Line, XElement Features)> SignInAsync(XmppSettings settings, MessengerLines lines, CancellationToken cancellationToken)
    {
        if (settings.Security == XmppSecurity.None && !settings.Server.IsLoopback)
        {
            throw new XmppRefusedException(Phrase.Of("xmpp.plain-elsewhere"));
        }

        var line = new XmppLine(settings, await ConnectAsync(settings, lines, cancellationToken));
        try
        {
            // Reading knows no token: closing the line is what ends it.
            await using var end = cancellationToken.Register(line.Abort);
            return (line, await line.NegotiateAsync(lines, cancellationToken));
        }
        catch
        {
            await line.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>The next element; <see langword="null"/> when the server ended the stream.</summary>
    public Task<XElement?> ReadAsync() => _reader.ReadAsync();

    public Task WriteAsync(string xml, CancellationToken cancellationToken) => WriteAsync(() => xml, cancellationToken);

    /// <param name="xml">Asked when it is its turn: of two counts, the later is the higher.</param>
    public async Task WriteAsync(Func<string> xml, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // Half an element would spoil everything behind it: once begun it is written whole.
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(xml()), CancellationToken.None);
            await _stream.FlushAsync(CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends whatever is read or written.</summary>
    public void Abort() => _stream.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _reader.Dispose();
    }

    public static string Xml(XElement element) => element.ToString(SaveOptions.DisableFormatting);

    private static async Task<Stream> ConnectAsync(XmppSettings settings, MessengerLines lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.OpenAsync(XmppChannel.Name, settings.Server, cancellationToken);
        }
        catch (PhrasedException fault)
        {
            throw new XmppLineException(fault.Reason, fault);
        }
    }

    private async Task<XElement> NegotiateAsync(MessengerLines lines, CancellationToken cancellationToken)
    {
        var features = await OpenAsync(cancellationToken);
        if (_settings.Security == XmppSecurity.StartTls)
        {
            await WriteAsync(Xml(new XElement(XmppNames.Tls + "starttls")), cancellationToken);
            if (features.Element(XmppNames.Tls + "starttls") is null || (await NextAsync()).Name != XmppNames.Tls + "proceed")
            {
                throw new XmppRefusedException(Phrase.Of("xmpp.no-encryption", ("name", _settings.Server.Host)));
            }

            // A new reader, too: what was sent in the clear behind "proceed" is forgotten with the old one.
            _stream = await lines.SecureAsync(XmppChannel.Name, _stream, _settings.Server, cancellationToken);
            features = await OpenAsync(cancellationToken);
        }

        await ProveAsync(features, cancellationToken);
        return await OpenAsync(cancellationToken);
    }

    private async Task ProveAsync(XElement features, CancellationToken cancellationToken)
    {
        var offered = features.Element(XmppNames.Sasl + "mechanisms")?.Elements(XmppNames.Sasl + "mechanism").Select(m => m.Value.Trim()).ToHashSet() ?? [];

        // By now the line is encrypted, or leads to another program of this machine.
        var sasl = XmppSasl.Choose(offered, _settings.Self.Local, _settings.Password, isPrivate: true)
            ?? throw new XmppRefusedException(Phrase.Of("xmpp.no-mechanism", ("offered", string.Join(", ", offered))));
        await WriteAsync(
            Xml(new XElement(XmppNames.Sasl + "auth", new XAttribute("mechanism", sasl.Mechanism), Convert.ToBase64String(sasl.First()))), cancellationToken);
        var isProven = false;
        while (true)
        {
            var answer = await NextAsync();
            switch (answer.Name.LocalName)
            {
                case "challenge" when Decoded(answer.Value) is { } challenge && sasl.IsProven(challenge):
                    isProven = true;
                    await WriteAsync(Xml(new XElement(XmppNames.Sasl + "response")), cancellationToken);
                    break;
                case "challenge" when Decoded(answer.Value) is { } challenge && sasl.Answer(challenge) is { } response:
                    await WriteAsync(Xml(new XElement(XmppNames.Sasl + "response", Convert.ToBase64String(response))), cancellationToken);
                    break;
                case "success" when isProven || sasl.IsProven(Decoded(answer.Value)):
                    return;
                case "success" or "challenge":
                    throw new XmppRefusedException(Phrase.Of("xmpp.unproven", ("name", _settings.Server.Host)));
                case "failure" when answer.Element(XmppNames.Sasl + "temporary-auth-failure") is not null:
                    throw new XmppLineException(Phrase.Of("channel.refuses", ("name", XmppChannel.Name), ("says", "temporary-auth-failure")));
                default:
                    throw new XmppRefusedException(Phrase.Of("channel.sign-in-refused", ("name", XmppChannel.Name)));
            }
        }
    }

    private async Task<XElement> OpenAsync(CancellationToken cancellationToken)
    {
        _reader.Dispose();
        _reader = new XmppReader(_stream);
        var to = new XAttribute("to", _settings.Self.Domain).ToString();
        await WriteAsync($"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='{XmppNames.Streams}' version='1.0' {to}>", cancellationToken);
        await _reader.ReadRootAsync();
        var features = await NextAsync();
        return features.Name == XmppNames.Streams + "features" ? features : throw new XmlException("The server does not say what it offers.");
    }

    private async Task<XElement> NextAsync() => await ReadAsync() ?? throw new IOException("The server ended the stream.");

    private static byte[]? Decoded(string text)
    {
        var bytes = new byte[text.Length];
        return text.Trim() is "" or "=" ? [] : Convert.TryFromBase64String(text.Trim(), bytes, out var length) ? bytes[..length] : null;
    }
}
