using System.Threading.Channels;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

/// <summary>A visitor's device: a line to the hub that records what it is told.</summary>
internal sealed class ChatDevice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();

    private ChatDevice(HubConnection hub) => Hub = hub;

    public HubConnection Hub { get; }

    public string? Token { get; private set; }

    public static async Task<ChatDevice> ConnectAsync(ChatHouse house, string? origin = null)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(house.Server.BaseAddress, "/hubs/chat"), options =>
            {
                options.Transports = HttpTransportType.LongPolling;
                options.HttpMessageHandlerFactory = _ => house.Server.CreateHandler();
                if (origin is not null)
                {
                    options.Headers["Origin"] = origin;
                }
            })
            .Build();
        var device = new ChatDevice(hub);
        hub.On<ChatMessage>("Message", device.Tell);
        hub.On<ChatProgress>("Progress", device.Tell);
        hub.On<Guid>("ProgressGone", turn => device.Tell(new Gone(turn)));
        hub.On<ChatTyping>("Typing", device.Tell);
        hub.On<ChatState>("State", device.Tell);
        hub.On<int>("Presence", devices => device.Tell(new Present(devices)));
        hub.On<long>("Read", seq => device.Tell(new ReadTo(seq)));
        hub.On("Resync", () => device.Tell(new Lost()));
        hub.On("Forgotten", () => device.Tell(new Forgot()));
        await hub.StartAsync(Cancel);
        return device;
    }

    /// <summary>Connects and joins as the holder of <paramref name="token"/>, or as somebody new.</summary>
    public static async Task<ChatDevice> JoinAsync(ChatHouse house, string? token = null)
    {
        var device = await ConnectAsync(house);
        var joined = await device.JoinAsync(token: token);
        Assert.Equal("ok", joined.Status);
        return device;
    }

    /// <param name="visitor">Whose messages it says it has.</param>
    /// <param name="device">Its own word beside the pass.</param>
    public async Task<JoinResult> JoinAsync(
        string connection = "web", string? token = null, string? pass = null, long lastSeq = 0, long readSeq = 0, string? visitor = null, string? device = null)
    {
        var result = await Hub.InvokeAsync<JoinResult>("Join", new JoinRequest(connection, token, pass, lastSeq, readSeq, "en", visitor, device), Cancel);
        Token = result.Token ?? token;
        return result;
    }

    public Task<SendResult> SendAsync(string text, Guid? id = null) =>
        Hub.InvokeAsync<SendResult>("Send", id ?? Guid.CreateVersion7(), text, Cancel);

    public Task<CaughtUp> CatchUpAsync(long lastSeq) => Hub.InvokeAsync<CaughtUp>("CatchUp", lastSeq, Cancel);

    /// <summary>The next thing of a kind the device is told; things of other kinds before it are passed over.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? isWanted = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        await foreach (var told in _told.Reader.ReadAllAsync(patience.Token))
        {
            if (told is T wanted && isWanted?.Invoke(wanted) != false)
            {
                return wanted;
            }
        }

        throw new InvalidOperationException("The line ended.");
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private void Tell(object told) => _told.Writer.TryWrite(told);
}

internal sealed record Gone(Guid TurnId);

internal sealed record Present(int Devices);

internal sealed record ReadTo(long Seq);

internal sealed record Lost;

internal sealed record Forgot;
