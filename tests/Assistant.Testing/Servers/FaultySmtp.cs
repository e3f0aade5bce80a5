using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Assistant.Testing.Servers;

/// <summary>What goes wrong with one mail.</summary>
public abstract record SmtpFault
{
    private SmtpFault() { }

    /// <summary>The server answers the sender's address with this line, a code first.</summary>
    public sealed record Answer(string Line) : SmtpFault;

    /// <summary>The connection breaks before the mail is sent.</summary>
    public sealed record CutBefore : SmtpFault;

    /// <summary>The mail is taken, and the connection breaks before that is said.</summary>
    public sealed record CutAfter : SmtpFault;
}

/// <summary>Stands between a client and a real SMTP server and lets things go wrong that a server does not do on demand.</summary>
/// <remarks>It hides pipelining and chunking, so that command and answer take turns.</remarks>
public sealed class FaultySmtp : IAsyncDisposable
{
    private static readonly string[] Hidden = ["PIPELINING", "CHUNKING", "PIPECONNECT"];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SmtpFault> _faults = new();
    private readonly int _server;
    private readonly Task _listening;

    public FaultySmtp(int server)
    {
        _server = server;
        _listener.Start();
        _listening = Task.Run(ListenAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The next mail meets this.</summary>
    public void FailNext(SmtpFault fault) => _faults.Enqueue(fault);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = RelayAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                await RelayAsync(new Line(client.GetStream()), new Line(server.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side went; so does the other.
            }
        }
    }

    private async Task RelayAsync(Line client, Line server)
    {
        SmtpFault? fault = null;
        await AnswerAsync(server, client);
        while (await client.ReadAsync(_stop.Token) is { } command)
        {
            if (command.StartsWith("MAIL ", StringComparison.OrdinalIgnoreCase) && _faults.TryDequeue(out fault))
            {
                if (fault is SmtpFault.CutBefore)
                {
                    return;
                }

                if (fault is SmtpFault.Answer answer)
                {
                    await client.WriteAsync(answer.Line, _stop.Token);
                    continue;
                }
            }

            await server.WriteAsync(command, _stop.Token);
            if (await AnswerAsync(server, client) == 354)
            {
                string? line;
                do
                {
                    line = await client.ReadAsync(_stop.Token);
                    await server.WriteAsync(line ?? "", _stop.Token);
                }
                while (line is not (null or "."));

                if (fault is SmtpFault.CutAfter)
                {
                    await server.ReadAsync(_stop.Token);
                    return;
                }

                await AnswerAsync(server, client);
            }
        }
    }

    /// <summary>Hands on an answer, which may have several lines, and returns its code.</summary>
    private async Task<int> AnswerAsync(Line server, Line client)
    {
        while (await server.ReadAsync(_stop.Token) is { Length: >= 4 } line)
        {
            if (!Array.Exists(Hidden, name => line[4..].Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                await client.WriteAsync(line, _stop.Token);
            }

            if (line[3] == ' ')
            {
                return int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture);
            }
        }

        throw new IOException("The server is gone.");
    }

    /// <summary>Lines of bytes; nothing is decoded.</summary>
    private sealed class Line(NetworkStream stream)
    {
        private readonly StreamReader _reader = new(stream, Encoding.Latin1);

        public async Task<string?> ReadAsync(CancellationToken cancellationToken) => await _reader.ReadLineAsync(cancellationToken);

        public async Task WriteAsync(string line, CancellationToken cancellationToken)
            => await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), cancellationToken);
    }
}
