using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.Gateway;

/// <summary>Limits at the door.</summary>
/// <param name="MaxTextLength">Longest text let in, in UTF-16 units.</param>
/// <param name="Burst">Messages a sender may send at once.</param>
/// <param name="PerSecond">Messages a second beyond the burst.</param>
public sealed record GatewayLimits(int MaxTextLength, int Burst, double PerSecond)
{
    /// <summary>Senders remembered by the rate limit.</summary>
    public const int RememberedSenders = 20_000;

    public static GatewayLimits Default { get; } = new(MaxTextLength: 32_000, Burst: 5_000, PerSecond: 20);
}

/// <inheritdoc cref="IMessageGateway"/>
public sealed class MessageGateway(
    IChannelSessions sessions,
    IInbox inbox,
    IAuditLog audit,
    IConversationExecutor executor,
    IOutboxSignal outbox,
    GatewayLimits limits,
    TimeProvider clock) : IMessageGateway
{
    private static readonly TimeSpan RefusalAuditInterval = TimeSpan.FromMinutes(1);
    private static readonly GatewayOutcome DuplicateOutcome = new GatewayOutcome.Duplicate();

    private readonly RateLimiter _rate = new(limits.Burst, limits.PerSecond, GatewayLimits.RememberedSenders, clock);

    // A flood must not flood the audit log too: one event a minute and sender.
    private readonly RateLimiter _refusals = new(1, 1 / RefusalAuditInterval.TotalSeconds, GatewayLimits.RememberedSenders, clock);

    public Task<GatewayOutcome> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var connection = sessions.FindConnection(message.Connection) ?? throw new ConnectionGoneException(message.Connection);
        sessions.NoteInbound(message.Connection);
        return Obstacle(message) is { } reason
            ? RefuseAsync(connection, message, reason, sender: null, cancellationToken)
            : StoreAsync(connection, CutName(message), cancellationToken);
    }

    private Phrase? Obstacle(InboundMessage message)
    {
        if (message.Sender.IsBot)
        {
            return Phrase.Of("access.bot");
        }

        if (Overlong(message) is var (id, most))
        {
            return Phrase.Of(
                "access.id-too-long", ("length", id.Length.ToString(CultureInfo.InvariantCulture)), ("limit", most.ToString(CultureInfo.InvariantCulture)));
        }

        var length = message.Content switch
        {
            InboundContent.Said said => said.Text.Length,
            InboundContent.Edited edited => edited.Text.Length,
            _ => 0,
        };
        if (length > limits.MaxTextLength)
        {
            return Phrase.Of(
                "access.too-long", ("length", length.ToString(CultureInfo.InvariantCulture)),
                ("limit", limits.MaxTextLength.ToString(CultureInfo.InvariantCulture)));
        }

        return _rate.TryTake(message.Connection, message.Sender.ExternalId) ? null : Phrase.Of("access.too-fast");
    }

    /// <summary>An id that storage has no room for. Whoever sends one chose it: it must not stop what others send.</summary>
    private static (string Id, int Most)? Overlong(InboundMessage message)
    {
        ReadOnlySpan<(string Id, int Most)> ids =
        [
            (message.Chat.ExternalId, ExternalLimits.Chat), (message.Chat.ThreadId ?? "", ExternalLimits.Chat),
            (message.Sender.ExternalId, ExternalLimits.Sender), (message.ExternalMessageId, ExternalLimits.Message),
        ];
        foreach (var (id, most) in ids)
        {
            if (id.Length > most)
            {
                return (id, most);
            }
        }

        return null;
    }

    private static InboundMessage CutName(InboundMessage message)
    {
        var name = message.Sender.DisplayName;
        return name.Length <= ExternalLimits.Name
            ? message
            : message with { Sender = message.Sender with { DisplayName = Legible.Cut(name, ExternalLimits.Name) } };
    }

    private async Task<GatewayOutcome> StoreAsync(Connection connection, InboundMessage message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var outcome = await inbox.StoreAsync(
            connection, message, sender => AccessRules.Decide(connection.Access, sender.Standing, message.Sender.Locale, now), cancellationToken);
        switch (outcome)
        {
            case InboxOutcome.Stored stored:
                if (stored.NeedsTurn)
                {
                    executor.Wake(stored.Conversation);
                }
                else if (message.Content is InboundContent.Edited or InboundContent.Deleted)
                {
                    executor.HaltEdited(stored.Conversation, message.ExternalMessageId, message.SentAt);
                }

                return new GatewayOutcome.Stored(stored.Conversation) { IsHeld = stored.IsHeld };
            case InboxOutcome.PairingOpen pairing:
                if (pairing.Conversation is { } conversation)
                {
                    outbox.Committed(conversation, pairing.Claimed);
                }

                return new GatewayOutcome.PairingRequired();
            case InboxOutcome.NotAdmitted refused:
                return await RefuseAsync(connection, message, refused.Reason, refused.Person, cancellationToken);
            default:
                return DuplicateOutcome;
        }
    }

    /// <param name="sender">Who wrote, once that is known. The event names nobody otherwise: it outlives whoever asks to be forgotten.</param>
    private async Task<GatewayOutcome> RefuseAsync(
        Connection connection, InboundMessage message, Phrase reason, PersonId? sender, CancellationToken cancellationToken)
    {
        if (_refusals.TryTake(connection.Id, message.Sender.ExternalId))
        {
            await audit.AppendAsync(
                new AuditDraft(
                    connection.Tenant, clock.GetUtcNow(), sender is { } person ? new Actor("person", person.ToString(), "") : new Actor("sender", "unknown", ""),
                    AuditActions.MessageRefused, $"connection/{connection.Id}", connection.Id.Value,
                    new Dictionary<string, string> { ["reason"] = reason.ToString() }),
                cancellationToken);
        }

        return new GatewayOutcome.Refused(reason);
    }
}

/// <summary>The connection was removed or disabled while a message was on its way.</summary>
public sealed class ConnectionGoneException(ConnectionId connection)
    : InvalidOperationException($"The connection '{connection}' is not running. The messenger will deliver again once it is.");
