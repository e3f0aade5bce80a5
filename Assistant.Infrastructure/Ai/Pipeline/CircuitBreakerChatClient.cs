using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>Keeps calls away from an engine that keeps failing, so that people wait for the next engine only.</summary>
internal sealed class CircuitBreakerChatClient(IChatClient inner, EngineCircuit circuit) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (circuit.Enter(out var call) is { } resting)
        {
            throw new EngineFaultException(resting);
        }

        bool hasBegun = false, hasFailed = false;
        try
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                    {
                        if (hasBegun)
                        {
                            circuit.Succeeded();
                        }

                        yield break;
                    }
                }
                catch (EngineFaultException exception)
                {
                    circuit.Failed(call, exception.Fault);
                    hasFailed = true;
                    throw;
                }

                if (!hasBegun)
                {
                    circuit.Began(call);
                    hasBegun = true;
                }

                yield return updates.Current;
            }
        }
        finally
        {
            if (!hasBegun && !hasFailed)
            {
                circuit.Abandoned(call);
            }
        }
    }
}

internal static class CircuitBreakerChatClientExtensions
{
    public static ChatClientBuilder UseCircuitBreaker(this ChatClientBuilder builder, EngineCircuit circuit)
        => builder.Use(inner => new CircuitBreakerChatClient(inner, circuit));
}
