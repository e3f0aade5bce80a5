using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Loopback;

/// <summary>A message the loopback messenger was asked to show, with how it answered.</summary>
public sealed record LoopbackDelivery(OutboundMessage Message, SendOutcome Outcome);

/// <summary>The far side of every loopback connection in this process: what a person and their messenger are elsewhere.</summary>
/// <remarks>
/// Shown messages are kept per chat until <see cref="Forget"/>, up to <see cref="MaxKept"/> each, the oldest going first; a benchmark
/// that opens many chats turns <see cref="KeepsShown"/> off and listens to <see cref="Shown"/>. Safe for concurrent use.
/// </remarks>
public sealed class LoopbackPort(TimeProvider time)
{
    /// <summary>Messages kept for one chat.</summary>
    public const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<(ConnectionId, string), LoopbackChat> _chats = new();
    private readonly ConcurrentDictionary<ConnectionId, TaskCompletionSource<IChannelHost>> _hosts = new();

    /// <summary>Called for every message shown, on the sender's thread: return quickly.</summary>
    public event Action<LoopbackDelivery>? Shown;

    /// <summary>Whether shown messages are kept for <see cref="ShownIn"/> and <see cref="WaitForAsync"/>.</summary>
    public bool KeepsShown { get; set; } = true;

    /// <summary>A person says something; returns when the gateway has decided, so what was stored is on disk.</summary>
    /// <param name="messageId">The messenger's id of it; a fresh one when <see langword="null"/>. Repeating one is a redelivery.</param>
    public Task<GatewayOutcome> SendAsync(
        ConnectionId connection, string chat, string text, string? messageId = null, CancellationToken cancellationToken = default) =>
        SendAsync(Said(connection, chat, text, messageId), cancellationToken);

    /// <summary>Any event at all: an edit, a deletion, a button, a group.</summary>
    public async Task<GatewayOutcome> SendAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var host = await HostOf(message.Connection).Task.WaitAsync(cancellationToken);
        return await host.Gateway.AcceptAsync(message, cancellationToken);
    }

    /// <summary>The event of a person saying something, to send as it is or altered.</summary>
    public InboundMessage Said(ConnectionId connection, string chat, string text, string? messageId = null)
    {
        var id = messageId ?? Guid.CreateVersion7().ToString("N");
        return new()
        {
            Connection = connection,
            DedupeKey = $"{chat}/{id}",
            Chat = new ExternalChat(chat),
            Sender = new ExternalSender(chat, chat),
            ExternalMessageId = id,
            Content = new InboundContent.Said(text),
            SentAt = time.GetUtcNow(),
        };
    }

    /// <summary>The next sends to the chat end like this, in order; after them every send is delivered.</summary>
    /// <remarks>A message ended as uncertain was shown; give <paramref name="outcomes"/> a rejection for one that was not.</remarks>
    public void Script(ConnectionId connection, string chat, params IEnumerable<SendOutcome> outcomes) => Chat(connection, chat).Script(outcomes);

    /// <summary>What the person sees in the chat, each message once, in the order first shown.</summary>
    public IReadOnlyList<OutboundMessage> ShownIn(ConnectionId connection, string chat) => Chat(connection, chat).Shown();

    /// <summary>Every attempt to send to the chat, repeats and refusals too.</summary>
    public IReadOnlyList<LoopbackDelivery> AttemptsIn(ConnectionId connection, string chat) => Chat(connection, chat).Attempts();

    /// <summary>How often the chat was told that the assistant is writing.</summary>
    public int TypingShownIn(ConnectionId connection, string chat) => Chat(connection, chat).TypingShown;

    /// <summary>Waits until the chat shows at least <paramref name="count"/> messages and returns them.</summary>
    public Task<IReadOnlyList<OutboundMessage>> WaitForAsync(ConnectionId connection, string chat, int count, CancellationToken cancellationToken) =>
        Chat(connection, chat).WaitForAsync(count, cancellationToken);

    /// <summary>Drops what is kept of a chat.</summary>
    public void Forget(ConnectionId connection, string chat) => _chats.TryRemove((connection, chat), out _);

    internal void Attach(ConnectionId connection, IChannelHost host) => HostOf(connection).TrySetResult(host);

    internal void Detach(ConnectionId connection) => _hosts.TryRemove(connection, out _);

    internal SendOutcome Show(OutboundMessage message)
    {
        var chat = KeepsShown ? Chat(message.Connection, message.Chat.ExternalId) : _chats.GetValueOrDefault((message.Connection, message.Chat.ExternalId));
        var outcome = chat?.NextScripted() ?? new SendOutcome.Delivered(message.Id.ToString("N"));
        var delivery = new LoopbackDelivery(message, outcome);
        if (KeepsShown)
        {
            chat?.Record(delivery);
        }

        if (outcome is SendOutcome.Delivered or SendOutcome.Uncertain)
        {
            Shown?.Invoke(delivery);
        }

        return outcome;
    }

    internal void ShowTyping(ConnectionId connection, ExternalChat chat)
    {
        if (KeepsShown)
        {
            Chat(connection, chat.ExternalId).ShowTyping();
        }
    }

    private TaskCompletionSource<IChannelHost> HostOf(ConnectionId connection) =>
        _hosts.GetOrAdd(connection, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private LoopbackChat Chat(ConnectionId connection, string chat) => _chats.GetOrAdd((connection, chat), _ => new LoopbackChat());
}
