using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>How often and how patiently a call is repeated.</summary>
/// <param name="Jitter">A number in [0, 1) for each wait, so that many conversations do not come back at the same instant.</param>
internal sealed record RetryPolicy(int MaxAttempts, TimeSpan Delay, TimeSpan MaxDelay, Func<double> Jitter);

/// <summary>Repeats a call that failed in passing, as long as nothing of its answer was handed on. A wish to wait longer than allowed is a failure.</summary>
internal sealed class RetryChatClient(IChatClient inner, RetryPolicy policy, TimeProvider time) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? wait = null;
            await using (var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                var hasMore = false;
                try
                {
                    hasMore = await updates.MoveNextAsync();
                }
                catch (EngineFaultException exception) when (WaitAfter(exception.Fault, attempt) is { } pause)
                {
                    wait = pause;
                }

                while (hasMore)
                {
                    yield return updates.Current;
                    hasMore = await updates.MoveNextAsync();
                }
            }

            if (wait is null)
            {
                yield break;
            }

            await Task.Delay(wait.Value, time, cancellationToken);
        }
    }

    private TimeSpan? WaitAfter(EngineFault fault, int attempt)
    {
        if (!fault.IsTransient || attempt >= policy.MaxAttempts)
        {
            return null;
        }

        // Half fixed, half random: spread out, yet never at once.
        var own = policy.Delay * Math.Pow(2, attempt - 1) * (0.5 + policy.Jitter() / 2);
        own = own < policy.MaxDelay ? own : policy.MaxDelay;
        return fault.RetryAfter is { } asked ? asked <= policy.MaxDelay ? asked > own ? asked : own : null : own;
    }
}

internal static class RetryChatClientExtensions
{
    public static ChatClientBuilder UseRetryBeforeFirstToken(this ChatClientBuilder builder, RetryPolicy policy, TimeProvider time)
        => builder.Use(inner => new RetryChatClient(inner, policy, time));
}
