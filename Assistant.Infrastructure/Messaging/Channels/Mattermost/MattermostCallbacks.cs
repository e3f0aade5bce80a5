using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Takes presses of buttons, and calls of outgoing webhooks: verifies, commits and acknowledges, in this order.</summary>
internal sealed class MattermostCallbacks(ConnectionId connection, MattermostSettings settings, MattermostButtons buttons, MattermostPeople people, TimeProvider time)
{
    private static readonly WebhookReply Taken = new(200, "{}", "application/json");
    private static readonly WebhookReply WrongMethod = new(405, "Mattermost posts.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var press = buttons.Read(request.Body);
        var call = press is null ? MattermostOutgoing.FieldsOf(request.Body) : null;
        if (call is not null && !MattermostOutgoing.IsProven(call, settings.OutgoingToken))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        try
        {
            var message = press is not null
                ? await ReadAsync(press, cancellationToken)
                : MattermostOutgoing.Read(call!, connection, people.BotName, settings.Groups, time.GetUtcNow());
            if (message is not null)
            {
                await gateway.AcceptAsync(message, cancellationToken);
            }

            return Taken;
        }
        catch (Exception fault) when (fault is ConnectionGoneException or PhrasedException)
        {
            return Later;
        }
    }

    private async Task<InboundMessage> ReadAsync(MattermostPress press, CancellationToken cancellationToken)
    {
        var place = await people.FindPlaceAsync(press.Channel, cancellationToken) ?? new MattermostPlace(press.Channel, IsGroup: true, null);
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = $"press/{press.Post}:{press.User}:{(press.Trigger is { Length: > 0 and <= 500 } trigger ? trigger : press.Data)}",
            Chat = new ExternalChat(place.Id, press.Thread, place.IsGroup, place.Title),
            Sender = await people.FindAsync(press.User, press.UserName, cancellationToken),
            ExternalMessageId = press.Post,
            Content = new InboundContent.Pressed(press.Data, press.Label),
            SentAt = time.GetUtcNow(),
            IsAddressed = settings.Groups.IsAddressed(place.IsGroup, isMentioned: true),
        };
    }
}
