using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Hands events to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class SlackReceiver(ConnectionId connection, SlackSettings settings, SlackNames names, TimeProvider time)
{
    private volatile SlackBot? _bot;

    /// <summary>Who the assistant is, once Slack has said so.</summary>
    public SlackBot? Bot
    {
        get => _bot;
        set => _bot = value;
    }

    public async Task AcceptAsync(SlackCallback callback, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (SlackEvents.Read(callback, connection, _bot, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(Judged(message with { Sender = await names.NameAsync(message.Sender, cancellationToken) }), cancellationToken);
        }
    }

    /// <remarks>Slack names who pressed, and lets them wait: nothing is asked here.</remarks>
    public async Task AcceptAsync(SlackInteraction interaction, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (SlackEvents.Read(interaction, connection, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(Judged(message), cancellationToken);
        }
    }

    private InboundMessage Judged(InboundMessage message) => message.Content is InboundContent.Reacted ? message : message with { IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed) };
}
