using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>What became of an event.</summary>
/// <param name="IsTaken">Whether it is committed, or was nothing for us; otherwise Feishu is to tell it again.</param>
/// <param name="Answer">What is to be said to whoever pressed a button, as JSON; <see langword="null"/> for everything else.</param>
internal sealed record FeishuReceipt(bool IsTaken, string? Answer = null)
{
    public static FeishuReceipt Taken { get; } = new(true);

    public static FeishuReceipt NotNow { get; } = new(false);
}

/// <summary>Hands events to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class FeishuReceiver(
    ConnectionId connection, FeishuSettings settings, FeishuNames names, FeishuPlaces places, FeishuRecent recent, TimeProvider time)
{
    private volatile string? _bot;

    /// <summary>The assistant's own open id, once Feishu has said it: without it nobody can tell who is meant in a group.</summary>
    public string? Bot
    {
        get => _bot;
        set => _bot = value;
    }

    public async Task<FeishuReceipt> AcceptAsync(FeishuCallback callback, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (FeishuReactions.Read(callback, _bot, time.GetUtcNow()) is { } reaction)
        {
            return await AcceptAsync(reaction, gateway, cancellationToken);
        }

        if (FeishuEvents.Read(callback, connection, _bot, recent, time.GetUtcNow()) is not { } message)
        {
            return FeishuReceipt.Taken;
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
            ? new FeishuReceipt(true, new JsonObject { ["toast"] = new JsonObject { ["type"] = "success", ["content"] = pressed.Label } }.ToJsonString())
            : FeishuReceipt.Taken;
    }

    private async Task<FeishuReceipt> AcceptAsync(FeishuReaction reaction, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        switch (await places.FindAsync(reaction.Message, cancellationToken))
        {
            case FeishuWhere.Known(var chat):
                await gateway.AcceptAsync(reaction.In(connection, chat), cancellationToken);
                return FeishuReceipt.Taken;
            case FeishuWhere.NotNow:
                return FeishuReceipt.NotNow;
            default:
                return FeishuReceipt.Taken;
        }
    }
}
