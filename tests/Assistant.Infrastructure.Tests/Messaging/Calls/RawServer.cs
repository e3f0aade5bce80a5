using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

/// <summary>A port that answers every connection in one way, down to the byte: for answers no proper server gives.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _serving;

    public RawServer(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What was asked, as it came.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Answers with these bytes, then closes in good order.</summary>
    public static RawServer Answering(string head, byte[]? body = null) => new(async (stream, cancellationToken) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")), cancellationToken);
        await stream.WriteAsync(body ?? [], cancellationToken);
    });

    /// <summary>Answers like this from the second connection on; the first is read and never answered.</summary>
    /// <param name="onHanging">Called once the first has come.</param>
    public static RawServer HangingOnce(string head, byte[] body, Action onHanging)
    {
        var come = 0;
        return new(async (stream, cancellationToken) =>
        {
            if (Interlocked.Increment(ref come) == 1)
            {
                onHanging();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")), cancellationToken);
            await stream.WriteAsync(body, cancellationToken);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                answers.Add(AnswerAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            var request = new StringBuilder();
            var buffer = new byte[4096];
            while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                request.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            _requests.Enqueue(request.ToString());
            await _answer(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side has heard enough, or the test is over.
        }
    }
}
