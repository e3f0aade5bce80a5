namespace Assistant.Domain.Messaging.Outbox;

/// <summary>Cuts what somebody says into messages a channel can show. Pure; safe for concurrent use.</summary>
public interface IOutboundCutter
{
    /// <summary>The parts in order; never empty for a text that is not blank.</summary>
    IReadOnlyList<MessageBody> Cut(ChannelManifest manifest, MessageBody body);
}
