using System.Globalization;
using System.Net;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.SignalR;

namespace Assistant.Web.Hubs;

/// <summary>The web chat's way in and out, at <c>/hubs/chat</c>. A device joins first; until then it can do nothing.</summary>
/// <remarks>
/// Nothing is lost over a broken line: a device keeps what it sent until the answer comes and sends it again under the same client id,
/// which the inbox stores once; what it missed it reads by sequence number.
/// </remarks>
[Open("visitors of a web chat; a device joins before it can do anything")]
internal sealed class ChatHub(
    ChatArrivals arrivals,
    ChatSessions sessions,
    ChatHistory history,
    ChatLimits limits,
    IVisitorTokens tokens,
    IChannelSessions channels,
    IConversationQueries conversations,
    IMessageGateway gateway,
    ILiveFeed feed,
    TimeProvider time) : Hub<IChatClient>
{
    private const string DeviceKey = "device";
    private const string AddressKey = "address";
    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(1);

    public override async Task OnConnectedAsync()
    {
        var address = ChatLimits.KeyOf(Context.GetHttpContext()?.Connection.RemoteIpAddress);
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

        if (Device is { } device)
        {
            await sessions.LeaveAsync(device.Session, Context.ConnectionId);
        }

        await base.OnDisconnectedAsync(exception);
    }

    /// <summary>Brings the device into its visitor's conversation and answers with what it missed.</summary>
    [Open("the visitor's own token or pass; without one a new visitor begins")]
    public async Task<JoinResult> Join(JoinRequest request)
    {
        if (Device is { } here)
        {
            await sessions.LeaveAsync(here.Session, Context.ConnectionId);
            Context.Items.Remove(DeviceKey);
        }

        if (Address is not { } address || limits.Arrive(address) > TimeSpan.Zero)
        {
            return JoinResult.Not("busy");
        }

        var arrival = await arrivals.AdmitAsync(request, Context.GetHttpContext(), Context.ConnectionAborted);
        if (arrival.Refusal is { } refusal)
        {
            return JoinResult.Not(refusal);
        }

        var key = new VisitorKey(arrival.Connection!.Tenant, arrival.Connection.Id, arrival.Visitor);
        if (await sessions.EnterAsync(key, Context.ConnectionId, limits.MaxDevicesPerVisitor) is not { } session)
        {
            return JoinResult.Not("busy");
        }

        Context.Items[DeviceKey] = new ChatDevice(session, arrival.Connection, request.Language);
        await AttachAsync(session);
        await MarkReadAsync(session, request.ReadSeq);
        return new(
            "ok",
            arrival.FreshToken,
            await arrivals.StateAsync(key.Tenant, session.Conversation, Context.ConnectionAborted),
            session.Devices,
            session.ReadSeq,
            await history.SinceAsync(key.Tenant, session.Conversation, request.LastSeq, Context.ConnectionAborted));
    }

    /// <summary>Says something. Safe to repeat with the same <paramref name="clientId"/>, which the device chose.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public async Task<SendResult> Send(Guid clientId, string text)
    {
        if (string.IsNullOrWhiteSpace(text) || clientId == Guid.Empty)
        {
            return SendResult.Bad;
        }

        return text.Length > limits.MaxTextLength
            ? SendResult.TooLong
            : await AcceptAsync(clientId.ToString("N"), clientId, new InboundContent.Said(text));
    }

    /// <summary>Presses a button of a message the visitor can see.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public async Task<SendResult> Press(Guid clientId, long seq, string data)
    {
        if (Device is not { Session: var session } || clientId == Guid.Empty)
        {
            return SendResult.Bad;
        }

        var message = await history.FindAsync(session.Key.Tenant, session.Conversation, seq, Context.ConnectionAborted);
        return message?.Body.Buttons.FirstOrDefault(button => button.Data == data) is { } button
            ? await AcceptAsync(message.ExternalId ?? message.Id.ToString("N"), clientId, new InboundContent.Pressed(button.Data, button.Label))
            : SendResult.Bad;
    }

    /// <summary>Tells the people at the console that the visitor is writing, or stopped.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public void Typing(bool isTyping)
    {
        if (Device is not { Session.Conversation: { } conversation } device
            || (isTyping && time.GetElapsedTime(device.TypingAt) < TypingInterval && device.TypingAt != 0))
        {
            return;
        }

        device.TypingAt = time.GetTimestamp();
        feed.Publish(new LiveEvent.Typing(device.Connection.Tenant, conversation, AuthorKind.Person, device.DisplayName, isTyping));
    }

    /// <summary>The visitor has read up to here, on every device.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public async Task Read(long seq)
    {
        if (Device is { } device)
        {
            await MarkReadAsync(device.Session, seq);
        }
    }

    /// <summary>What the device missed since the message it has last.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public async Task<CaughtUp> CatchUp(long lastSeq)
    {
        if (Device is not { Session: var session } || Address is not { } address || limits.Arrive(address) > TimeSpan.Zero)
        {
            return CaughtUp.Nothing;
        }

        await AttachAsync(session);
        return await history.SinceAsync(session.Key.Tenant, session.Conversation, lastSeq, Context.ConnectionAborted);
    }

    /// <summary>A page of messages before the given one.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public async Task<CaughtUp> Earlier(long before)
    {
        if (Device is not { Session: var session } || Address is not { } address || limits.Arrive(address) > TimeSpan.Zero)
        {
            return CaughtUp.Nothing with { HasEarlier = Device is not null };
        }

        return await history.BeforeAsync(session.Key.Tenant, session.Conversation, before, Context.ConnectionAborted);
    }

    /// <summary>A code that brings one more device of the visitor in; empty when there is nothing to join yet.</summary>
    [Open("a device that joined, in its visitor's own conversation")]
    public string CreatePass() =>
        Device is { } device && Address is { } address && limits.Arrive(address) == TimeSpan.Zero
            ? tokens.IssuePass(device.Connection, device.Session.Key.Visitor)
            : "";

    private ChatDevice? Device => Context.Items.TryGetValue(DeviceKey, out var device) ? (ChatDevice?)device : null;

    private IPAddress? Address => Context.Items.TryGetValue(AddressKey, out var address) ? (IPAddress?)address : null;

    private async Task<SendResult> AcceptAsync(string messageId, Guid clientId, InboundContent content)
    {
        if (Device is not { } device || Address is not { } address)
        {
            return SendResult.Bad;
        }

        // A disabled or removed connection has no session in this process.
        if (channels.Find(device.Connection.Id) is null)
        {
            return SendResult.Closed;
        }

        var visitor = device.Session.Key.Visitor;
        if (limits.Send(address, visitor) is var wait && wait > TimeSpan.Zero)
        {
            return SendResult.Slow(wait);
        }

        var message = new InboundMessage
        {
            Connection = device.Connection.Id,
            DedupeKey = $"{visitor}/{clientId:N}",
            Chat = visitor.Chat,
            Sender = new ExternalSender(visitor.ToString(), device.DisplayName, device.Language),
            ExternalMessageId = messageId,
            Content = content,
            SentAt = time.GetUtcNow(),
        };
        try
        {
            // Not cancelled with the line: the answer may be lost, the message must not be half stored.
            var outcome = await gateway.AcceptAsync(message, CancellationToken.None);
            await ShowFirstAsync(device.Session, outcome);
            return SendResult.Stored;
        }
        catch (ConnectionGoneException)
        {
            return SendResult.Closed;
        }
    }

    /// <summary>After the first message there is a conversation: what happened in it before it was watched is read.</summary>
    private async Task ShowFirstAsync(VisitorSession session, GatewayOutcome outcome)
    {
        if (session.Conversation is not null)
        {
            return;
        }

        var isNews = outcome is GatewayOutcome.Stored stored ? sessions.Attach(session, stored.Conversation) : await AttachAsync(session);
        if (isNews)
        {
            await Clients.Group(session.Key.Group).Resync();
        }
    }

    private async Task<bool> AttachAsync(VisitorSession session) =>
        session.Conversation is null
        && await conversations.FindByChatAsync(session.Key.Connection, session.Key.Visitor.Chat, Context.ConnectionAborted) is { } conversation
        && sessions.Attach(session, conversation);

    private async Task MarkReadAsync(VisitorSession session, long seq)
    {
        if (session.MarkRead(seq))
        {
            await Clients.GroupExcept(session.Key.Group, Context.ConnectionId).Read(seq);
        }
    }

    /// <summary>A joined device.</summary>
    private sealed class ChatDevice(VisitorSession session, Connection connection, string? language)
    {
        public VisitorSession Session => session;

        public Connection Connection => connection;

        /// <summary>The language as a culture this system knows, or none.</summary>
        public string? Language { get; } = language is { Length: > 0 and <= 16 } && TryCulture(language) is { } culture ? culture.Name : null;

        public string DisplayName => $"{(Language?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? "访客" : "Visitor")} {session.Key.Visitor.Tag}";

        public long TypingAt { get; set; }

        private static CultureInfo? TryCulture(string name)
        {
            try
            {
                return CultureInfo.GetCultureInfo(name, predefinedOnly: true);
            }
            catch (CultureNotFoundException)
            {
                return null;
            }
        }
    }
}
