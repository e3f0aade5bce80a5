using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Feishu;

/// <summary>One event to be posted until it is acknowledged; a press is posted once.</summary>
internal sealed record FeishuDelivery(string Body, bool IsRepeated);

/// <summary>
/// What Feishu has to tell: one after another, to an address, encrypted and signed, or over an open socket; each until it is acknowledged with 200
/// within three seconds. Safe for concurrent use.
/// </summary>
internal sealed class FeishuDeliveries : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Threading.Channels.Channel<FeishuDelivery> _waiting = System.Threading.Channels.Channel.CreateUnbounded<FeishuDelivery>();
    private readonly List<FeishuLine> _lines = [];
    private readonly Task _delivering;
    private volatile Uri? _address;
    private string _key = "";
    private int _open;

    public FeishuDeliveries() => _delivering = DeliverAsync();

    /// <summary>Deliveries that were not acknowledged in time, or at all.</summary>
    public int Failures { get; private set; }

    /// <summary>Deliveries that are not acknowledged yet, nor given up.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>The body of the last acknowledgement.</summary>
    public string LastAnswer { get; private set; } = "";

    public FeishuDelivery? Last { get; private set; }

    public void Add(FeishuDelivery delivery)
    {
        Last = delivery;
        Interlocked.Increment(ref _open);
        _waiting.Writer.TryWrite(delivery);
    }

    public IReadOnlyList<FeishuLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Opened(FeishuLine line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }

    public void Closed(FeishuLine line)
    {
        lock (_lines)
        {
            _lines.Remove(line);
        }
    }

    /// <summary>From now on events are posted there.</summary>
    public void PostTo(Uri address, string encryptKey) => (_key, _address) = (encryptKey, address);

    /// <summary>A body as it is posted: encrypted under the key.</summary>
    public static byte[] Encrypt(string body, string encryptKey)
    {
        using var aes = Aes.Create();
        aes.Key = SHA256.HashData(Encoding.UTF8.GetBytes(encryptKey));
        var iv = RandomNumberGenerator.GetBytes(16);
        byte[] sealedBytes = [.. iv, .. aes.EncryptCbc(Encoding.UTF8.GetBytes(body), iv)];
        return Encoding.UTF8.GetBytes(new JsonObject { ["encrypt"] = Convert.ToBase64String(sealedBytes) }.ToJsonString());
    }

    /// <summary>The headers with which Feishu signs a body.</summary>
    public static Dictionary<string, string> Proof(byte[] body, DateTimeOffset at, string encryptKey)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        const string Nonce = "4a8d7f";
        return new()
        {
            ["x-lark-request-timestamp"] = timestamp,
            ["x-lark-request-nonce"] = Nonce,
            ["x-lark-signature"] = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(timestamp + Nonce + encryptKey), .. body])),
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
                while (!await TryAsync(delivery) && delivery.IsRepeated)
                {
                    await Task.Delay(Again, _stop.Token);
                }

                Interlocked.Decrement(ref _open);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task<bool> TryAsync(FeishuDelivery delivery)
    {
        if (_address is null && Lines.Count == 0)
        {
            return false;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        deadline.CancelAfter(Deadline);
        try
        {
            if (_address is { } address ? await PostAsync(address, delivery, deadline.Token) : await SendAsync(delivery, deadline.Token))
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

    private async Task<bool> SendAsync(FeishuDelivery delivery, CancellationToken cancellationToken)
    {
        var (code, answer) = await Lines[^1].TellAsync(Encoding.UTF8.GetBytes(delivery.Body), cancellationToken);
        LastAnswer = answer;
        return code == 200;
    }

    private async Task<bool> PostAsync(Uri address, FeishuDelivery delivery, CancellationToken cancellationToken)
    {
        var body = Encrypt(delivery.Body, _key);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in Proof(body, TimeProvider.System.GetUtcNow(), _key))
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        LastAnswer = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.OK;
    }
}
