using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Assistant.Domain.Security.EndToEnd;
using Assistant.Testing.Fakes;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

/// <summary>A visitor's device on an encrypted line, with every frame of it in the test's hand.</summary>
internal sealed class SealedDevice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Channel<JsonElement> _told = Channel.CreateUnbounded<JsonElement>();
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChatHouse _house;
    private SecureLine? _line;
    private int _next = 1;

    private SealedDevice(ChatHouse house, HubConnection hub) => (_house, Hub) = (house, hub);

    public HubConnection Hub { get; }

    public KeyPair Identity { get; } = new PlainKeyAgreement().Create();

    public string? Token { get; private set; }

    /// <summary>The server's key, once it answered.</summary>
    public byte[]? TheirIdentity { get; private set; }

    /// <summary>Every frame the server sent.</summary>
    public ConcurrentQueue<byte[]> Frames { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SealedDevice> ConnectAsync(ChatHouse house)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(house.Server.BaseAddress, "/hubs/chat"), options =>
            {
                options.Transports = HttpTransportType.LongPolling;
                options.HttpMessageHandlerFactory = _ => house.Server.CreateHandler();
            })
            .Build();
        var device = new SealedDevice(house, hub);
        hub.On<byte[]>("Frame", device.Receive);
        hub.On("Broken", () => device._broken.TrySetResult());
        await hub.StartAsync(Cancel);
        return device;
    }

    /// <summary>Connects and joins as the holder of <paramref name="token"/>, or as somebody new.</summary>
    public static async Task<SealedDevice> JoinAsync(ChatHouse house, string? token = null)
    {
        var device = await ConnectAsync(house);
        var joined = await device.JoinAsync(token: token);
        Assert.Equal("ok", joined.Status);
        return device;
    }

    public async Task<JoinResult> JoinAsync(string connection = "sealed", string? token = null, string? named = null, Func<byte[], byte[]>? third = null)
    {
        using var handshake = new NoiseHandshake(_house.Agreement, Identity, begins: true, SealedLines.Prologue(connection));
        var greeting = await Hub.InvokeAsync<Greeting>("Greet", connection, handshake.Write([]), Cancel);
        if (greeting.Status != "ok")
        {
            return JoinResult.Not(greeting.Status);
        }

        handshake.Read(greeting.Second);
        TheirIdentity = handshake.TheirIdentity.ToArray();
        var last = handshake.Write(JsonSerializer.SerializeToUtf8Bytes(new JoinRequest(named ?? connection, token, null, 0, 0, "en"), Json));
        _line = handshake.Open(maxMessageBytes: 10_000_000);
        await Hub.SendAsync("Enter", third?.Invoke(last) ?? last, Cancel);
        var joined = (await NextAsync(said => IsEvent(said, "Joined"))).GetProperty("args")[0].Deserialize<JoinResult>(Json)!;
        Token = joined.Token ?? token;
        return joined;
    }

    public async Task<T?> CallAsync<T>(string name, params object?[] args)
    {
        var id = _next++;
        foreach (var frame in Seal(id, name, args))
        {
            await SendAsync(frame);
        }

        var answer = await NextAsync(said => said.TryGetProperty("id", out var found) && found.GetInt32() == id);
        Assert.False(answer.GetProperty("failed").GetBoolean());
        return answer.GetProperty("result").Deserialize<T>(Json);
    }

    public Task<SendResult?> SayAsync(string text) => CallAsync<SendResult>("Send", Guid.CreateVersion7(), text);

    public IReadOnlyList<byte[]> Seal(int id, string name, params object?[] args)
        => _line!.Seal(JsonSerializer.SerializeToUtf8Bytes(new { id, name, args }, Json));

    public Task SendAsync(byte[] frame) => Hub.SendAsync("Frame", frame, Cancel);

    public async Task<T> NextEventAsync<T>(string name)
        => (await NextAsync(said => IsEvent(said, name))).GetProperty("args")[0].Deserialize<T>(Json)!;

    /// <summary>The next message that is not the visitor's own.</summary>
    public async Task<ChatMessage> NextAnswerAsync()
    {
        while (true)
        {
            if (await NextEventAsync<ChatMessage>("Message") is { Author: not "you" } message)
            {
                return message;
            }
        }
    }

    /// <summary>Waits until the server says that the line is broken.</summary>
    public Task BrokenAsync() => _broken.Task.WaitAsync(Patience, Cancel);

    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> isWanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        await foreach (var told in _told.Reader.ReadAllAsync(patience.Token))
        {
            if (isWanted(told))
            {
                return told;
            }
        }

        throw new InvalidOperationException("The line ended.");
    }

    public ValueTask DisposeAsync()
    {
        _line?.Dispose();
        return Hub.DisposeAsync();
    }

    private static bool IsEvent(JsonElement said, string name) => said.TryGetProperty("event", out var found) && found.GetString() == name;

    private void Receive(byte[] frame)
    {
        Frames.Enqueue(frame);
        if (_line?.Open(frame) is { } message)
        {
            _told.Writer.TryWrite(JsonSerializer.Deserialize<JsonElement>(message, Json));
        }
    }
}
