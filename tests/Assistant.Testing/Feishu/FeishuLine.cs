using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Feishu;

/// <summary>One open long connection of the app, in Feishu's own frames.</summary>
internal sealed class FeishuLine(WebSocket socket)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Code, string Answer)>> _waiting = new();
    private int _number;

    /// <summary>Pings heard, each with its service.</summary>
    public ConcurrentQueue<ulong> Pings { get; } = new();

    /// <summary>Reads pings and acknowledgements until the app closes.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close } part)
            {
                var (numbers, headers, payload) = Decode(buffer.AsSpan(0, part.Count));
                if (part.MessageType == WebSocketMessageType.Binary && numbers.GetValueOrDefault(4) == 0 && headers.GetValueOrDefault("type") == "ping")
                {
                    Pings.Enqueue(numbers.GetValueOrDefault(3));
                    await SendAsync(Encode(0, [("type", "pong")], "{\"PingInterval\":120}"u8.ToArray()), cancellationToken);
                }
                else if (part.MessageType == WebSocketMessageType.Binary && _waiting.TryRemove(headers.GetValueOrDefault("message_id") ?? "", out var waiting))
                {
                    var answer = JsonNode.Parse(payload)!;
                    waiting.TrySetResult(((int)answer["code"]!, (string?)answer["data"] is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : ""));
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

    /// <summary>Sends an event in so many frames, and waits for its acknowledgement.</summary>
    public async Task<(int Code, string Answer)> TellAsync(byte[] payload, CancellationToken cancellationToken, int frames = 1)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"frame-{Interlocked.Increment(ref _number)}");
        var acknowledged = _waiting[id] = new TaskCompletionSource<(int, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var length = (payload.Length + frames - 1) / frames;
        foreach (var (part, at) in payload.Chunk(length).Select((part, at) => (part, at)).Reverse())
        {
            await SendAsync(Encode(1, [("type", "event"), ("message_id", id), ("sum", $"{frames}"), ("seq", $"{at}"), ("trace_id", "t1")], part), cancellationToken);
        }

        return await acknowledged.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends bytes, whatever they are.</summary>
    public Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellationToken);

    public void Abort() => socket.Abort();

    private static byte[] Encode(byte method, (string Key, string Value)[] headers, byte[] payload)
    {
        // SeqID 7, LogID 9, service 33, and a field that did not exist when the channel was written.
        List<byte> frame = [0x08, 7, 0x10, 9, 0x18, 33, 0x20, method];
        foreach (var (key, value) in headers)
        {
            byte[] header = [0x0A, .. Counted(Encoding.UTF8.GetBytes(key)), 0x12, .. Counted(Encoding.UTF8.GetBytes(value))];
            frame.AddRange([0x2A, .. Counted(header)]);
        }

        return [.. frame, 0x42, .. Counted(payload), 0x4A, .. Counted("log"u8.ToArray()), 0x78, 0x01];
    }

    private static byte[] Counted(byte[] bytes)
    {
        var counted = new List<byte>();
        for (var length = bytes.Length; ; length >>= 7)
        {
            counted.Add((byte)(length >= 0x80 ? length | 0x80 : length));
            if (length < 0x80)
            {
                return [.. counted, .. bytes];
            }
        }
    }

    private static (Dictionary<int, ulong> Numbers, Dictionary<string, string> Headers, byte[] Payload) Decode(ReadOnlySpan<byte> bytes)
    {
        var (numbers, headers, payload) = (new Dictionary<int, ulong>(), new Dictionary<string, string>(), Array.Empty<byte>());
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var value = Varint(ref bytes);
            if ((tag & 7) == 0)
            {
                numbers[(int)(tag >> 3)] = value;
                continue;
            }

            var content = bytes[..(int)value];
            bytes = bytes[(int)value..];
            switch (tag >> 3)
            {
                case 5:
                    Varint(ref content);
                    var key = Text(ref content);
                    Varint(ref content);
                    headers[key] = Text(ref content);
                    break;
                case 8:
                    payload = content.ToArray();
                    break;
            }
        }

        return (numbers, headers, payload);
    }

    private static string Text(ref ReadOnlySpan<byte> bytes)
    {
        var length = (int)Varint(ref bytes);
        var text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var (value, shift) = (0UL, 0);
        byte last;
        do
        {
            last = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(last & 0x7F) << shift;
            shift += 7;
        }
        while (last >= 0x80);
        return value;
    }
}
