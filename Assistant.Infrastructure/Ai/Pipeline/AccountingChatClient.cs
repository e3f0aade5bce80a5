using System.Runtime.CompilerServices;
using Assistant.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>Ends a finished answer with what it took.</summary>
internal sealed class TurnUsageContent(TurnUsage usage) : AIContent
{
    public TurnUsage Usage => usage;
}

/// <summary>Adds up the tokens an engine reports and what they cost, and notes whether it was cut. An engine that reports none has no known cost.</summary>
internal sealed class AccountingChatClient(IChatClient inner, string engine, TokenPrices? prices, TimeProvider time) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        UsageDetails? total = null;
        string? model = null;
        var isCut = false;
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            model ??= update.ModelId;
            isCut |= PlainFaultChatClient.IsCut(update.FinishReason);
            foreach (var content in update.Contents)
            {
                if (content is UsageContent { Details: var details })
                {
                    (total ??= new()).Add(details);
                }
            }

            yield return update;
        }

        model ??= InnerClient.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";
        var (input, output) = (total?.InputTokenCount ?? 0, total?.OutputTokenCount ?? 0);
        var cost = total is null ? null : prices?.Of(input, output);
        var usage = new TurnUsage(engine, model, input, output, cost, time.GetElapsedTime(start)) { IsCut = isCut };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new TurnUsageContent(usage)]);
    }
}

internal static class AccountingChatClientExtensions
{
    public static ChatClientBuilder UseAccounting(this ChatClientBuilder builder, string engine, TokenPrices? prices, TimeProvider time)
        => builder.Use(inner => new AccountingChatClient(inner, engine, prices, time));
}
