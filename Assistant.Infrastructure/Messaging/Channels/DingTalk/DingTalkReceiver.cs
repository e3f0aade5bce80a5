using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Hands messages to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class DingTalkReceiver(ConnectionId connection, DingTalkSettings settings, TimeProvider time)
{
    public async Task AcceptAsync(DingTalkMessage said, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (DingTalkReader.Read(said, connection, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(message with { IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed) }, cancellationToken);
        }
    }
}
