using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Slack;

/// <summary>One thing to be told to the app, until it is acknowledged.</summary>
internal sealed record SlackDelivery(string Id, string Kind, string Payload)
{
    public int Attempts { get; set; }
}

/// <summary>
/// What Slack has to tell: one after another, each until it is acknowledged, to the address of events or over an open socket. An
/// acknowledgement later than three seconds counts as none, as at Slack. Safe for concurrent use.
/// </summary>
internal sealed class SlackDeliveries : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Threading.Channels.Channel<SlackDelivery> _waiting = System.Threading.Channels.Channel.CreateUnbounded<SlackDelivery>();
    private readonly List<SlackLine> _lines = [];
    private readonly Task _delivering;
    private volatile Uri? _address;
    private string _secret = "";

    public SlackDeliveries() => _delivering = DeliverAsync();

    /// <summary>Deliveries that were not acknowledged in time, or at all.</summary>
    public int Failures { get; private set; }

    public SlackDelivery? Last { get; private set; }

    public IReadOnlyList<SlackLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(SlackDelivery delivery)
    {
        Last = delivery;
        _waiting.Writer.TryWrite(delivery);
    }

    /// <summary>From now on callbacks are posted there.</summary>
    public void PostTo(Uri address, string secret) => (_secret, _address) = (secret, address);

    public void Opened(SlackLine line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }

    public void Closed(SlackLine line)
    {
        lock (_lines)
        {
            _lines.Remove(line);
        }
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
                while (!await TryAsync(delivery))
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

    private async Task<bool> TryAsync(SlackDelivery delivery)
    {
        if (_address is null && Lines.Count == 0)
        {
            return false;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        deadline.CancelAfter(Deadline);
        delivery.Attempts++;
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

    private async Task<bool> PostAsync(Uri address, SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var isEvent = delivery.Kind == "events_api";
        var body = isEvent ? delivery.Payload : $"payload={Uri.EscapeDataString(delivery.Payload)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, isEvent ? "application/json" : "application/x-www-form-urlencoded"),
        };
        foreach (var (name, value) in Proof(Encoding.UTF8.GetBytes(body), TimeProvider.System.GetUtcNow(), _secret))
        {
            request.Headers.Add(name, value);
        }

        if (delivery.Attempts > 1)
        {
            request.Headers.Add("X-Slack-Retry-Num", $"{delivery.Attempts - 1}");
            request.Headers.Add("X-Slack-Retry-Reason", "http_error");
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>The headers with which Slack signs a body.</summary>
    public static Dictionary<string, string> Proof(ReadOnlySpan<byte> body, DateTimeOffset at, string secret)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. body];
        return new()
        {
            ["x-slack-request-timestamp"] = timestamp,
            ["x-slack-signature"] = "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)),
        };
    }
}

/// <summary>One open socket of the app.</summary>
internal sealed class SlackLine(WebSocket socket)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new();

    /// <summary>Reads acknowledgements until the app closes.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close } frame)
            {
                if ((string?)JsonNode.Parse(buffer.AsSpan(0, frame.Count))?["envelope_id"] is { } id && _waiting.TryRemove(id, out var waiting))
                {
                    waiting.TrySetResult();
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

    /// <summary>Sends an envelope and waits for its acknowledgement.</summary>
    public async Task<bool> SendAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var acknowledged = _waiting[delivery.Id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new JsonObject
        {
            ["envelope_id"] = delivery.Id, ["type"] = delivery.Kind, ["payload"] = JsonNode.Parse(delivery.Payload),
            ["accepts_response_payload"] = false, ["retry_attempt"] = delivery.Attempts - 1, ["retry_reason"] = delivery.Attempts > 1 ? "timeout" : "",
        }, cancellationToken);
        await acknowledged.Task.WaitAsync(cancellationToken);
        return true;
    }

    public Task SendAsync(JsonObject frame, CancellationToken cancellationToken)
        => socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, true, cancellationToken);

    public void Abort() => socket.Abort();
}
