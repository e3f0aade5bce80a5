using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Receives by callback: verifies, parses, commits and acknowledges, in this order. DingTalk is told the address by a person, on its own page.</summary>
/// <remarks>The signature covers the time only. Whoever sees one callback could write others for an hour: TLS is what keeps them from it.</remarks>
internal sealed class DingTalkWebhook(
    ConnectionId connection, DingTalkSettings settings, DingTalkClient client, DingTalkReceiver receiver, DingTalkOptions options, TimeProvider time)
{
    private static readonly WebhookReply WrongMethod = new(405, "DingTalk posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not a message.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    /// <summary>Watches, until cancelled, that the credentials are still taken.</summary>
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        var address = host.CallbackOf(connection);
        if (await client.SignInAsync(cancellationToken) is { } refusal)
        {
            throw new PhrasedException(DingTalkFailure.Explain(refusal));
        }

        host.Receiving(settings.RobotCode, address);
        for (var isUp = true; ;)
        {
            await Task.Delay(options.CheckInterval, time, cancellationToken);
            var problem = await client.SignInAgainAsync(cancellationToken);
            if (problem is not null && DingTalkFailure.NeedsOperator(problem))
            {
                throw new PhrasedException(DingTalkFailure.Explain(problem));
            }

            if (problem is not null)
            {
                host.Report(ConnectionState.Degraded, DingTalkFailure.Explain(problem));
            }
            else if (!isUp)
            {
                host.Receiving(settings.RobotCode, address);
            }

            isUp = problem is null;
        }
    }

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!settings.UsesWebhook || !DingTalkSignature.IsValid(request, settings.ClientSecret, options.SignatureTolerance, time.GetUtcNow()))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (DingTalkReader.ReadMessage(request.Body.Span) is not { } message)
        {
            return Unreadable;
        }

        try
        {
            await receiver.AcceptAsync(message, gateway, cancellationToken);
            return WebhookReply.Ok;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }
}
