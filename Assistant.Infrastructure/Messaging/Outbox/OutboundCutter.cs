using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <inheritdoc cref="IOutboundCutter"/>
internal sealed class OutboundCutter : IOutboundCutter
{
    public IReadOnlyList<MessageBody> Cut(ChannelManifest manifest, MessageBody body) => OutboundParts.For(manifest, body);
}
