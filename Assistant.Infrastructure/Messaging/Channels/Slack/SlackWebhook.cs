using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Receives by webhook: verifies, parses, commits and acknowledges, in this order. Slack is told the address by a person, on its own page.</summary>
internal sealed class SlackWebhook(ConnectionId connection, SlackSettings settings, SlackIdentity identity, SlackReceiver receiver, SlackOptions options, TimeProvider time)
{
    private static readonly WebhookReply WrongMethod = new(405, "Slack posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an event.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    /// <summary>Watches, until cancelled, that the token is still taken.</summary>
    public async Task RunAsync(SlackBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        var address = host.CallbackOf(connection);
        host.Receiving(bot.Name, address);
        await identity.WatchAsync(host, () => host.Receiving(bot.Name, address), cancellationToken);
    }

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!settings.UsesWebhook || !SlackSignature.IsValid(request, settings.SigningSecret, options.SignatureTolerance, time.GetUtcNow()))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        try
        {
            return request.Body.Span is [(byte)'{', ..]
                ? await ReceiveEventAsync(request.Body, gateway, cancellationToken)
                : await ReceiveFormAsync(request.Body, gateway, cancellationToken);
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    private async Task<WebhookReply> ReceiveEventAsync(ReadOnlyMemory<byte> body, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (SlackEvents.ReadCallback(body.Span) is not { } callback)
        {
            return Unreadable;
        }

        if (callback is { Type: "url_verification", Challenge: { } challenge })
        {
            return new WebhookReply(200, challenge);
        }

        // A delivery marked as a retry is one like any other: it may be the only one that came through.
        await receiver.AcceptAsync(callback, gateway, cancellationToken);
        return WebhookReply.Ok;
    }

    // A button, or a command, which is acknowledged and not carried out.
    private async Task<WebhookReply> ReceiveFormAsync(ReadOnlyMemory<byte> body, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var form = FormBody.Read(body.Span);
        if (!form.TryGetValue("payload", out var payload))
        {
            return form.ContainsKey("command") ? WebhookReply.Ok : Unreadable;
        }

        if (SlackEvents.ReadInteraction(Encoding.UTF8.GetBytes(payload)) is not { } interaction)
        {
            return Unreadable;
        }

        await receiver.AcceptAsync(interaction, gateway, cancellationToken);
        return WebhookReply.Ok;
    }
}
