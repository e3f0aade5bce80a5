using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Wording;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>An engine begins to answer: text of an engine before it is void.</summary>
internal sealed class EngineBegunContent(string engine) : AIContent
{
    public string Engine => engine;
}

/// <summary>An engine ready to be called.</summary>
internal sealed record NamedEngine(string Name, IChatClient Client);

/// <summary>
/// Asks one engine after the other until one has answered to the end. Nothing of a reply is committed before that, so an engine that
/// breaks off in the middle is followed by the next as well; each beginning is announced.
/// </summary>
internal sealed partial class FallbackChatClient(IReadOnlyList<NamedEngine> engines, ILogger logger) : IChatClient
{
    private static readonly EngineFailure NoEngine = new("engines", Phrase.Of("engine.none"));

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <exception cref="EnginesFailedException">Every engine failed.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<EngineFailure>? failures = null;
        bool isRefused = false, mayPass = false;
        foreach (var engine in engines)
        {
            var own = failures is not null && options is ReplyOptions reply ? reply.AsStandIn() : options;
            EngineFault? fault = null;
            await using (var updates = engine.Client.GetStreamingResponseAsync(messages, own, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                var hasBegun = false;
                while (fault is null)
                {
                    try
                    {
                        if (!await updates.MoveNextAsync())
                        {
                            yield break;
                        }
                    }
                    catch (EngineFaultException exception)
                    {
                        fault = exception.Fault;
                        continue;
                    }

                    if (!hasBegun)
                    {
                        hasBegun = true;
                        yield return new ChatResponseUpdate(ChatRole.Assistant, [new EngineBegunContent(engine.Name)]);
                    }

                    yield return updates.Current;
                }
            }

            isRefused |= fault.Kind == EngineFaultKind.Refused;
            mayPass |= fault.Kind is not (EngineFaultKind.Refused or EngineFaultKind.NoAnswer);
            (failures ??= []).Add(new(engine.Name, fault.Reason));
            LogEngineFailed(logger, engine.Name, fault.Kind, fault.Reason);
        }

        throw new EnginesFailedException(failures ?? [NoEngine], isRefused && !mayPass);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Does nothing: the engines belong to the directory, and outlive the chain when another engine changes.</summary>
    public void Dispose() { }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Engine {Engine} did not answer ({Kind}): {Reason}")]
    private static partial void LogEngineFailed(ILogger logger, string engine, EngineFaultKind kind, Phrase reason);
}
