using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Looks into sends that ended without an answer, where the channel can tell whether they were shown. Safe for concurrent use.</summary>
/// <param name="window">How far back the messages matter that a probe can rule out.</param>
internal sealed partial class InterruptedSends(IOutbox outbox, TimeSpan window, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly SendOutcome NotLookedInto = new SendOutcome.RetryAfter(
        TimeSpan.FromSeconds(1), Phrase.Of("send.not-looked-into"));

    private readonly ConcurrentDictionary<ConnectionId, LookUp> _lookUps = [];

    /// <summary>The outcome of a message that may have been shown; a fault of the messenger rises.</summary>
    /// <returns><see langword="null"/> when it is to be sent: it was not shown, or the messenger cannot tell.</returns>
    public async Task<SendOutcome?> LookIntoAsync(IDeliveryProbe probe, OutboxEntry entry, OutboundMessage message, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> known;
        try
        {
            known = await FindKnownIdsAsync(message.Connection);
            message = message with { HeardBefore = await outbox.FindHeardBeforeAsync(entry, CancellationToken.None) };
        }
        catch (Exception error)
        {
            // Nothing was tried: sending it now might show it twice, and counting an attempt would blame the messenger.
            LogNotLookedInto(logger, error, message.Id);
            return NotLookedInto;
        }

        if (await probe.FindAsync(message, known, cancellationToken) is not { ExternalId: { } shown })
        {
            return null;
        }

        LogFoundShown(logger, message.Id);
        return new SendOutcome.Delivered(shown);
    }

    // One look-up for all rows of a recovery: a probe shares what it learns among messages that come with the same set.
    private Task<IReadOnlySet<string>> FindKnownIdsAsync(ConnectionId connection)
        => _lookUps.AddOrUpdate(connection, Begin, (id, current) => IsUsable(current) ? current : Begin(id)).Ids;

    private bool IsUsable(LookUp lookUp)
        => lookUp.Ids is { IsFaulted: false, IsCanceled: false } && clock.GetUtcNow() - lookUp.At <= Lifetime;

    private LookUp Begin(ConnectionId connection)
    {
        var now = clock.GetUtcNow();
        return new LookUp(now, ReadAsync(connection, now - window));
    }

    private async Task<IReadOnlySet<string>> ReadAsync(ConnectionId connection, DateTimeOffset since)
        => await outbox.FindKnownExternalIdsAsync(connection, since, CancellationToken.None);

    private sealed record LookUp(DateTimeOffset At, Task<IReadOnlySet<string>> Ids);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether {EntryId} had been shown could not be looked into; trying again")]
    private static partial void LogNotLookedInto(ILogger logger, Exception error, Guid entryId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{EntryId} had been shown before the interruption; not sent again")]
    private static partial void LogFoundShown(ILogger logger, Guid entryId);
}
