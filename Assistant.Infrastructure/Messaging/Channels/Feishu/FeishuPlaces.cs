using System.Text.Json;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Where a message stands.</summary>
internal abstract record FeishuWhere
{
    private FeishuWhere() { }

    /// <summary>In this chat.</summary>
    public sealed record Known(ExternalChat Chat) : FeishuWhere;

    /// <summary>It is gone, or not for the assistant to see: asking again gives nothing else.</summary>
    public sealed record Nowhere : FeishuWhere;

    /// <summary>It cannot be said now.</summary>
    public sealed record NotNow : FeishuWhere;
}

/// <summary>Where messages stand, for events that do not say. Recent ones are remembered, of others Feishu is asked, never for long. Safe for concurrent use.</summary>
internal sealed class FeishuPlaces(FeishuClient client, FeishuRecent recent, FeishuOptions options, TimeProvider time)
{
    private static readonly FeishuWhere Nowhere = new FeishuWhere.Nowhere();
    private static readonly FeishuWhere NotNow = new FeishuWhere.NotNow();

    private long _askAgainAt;

    /// <summary>Finds a message's chat; whether it is a group is said of those only that are remembered.</summary>
    public async Task<FeishuWhere> FindAsync(string message, CancellationToken cancellationToken)
    {
        if (recent.FindChat(message) is { } chat)
        {
            return new FeishuWhere.Known(chat);
        }

        // After a failure nobody waits for a while: over a long connection what waits here holds up what comes behind it.
        return time.GetUtcNow().UtcTicks < Volatile.Read(ref _askAgainAt) ? NotNow : await AskAsync(message, cancellationToken);
    }

    private async Task<FeishuWhere> AskAsync(string message, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.PlacePatience);
        try
        {
            var reply = await client.FindMessageAsync(message, patience.Token);
            if (ChatIn(reply) is { } chat)
            {
                recent.NotePlace(message, chat);
                return new FeishuWhere.Known(chat);
            }

            if (!FeishuFailure.IsPassing(client.Messenger, reply))
            {
                return Nowhere;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow for the acknowledgement that waits for it.
        }

        Volatile.Write(ref _askAgainAt, (time.GetUtcNow() + options.PlacePause).UtcTicks);
        return NotNow;
    }

    // The message itself comes first; behind one that passes on others come those.
    private static ExternalChat? ChatIn(FeishuReply reply)
    {
        try
        {
            return reply is { IsOk: true, Answer.Data: { ValueKind: JsonValueKind.Object } data }
                && data.Deserialize(FeishuJson.Default.FeishuFound) is { Items: [{ Deleted: not true, ChatId: { } chat }, ..] } && FeishuIds.IsId(chat)
                    ? new ExternalChat(chat)
                    : null;
        }
        catch (Exception fault) when (FeishuEvents.IsUnreadable(fault))
        {
            return null;
        }
    }
}
