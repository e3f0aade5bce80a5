using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.Gateway;

/// <summary>The one way in: access policy, rate and size limits, then the inbox.</summary>
public interface IMessageGateway
{
    /// <summary>
    /// Decides about one event and, when it is let in, commits it to the inbox before returning: the caller acknowledges after that.
    /// Safe for concurrent use; call it in the order the messenger delivered.
    /// </summary>
    /// <exception cref="ConnectionGoneException">The connection is not running any more: do not acknowledge.</exception>
    Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken);
}

/// <summary>What became of an inbound event. In every case the messenger may be told it arrived.</summary>
public abstract record GatewayOutcome
{
    private GatewayOutcome() { }

    /// <summary>Committed; the conversation will be woken.</summary>
    public sealed record Stored(Conversations.ConversationId Conversation) : GatewayOutcome
    {
        /// <summary>Whether somebody has taken the conversation over: the assistant is silent in it until it is handed back.</summary>
        public bool IsHeld { get; init; }
    }

    /// <summary>Seen before, or a reaction to what is not known; nothing changed.</summary>
    public sealed record Duplicate : GatewayOutcome;

    /// <summary>The sender is unknown and was given, or already has, a pairing code.</summary>
    public sealed record PairingRequired : GatewayOutcome;

    /// <summary>Not let in, for a reason an operator can read in the audit log; the sender is told nothing.</summary>
    public sealed record Refused(Phrase Reason) : GatewayOutcome;
}
