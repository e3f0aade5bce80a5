using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.SignalR;

namespace Assistant.Web.Hubs;

/// <summary>The web chat's way in and out, at <c>/hubs/chat</c>. A device joins first; until then it can do nothing.</summary>
/// <remarks>
/// Nothing is lost over a broken line: a device keeps what it sent until the answer comes and sends it again under the same client id,
/// which the inbox stores once; what it missed it reads by sequence number.
/// Where a web chat requires encryption, everything goes through <see cref="Greet"/>, <see cref="Enter"/> and <see cref="Frame"/>: the
/// other methods do nothing for a device on such a line, and <see cref="Join"/> lets none in.
/// </remarks>
[Open("visitors of a web chat; a device joins before it can do anything")]
[NotAudited("each method states its own")]
internal sealed class ChatHub(ChatEntrance entrance, ChatSessions sessions, ChatCalls calls, ChatLimits limits, SealedLines lines) : Hub<IChatClient>
{
    private const string DeviceKey = "device";
    private const string AddressKey = "address";
    private const string SealedKey = "sealed";

    public override async Task OnConnectedAsync()
    {
        var address = NetworkKey.Of(Context.GetHttpContext()?.Connection.RemoteIpAddress);
        if (!limits.TryConnect(address))
        {
            Context.Abort();
            return;
        }

        Context.Items[AddressKey] = address;
        await base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.TryGetValue(AddressKey, out var address))
        {
            limits.Disconnect((IPAddress)address!);
        }

