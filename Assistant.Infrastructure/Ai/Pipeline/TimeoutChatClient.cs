using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>How long an answer may take to begin, to go on, and in all.</summary>
internal sealed record TimeLimits(TimeSpan FirstToken, TimeSpan Stall, TimeSpan Total);

/// <summary>Gives up a call that is silent or too long. One timer per call, moved on with each update.</summary>
internal sealed class TimeoutChatClient(IChatClient inner, TimeLimits limits, TimeProvider time) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), giveUp, Shorter(limits.FirstToken, limits.Total), Timeout.InfiniteTimeSpan);
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, giveUp.Token).GetAsyncEnumerator(giveUp.Token);
        var hasBegun = false;
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (Exception exception) when (giveUp.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new EngineFaultException(Words(hasBegun, time.GetElapsedTime(start)), exception);
            }

            hasBegun = true;
            timer.Change(Shorter(limits.Stall, limits.Total - time.GetElapsedTime(start)), Timeout.InfiniteTimeSpan);
            yield return updates.Current;
        }
    }

    private EngineFault Words(bool hasBegun, TimeSpan elapsed) => !hasBegun ? FaultWords.NoFirstToken(Shorter(limits.FirstToken, limits.Total))
        : elapsed >= limits.Total ? FaultWords.TooLong(limits.Total)
        : FaultWords.Stalled(limits.Stall);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b < TimeSpan.Zero ? TimeSpan.Zero : b;
}

internal static class TimeoutChatClientExtensions
{
    public static ChatClientBuilder UseTimeouts(this ChatClientBuilder builder, TimeLimits limits, TimeProvider time)
        => builder.Use(inner => new TimeoutChatClient(inner, limits, time));
}
