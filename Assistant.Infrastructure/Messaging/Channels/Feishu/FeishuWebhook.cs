using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Receives by webhook: verifies, parses, commits and acknowledges, in this order. Feishu is told the address by a person, on its own page.</summary>
internal sealed class FeishuWebhook(
    ConnectionId connection, FeishuSettings settings, FeishuProof proof, FeishuClient client, FeishuReceiver receiver, FeishuOptions options, TimeProvider time)
{
    private const string Json = "application/json; charset=utf-8";

    private static readonly WebhookReply WrongMethod = new(405, "Feishu posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an event.");
    private static readonly WebhookReply Again = new(503, "Not now.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    /// <summary>Watches, until cancelled, that the credentials are still taken; events are taken meanwhile.</summary>
    public async Task RunAsync(FeishuBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        var address = host.CallbackOf(connection);
        host.Receiving(bot.AppName ?? "", address);
        for (var isUp = true; ;)
        {
            await Task.Delay(options.CheckInterval, time, cancellationToken);
            var reply = await client.ReadBotAsync(cancellationToken);
            if (!reply.IsOk && FeishuFailure.NeedsOperator(reply))
            {
                throw new PhrasedException(FeishuFailure.Explain(settings.Messenger, reply));
            }

            if (!reply.IsOk)
            {
                host.Report(ConnectionState.Degraded, FeishuFailure.Explain(settings.Messenger, reply));
            }
            else if (!isUp)
            {
                host.Receiving(bot.AppName ?? "", address);
            }

            isUp = reply.IsOk;
        }
    }

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!settings.UsesWebhook || !proof.TryOpen(request, out var callback))
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
            case { Header.AppId: { } app } when app != settings.AppId:
                return WebhookReply.Refused; // somebody entered the address at another app
            case var _ when receiver.Bot is null:
                return Later;
            default:
                return await AcceptAsync(callback, gateway, cancellationToken);
        }
    }

    private async Task<WebhookReply> AcceptAsync(FeishuCallback callback, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        try
        {
            var receipt = await receiver.AcceptAsync(callback, gateway, cancellationToken);
            return receipt.IsTaken ? new WebhookReply(200, receipt.Answer ?? "{}", Json) : Again;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }
}