        await LeaveAsync();
        await DropLineAsync();
        await base.OnDisconnectedAsync(exception);
    }

    /// <summary>The first message of a handshake; answers with the second. An earlier encrypted line ends.</summary>
    [Open("a visitor's browser that agrees on keys")]
    [NotAudited("keys are agreed on and nothing else")]
    public async Task<Greeting> Greet(string connection, byte[] first)
    {
        await LeaveAsync();
        await DropLineAsync();
        if (Address is not { } address || limits.Arrive(address) > TimeSpan.Zero)
        {
            return Greeting.Not("busy");
        }

        var (greeting, line) = await lines.GreetAsync(connection, first, Context.ConnectionAborted);
        if (line is not null)
        {
            Context.Items[SealedKey] = line;
            if (IsGone)
            {
                await DropLineAsync();
            }
        }

        return greeting;
    }

    /// <summary>The third message of a handshake, with a <see cref="JoinRequest"/> in it; what follows is encrypted.</summary>
    [Open("the visitor's own token or pass, encrypted; without one a new visitor begins")]
    [NotAudited(NotAuditedAttribute.Reads)]
    public async Task Enter(byte[] third)
    {
        if (Sealed is { } line && Address is { } address && line.TryFinish(third, sessions.LineTo(Context.ConnectionId)) is { } request)
        {
            await LeaveAsync();
            var (result, device) = await entrance.JoinAsync(
                request, new ChatLine(Context.ConnectionId, address, IsSealed: true, line, Context.ConnectionAborted), Context.GetHttpContext());
            await KeepAsync(device);
            await line.Joined(result);
            return;
        }

        await BreakAsync();
    }

    /// <summary>An encrypted call; its answer comes as <see cref="IChatClient.Frame"/>.</summary>
    [Open("a device that joined over an encrypted line, in its visitor's own conversation")]
    [Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
    public async Task Frame(byte[] frame)
    {
        if (Sealed is not { } line || !line.TryOpen(frame, out var call))
        {
            await BreakAsync();
            return;
        }

        if (call is not null && Device is { Line.IsSealed: true } device)
        {
            await line.AnswerAsync(call, () => calls.DoAsync(device, call));
        }
    }

    /// <summary>Brings the device into its visitor's conversation and answers with what it missed.</summary>
    [Open("the visitor's own token or pass; without one a new visitor begins")]
    [NotAudited(NotAuditedAttribute.Reads)]
    public async Task<JoinResult> Join(JoinRequest? request)
    {
        await LeaveAsync();
        if (Address is not { } address)
        {
            return JoinResult.Not("busy");
        }

        var line = new ChatLine(
            Context.ConnectionId, address, IsSealed: false, sessions.LineTo(Context.ConnectionId), Context.ConnectionAborted);
        var (result, device) = await entrance.JoinAsync(request, line, Context.GetHttpContext());
        await KeepAsync(device);
        return result;
    }

    /// <summary>Says something. Safe to repeat with the same <paramref name="clientId"/>, which the device chose.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
    public async Task<SendResult> Send(Guid clientId, VisitorText text) =>
        OpenDevice is { } device ? await calls.SendAsync(device, clientId, text.Value) : SendResult.Bad;

    /// <summary>Presses a button of a message the visitor can see.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
    public async Task<SendResult> Press(Guid clientId, long seq, VisitorText data) =>
        OpenDevice is { } device ? await calls.PressAsync(device, clientId, seq, data.Value) : SendResult.Bad;

    /// <summary>Tells the people at the console that the visitor is writing, or stopped.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [NotAudited("shown for a moment and not kept")]
    public void Typing(bool isTyping)
    {
        if (OpenDevice is { } device)
        {
            calls.Typing(device, isTyping);
        }
    }

    /// <summary>The visitor has read up to here, on every device.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [NotAudited("how far a visitor has read, for the visitor's own devices")]
    public async Task Read(long seq)
    {
        if (OpenDevice is { } device)
        {
            await ChatCalls.MarkReadAsync(device.Session, Context.ConnectionId, seq);
        }
    }

    /// <summary>What the device missed since the message it has last.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [NotAudited(NotAuditedAttribute.Reads)]
    public async Task<CaughtUp> CatchUp(long lastSeq) => OpenDevice is { } device ? await calls.CatchUpAsync(device, lastSeq) : CaughtUp.Nothing;

    /// <summary>A page of messages before the given one.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [NotAudited(NotAuditedAttribute.Reads)]
    public async Task<CaughtUp> Earlier(long before) => OpenDevice is { } device ? await calls.EarlierAsync(device, before) : CaughtUp.Nothing;

    /// <summary>A code that brings one more device of the visitor in; empty when there is nothing to join yet.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    [NotAudited("a pass that lives in memory for minutes")]
    public string CreatePass() => OpenDevice is { } device ? calls.CreatePass(device) : "";

    private ChatDevice? Device => Item<ChatDevice>(DeviceKey);

    /// <summary>The device, unless what it says has to come encrypted.</summary>
    private ChatDevice? OpenDevice => Device is { Line.IsSealed: false } device ? device : null;

    private IPAddress? Address => Item<IPAddress>(AddressKey);

    private SealedLine? Sealed => Item<SealedLine>(SealedKey);

    /// <summary>Whether the line fell: <see cref="OnDisconnectedAsync"/>, which waits for no running method, may have been here already.</summary>
    private bool IsGone => Context.ConnectionAborted.IsCancellationRequested;

    private T? Item<T>(string key) where T : class => Context.Items.TryGetValue(key, out var item) ? (T?)item : null;

    /// <summary>Takes the device out and tells it so, in the open: there is no other way left. It makes a new line.</summary>
    private async Task BreakAsync()
    {
        await LeaveAsync();
        await Clients.Caller.Broken();
    }

    private async Task DropLineAsync()
    {
        if (Sealed is { } line)
        {
            Context.Items.Remove(SealedKey);
            await line.DisposeAsync();
        }
    }

    private async Task KeepAsync(ChatDevice? device)
    {
        Context.Items[DeviceKey] = device;
        if (IsGone)
        {
            await LeaveAsync();
        }
    }

    private async Task LeaveAsync()
    {
        if (Device is { } device)
        {
            Context.Items.Remove(DeviceKey);
            await sessions.LeaveAsync(device.Session, Context.ConnectionId);
        }
    }
}
