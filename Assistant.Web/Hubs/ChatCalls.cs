using System.Text.Json;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;

namespace Assistant.Web.Hubs;

/// <summary>What a joined device may do, whether it asks in the open or over an encrypted line. Safe for concurrent use.</summary>
internal sealed class ChatCalls(
    ChatSessions sessions,
    ChatHistory history,
    ChatLimits limits,
    IVisitorTokens tokens,
    IChannelSessions channels,
    IConversationQueries conversations,
    IMessageGateway gateway,
    ILiveFeed feed,
    TimeProvider time)
{
    private static readonly TimeSpan TypingInterval = TimeSpan.FromSeconds(1);

    /// <summary>Does what an encrypted call asks.</summary>
    /// <returns>The answer; <see langword="null"/> for a call that has none.</returns>
    /// <exception cref="JsonException">There is no such call, or its arguments are others.</exception>
    public async Task<object?> DoAsync(ChatDevice device, SealedCall call)
    {
        switch (call.Name)
        {
            case nameof(ChatHub.Send):
                return await SendAsync(device, call.Argument<Guid>(0), call.Argument<VisitorText>(1).Value);
            case nameof(ChatHub.Press):
                return await PressAsync(device, call.Argument<Guid>(0), call.Argument<long>(1), call.Argument<VisitorText>(2).Value);
            case nameof(ChatHub.CatchUp):
                return await CatchUpAsync(device, call.Argument<long>(0));
            case nameof(ChatHub.Earlier):
                return await EarlierAsync(device, call.Argument<long>(0));
            case nameof(ChatHub.CreatePass):
                return CreatePass(device);
            case nameof(ChatHub.Typing):
                Typing(device, call.Argument<bool>(0));
                return null;
            case nameof(ChatHub.Read):
                await MarkReadAsync(device.Session, device.Line.Id, call.Argument<long>(0));
                return null;
            case SealedCall.Ping:
                return true;
            default:
                throw new JsonException("There is no such call.");
        }
    }

    public async Task<SendResult> SendAsync(ChatDevice device, Guid clientId, string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || clientId == Guid.Empty)
        {
            return SendResult.Bad;
        }

        if (text.Length > limits.MaxTextLength)
        {
            return SendResult.TooLong;
        }

        return Refuse(device) ?? await AcceptAsync(device, clientId.ToString("N"), clientId, new InboundContent.Said(text));
    }

    public async Task<SendResult> PressAsync(ChatDevice device, Guid clientId, long seq, string? data)
    {
        if (clientId == Guid.Empty)
        {
            return SendResult.Bad;
        }

        // Before the store is asked: to press what nobody offered costs no less than to say something.
        if (Refuse(device) is { } refusal)
        {
            return refusal;
        }

        var session = device.Session;
        var message = await history.FindAsync(session.Key.Tenant, session.Conversation, seq, device.Line.Aborted);
        return message?.Body.Buttons.FirstOrDefault(button => button.Data == data) is { } button
            ? await AcceptAsync(device, message.ExternalId ?? message.Id.ToString("N"), clientId, new InboundContent.Pressed(button.Data, button.Label))
            : SendResult.Bad;
    }

    public void Typing(ChatDevice device, bool isTyping)
    {
        // That somebody stopped is news at once, and only where colleagues know that they began.
        var isNews = isTyping ? device.TypingAt == 0 || time.GetElapsedTime(device.TypingAt) >= TypingInterval : device.IsTyping;
        if (device.Session.Conversation is not { } conversation || !isNews)
        {
            return;
        }

        device.TypingAt = time.GetTimestamp();
        device.IsTyping = isTyping;
        feed.Publish(new LiveEvent.Typing(device.Connection.Tenant, conversation, AuthorKind.Person, device.DisplayName, isTyping));
    }

    public static async Task MarkReadAsync(VisitorSession session, string line, long seq)
    {
        if (session.MarkRead(seq))
        {
            await session.Others(line).Read(seq);
        }
    }

    public async Task<CaughtUp> CatchUpAsync(ChatDevice device, long lastSeq)
    {
        if (limits.Arrive(device.Line.Address) is var wait && wait > TimeSpan.Zero)
        {
            return CaughtUp.Slow(wait);
        }

        var session = device.Session;
        await AttachAsync(session, device.Line.Aborted);
        return await history.SinceAsync(session.Key.Tenant, session.Conversation, lastSeq, device.Line.Aborted);
    }

    public async Task<CaughtUp> EarlierAsync(ChatDevice device, long before)
        => limits.Arrive(device.Line.Address) > TimeSpan.Zero
            ? CaughtUp.Nothing with { HasEarlier = true, From = before }
            : await history.BeforeAsync(device.Session.Key.Tenant, device.Session.Conversation, before, device.Line.Aborted);

    public string CreatePass(ChatDevice device) =>
        limits.Arrive(device.Line.Address) == TimeSpan.Zero ? tokens.IssuePass(device.Connection, device.Session.Key.Visitor) : "";

    /// <summary>Finds the visitor's conversation when the session does not know it yet.</summary>
    /// <returns>Whether that was news.</returns>
    public async Task<bool> AttachAsync(VisitorSession session, CancellationToken cancellationToken) =>
        session.Conversation is null
        && await conversations.FindByChatAsync(session.Key.Connection, session.Key.Visitor.Chat, cancellationToken) is { } conversation
        && sessions.Attach(session, conversation);

    /// <summary>Why nothing is taken from the device now; <see langword="null"/> when it may speak, which counts against its limits.</summary>
    private SendResult? Refuse(ChatDevice device)
    {
        // A disabled or removed connection has no session in this process.
        if (channels.Find(device.Connection.Id) is null)
        {
            return SendResult.Closed;
        }

        return limits.Send(device.Line.Address, device.Session.Key.Visitor) is var wait && wait > TimeSpan.Zero ? SendResult.Slow(wait) : null;
    }

    private async Task<SendResult> AcceptAsync(ChatDevice device, string messageId, Guid clientId, InboundContent content)
    {
        var (session, visitor) = (device.Session, device.Session.Key.Visitor);
        if (session.Conversation is { } known
            && await conversations.FindByChatAsync(session.Key.Connection, visitor.Chat, device.Line.Aborted) != known)
        {
            // Forgotten by another process, which could not say so: what is taken now would begin anew as who was forgotten.
            await session.All.Forgotten();
            return SendResult.Bad;
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
            await ShowFirstAsync(device, outcome);
            return SendResult.Stored;
        }
        catch (ConnectionGoneException)
        {
            return SendResult.Closed;
        }
    }

    /// <summary>After the first message there is a conversation: what happened in it before it was watched is read.</summary>
    private async Task ShowFirstAsync(ChatDevice device, GatewayOutcome outcome)
    {
        var session = device.Session;
        if (outcome is GatewayOutcome.Stored { Conversation: var known } ? session.Conversation == known : session.Conversation is not null)
        {
            return;
        }

        var isFirst = session.Conversation is null;
        var isNews = outcome is GatewayOutcome.Stored stored
            ? sessions.Attach(session, stored.Conversation)
            : await AttachAsync(session, device.Line.Aborted);
        if (isNews)
        {
            // Not the first: theirs was forgotten at this very moment.
            await (isFirst ? session.All.Resync() : session.All.Forgotten());
        }
    }
}
