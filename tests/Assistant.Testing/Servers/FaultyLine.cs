using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Assistant.Testing.Servers;

/// <summary>A line to a server of this machine that can go bad: cut, deaf, slow. Safe for concurrent use.</summary>
public sealed class FaultyLine : IAsyncDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private Task _accepting = Task.CompletedTask;
    private volatile bool _isClosed;
    private volatile bool _swallowsAnswers;
    private volatile bool _swallowsRequests;
    private long _delayTicks;

    private FaultyLine(int target) => _target = target;

    /// <summary>Where to connect instead of to the server.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Lines open at the moment.</summary>
    public int OpenLines => _open.Count / 2;

    /// <summary>Whether new lines are refused.</summary>
    public bool IsClosed { get => _isClosed; set => _isClosed = value; }

    /// <summary>Whether what the server says is lost on the way.</summary>
    public bool SwallowsAnswers { get => _swallowsAnswers; set => _swallowsAnswers = value; }

    /// <summary>Whether what the client says is lost on the way.</summary>
    public bool SwallowsRequests { get => _swallowsRequests; set => _swallowsRequests = value; }

    /// <summary>How long everything takes, either way.</summary>
    public TimeSpan Delay { get => new(Interlocked.Read(ref _delayTicks)); set => Interlocked.Exchange(ref _delayTicks, value.Ticks); }

    /// <summary>Begins to listen, for a server on the port.</summary>
    public static FaultyLine To(int target)
    {
        var line = new FaultyLine(target);
        line._listener.Start();
        line._accepting = line.AcceptAsync();
        return line;
    }

    /// <summary>Cuts every open line, as a pulled plug does; nobody says goodbye.</summary>
    public void Cut()
    {
        foreach (var end in _open.Keys)
        {
            if (_open.TryRemove(end, out _))
            {
                end.Client.Close(0);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                if (_isClosed)
                {
                    client.Client.Close(0);
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                _open[client] = _open[server] = 0;
                var (near, far) = (client.GetStream(), server.GetStream());
                await Task.WhenAny(PumpAsync(near, far, () => _swallowsRequests), PumpAsync(far, near, () => _swallowsAnswers));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the ends is gone, and the other goes with it.
            }
            finally
            {
                _open.TryRemove(client, out _);
                _open.TryRemove(server, out _);
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<bool> swallows)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, TimeProvider.System, _stop.Token);
                }

                if (swallows())
                {
                    continue;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }
}
