using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Receives: verifies, parses, commits and acknowledges, in this order. Feishu is told the address by a person, on its own page.</summary>
internal sealed class FeishuWebhook(
    ConnectionId connection, FeishuSettings settings, FeishuProof proof, FeishuNames names, FeishuRecent recent, TimeProvider time)
{
    private const string Json = "application/json; charset=utf-8";

    private static readonly WebhookReply WrongMethod = new(405, "Feishu posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an event.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");
    private static readonly WebhookReply Taken = new(200, "{}", Json);

    private volatile string? _bot;

    /// <summary>The assistant's own open id, once Feishu has said it: without it nobody can tell who is meant in a group.</summary>
    public string? Bot
    {
        get => _bot;
        set => _bot = value;
    }

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!proof.TryOpen(request, out var callback))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        switch (callback)
        {
            case null:
                return Unreadable;
            case { Type: FeishuCallback.Handshake }:
                return new WebhookReply(200, new JsonObject { ["challenge"] = callback.Challenge ?? "" }.ToJsonString(), Json);
        }

        if (_bot is not { } bot)
        {
            return Later;
        }

        if (FeishuEvents.Read(callback, connection, bot, recent, time.GetUtcNow()) is not { } message)
        {
            return Taken;
        }

        try
        {
            return await AcceptAsync(message, gateway, cancellationToken);
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    private async Task<WebhookReply> AcceptAsync(InboundMessage message, IMessageGateway gateway, CancellationToken cancellationToken)
    {
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
            ? new WebhookReply(200, new JsonObject { ["toast"] = new JsonObject { ["type"] = "success", ["content"] = pressed.Label } }.ToJsonString(), Json)
            : Taken;
    }
}
