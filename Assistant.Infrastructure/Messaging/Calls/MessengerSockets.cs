using System.Net.WebSockets;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Opens WebSockets to messengers, behind the same guard as their other calls. Safe for concurrent use.</summary>
internal sealed class MessengerSockets(OutgoingHttp outgoing) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _configured = new(outgoing.NewHandler(AddressSource.Configured));

    /// <summary>Opens a socket to an address the operator named, or whose host the channel has checked.</summary>
    /// <param name="messenger">Its name, for what is said about a failure.</param>
    /// <exception cref="PhrasedException">None came about.</exception>
    public async Task<MessengerSocket> ConnectAsync(string messenger, Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = KeepAlive;
        socket.Options.KeepAliveTimeout = KeepAlive;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(address, _configured, patience.Token);
            return new MessengerSocket(messenger, socket);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            socket.Dispose();
            throw new PhrasedException(Phrase.Of("channel.unreachable", ("name", messenger)));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _configured.Dispose();
}

/// <summary>One open WebSocket. One reader; any number of writers.</summary>
internal sealed class MessengerSocket(string messenger, ClientWebSocket socket) : IAsyncDisposable
{
    private const int MaxMessageBytes = 4 << 20;
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>The code the other side closed with, or <see langword="null"/>.</summary>
    public int? ClosedWith => (int?)socket.CloseStatus;

    /// <summary>What is said when we close: a messenger may take a normal end for the end of more than the line.</summary>
    public WebSocketCloseStatus Farewell { get; set; } = WebSocketCloseStatus.NormalClosure;

    /// <summary>The next whole message; <see langword="null"/> when the other side has closed or the line broke.</summary>
    /// <exception cref="PhrasedException">The message is larger than any should be.</exception>
    public async Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (message.Length + part.Count > MaxMessageBytes)
                {
                    throw new PhrasedException(Phrase.Of("channel.unreadable", ("name", messenger)));
                }

                message.Write(_buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    return message.ToArray();
                }
            }
        }
        catch (WebSocketException)
        {
            // Giving up breaks the line as well.
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Sends one text.</summary>
    /// <exception cref="PhrasedException">The line is closed.</exception>
    public Task SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) => SendAsync(text, WebSocketMessageType.Text, cancellationToken);

    /// <summary>Sends one message that is no text.</summary>
    /// <exception cref="PhrasedException">The line is closed.</exception>
    public Task SendBinaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => SendAsync(bytes, WebSocketMessageType.Binary, cancellationToken);

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", messenger)));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Says good-bye where that is still possible, and lets go.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var patience = new CancellationTokenSource(GoodbyePatience);
                await socket.CloseOutputAsync(Farewell, null, patience.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone anyhow.
        }

        socket.Dispose();
        _writing.Dispose();
    }
}
