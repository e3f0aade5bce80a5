using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Hands events to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class FeishuReceiver(ConnectionId connection, FeishuSettings settings, FeishuNames names, FeishuRecent recent, TimeProvider time)
{
    private volatile string? _bot;

    /// <summary>The assistant's own open id, once Feishu has said it: without it nobody can tell who is meant in a group.</summary>
    public string? Bot
    {
        get => _bot;
        set => _bot = value;
    }

    /// <returns>What is to be said to whoever pressed a button, as JSON; <see langword="null"/> for everything else.</returns>
    public async Task<string?> AcceptAsync(FeishuCallback callback, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (FeishuEvents.Read(callback, connection, _bot, recent, time.GetUtcNow()) is not { } message)
        {
            return null;
        }

        var named = message with
        {
            // Who presses a button waits for an answer, and was named when they spoke.
            Sender = message.Content is InboundContent.Said ? await names.NameAsync(message.Sender, cancellationToken) : message.Sender,
            IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed),
        };
        await gateway.AcceptAsync(named, cancellationToken);
        if (named.Content is InboundContent.Said)
        {
            recent.NoteSaid(named);
        }

        return named.Content is InboundContent.Pressed pressed
            ? new JsonObject { ["toast"] = new JsonObject { ["type"] = "success", ["content"] = pressed.Label } }.ToJsonString()
            : null;
    }
}
