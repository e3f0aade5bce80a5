using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.DingTalk;

/// <summary>One message for the robot.</summary>
internal sealed record DingTalkDelivery(string Topic, string Data)
{
    public string Type { get; init; } = "CALLBACK";
}

/// <summary>
/// What DingTalk has to tell: one after another, each until it is acknowledged, over an open stream or to an address. An acknowledgement later than five
/// seconds counts as none. What comes while nobody listens is gone. Safe for concurrent use.
/// </summary>
internal sealed class DingTalkDeliveries : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Threading.Channels.Channel<DingTalkDelivery> _waiting = System.Threading.Channels.Channel.CreateUnbounded<DingTalkDelivery>();
    private readonly List<DingTalkLine> _lines = [];
    private readonly Task _delivering;
    private volatile Uri? _address;
    private string _secret = "";
    private int _opening;

    public DingTalkDeliveries() => _delivering = DeliverAsync();

    /// <summary>Deliveries that were not acknowledged in time, or at all.</summary>
    public int Failures { get; private set; }

    public DingTalkDelivery? Last { get; private set; }

    public IReadOnlyList<DingTalkLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(DingTalkDelivery delivery)
    {
        Last = delivery;
        _waiting.Writer.TryWrite(delivery);
    }

    /// <summary>From now on messages are posted there.</summary>
    public void PostTo(Uri address, string secret) => (_secret, _address) = (secret, address);

    /// <summary>A stream is about to open: what comes from now on waits for it.</summary>
    public void Opening() => Interlocked.Increment(ref _opening);

    public void Opened(DingTalkLine line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }

        Interlocked.Decrement(ref _opening);
    }

    public void Closed(DingTalkLine line)
    {
        lock (_lines)
        {
            _lines.Remove(line);
        }
    }

    /// <summary>The headers with which DingTalk signs.</summary>
    public static Dictionary<string, string> Proof(DateTimeOffset at, string secret)
    {
        var timestamp = at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["timestamp"] = timestamp,
            ["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"))),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _delivering;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task DeliverAsync()
    {
        try
        {
            await foreach (var delivery in _waiting.Reader.ReadAllAsync(_stop.Token))
            {
                var isHeard = _address is not null || Lines.Count > 0 || Volatile.Read(ref _opening) > 0;
                while (isHeard && !await TryAsync(delivery))
                {
                    await Task.Delay(Again, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task<bool> TryAsync(DingTalkDelivery delivery)
    {
        if (_address is null && Lines.Count == 0)
        {
            return false;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        deadline.CancelAfter(Deadline);
        try
        {
            if (_address is { } address ? await PostAsync(address, delivery, deadline.Token) : await Lines[^1].SendAsync(delivery, deadline.Token))
            {
                return true;
            }
        }
        catch (Exception e) when (e is HttpRequestException or WebSocketException or ArgumentOutOfRangeException or ObjectDisposedException
            || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            // It failed, as the count below says.
        }

        Failures++;
        return false;
    }

    private async Task<bool> PostAsync(Uri address, DingTalkDelivery delivery, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(delivery.Data, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in Proof(TimeProvider.System.GetUtcNow(), _secret))
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode;
    }
}

/// <summary>One open stream of the app.</summary>
internal sealed class DingTalkLine(WebSocket socket)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonNode>> _waiting = new();
    private int _number;

    /// <summary>Reads acknowledgements until the app closes.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close } frame)
            {
                if (JsonNode.Parse(buffer.AsSpan(0, frame.Count)) is { } acknowledgement && (string?)acknowledgement["headers"]?["messageId"] is { } id
                    && _waiting.TryRemove(id, out var waiting))
                {
                    waiting.TrySetResult(acknowledgement);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The app is gone.
        }

        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetCanceled(CancellationToken.None);
        }
    }

    /// <summary>Sends a frame and waits for its acknowledgement.</summary>
    public async Task<bool> SendAsync(DingTalkDelivery delivery, CancellationToken cancellationToken) => (int?)(await AskAsync(delivery, cancellationToken))["code"] == 200;

    /// <summary>Sends a frame, and gives back what it is acknowledged with.</summary>
    public async Task<JsonNode> AskAsync(DingTalkDelivery delivery, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"frame-{Interlocked.Increment(ref _number)}");
        var acknowledged = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(new JsonObject
            {
                ["specVersion"] = "1.0", ["type"] = delivery.Type,
                ["headers"] = new JsonObject { ["appId"] = "app1", ["connectionId"] = "c1", ["contentType"] = "application/json", ["messageId"] = id, ["time"] = "1767225600000", ["topic"] = delivery.Topic },
                ["data"] = delivery.Data,
            }.ToJsonString()),
            WebSocketMessageType.Text, true, cancellationToken);
        return await acknowledged.Task.WaitAsync(cancellationToken);
    }

    public void Abort() => socket.Abort();
}
