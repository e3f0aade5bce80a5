using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>What the engine said so far is void: it was thought.</summary>
internal sealed class VoidContent : AIContent;

/// <summary>
/// Servers without a parser for it send what a model thinks as a block at the beginning of its answer. Here it becomes what it is, reasoning,
/// which is no word for people but shows that the engine is at work. Nothing is held back but what may still turn out to be a tag: thoughts that
/// began without one are void when their end comes, like the words of an engine that broke off.
/// </summary>
internal sealed class ThinkBlockChatClient(IChatClient inner) : StreamedChatClient(inner)
{
    /// <summary>Far beyond any thought; what never comes to an answer is an endless one.</summary>
    private const int MaxThoughtChars = 200_000;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var block = new ThinkBlock();
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (!block.IsOver)
            {
                Part(update, block);
                if (block.Length > MaxThoughtChars)
                {
                    throw new EngineFaultException(FaultWords.Endless);
                }
            }

            yield return update;
        }

        if (block.End() is { Length: > 0 } said)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, said);
        }
    }

    private static void Part(ChatResponseUpdate update, ThinkBlock block)
    {
        for (var at = 0; at < update.Contents.Count; at++)
        {
            if (update.Contents[at] is not TextContent { Text: { Length: > 0 } text })
            {
                continue;
            }

            var parted = block.Add(text);
            if (ReferenceEquals(parted.Said, text))
            {
                continue;
            }

            AIContent[] parts = [.. Parts(parted)];
            update.Contents = [.. update.Contents.Take(at), .. parts, .. update.Contents.Skip(at + 1)];
            at += parts.Length - 1;
        }
    }

    private static IEnumerable<AIContent> Parts(PartedText parted)
    {
        if (parted.IsVoid)
        {
            yield return new VoidContent();
        }

        if (parted.Thought.Length > 0)
        {
            yield return new TextReasoningContent(parted.Thought);
        }

        if (parted.Said.Length > 0)
        {
            yield return new TextContent(parted.Said);
        }
    }
}

internal static class ThinkBlockChatClientExtensions
{
    public static ChatClientBuilder UseThinkBlocks(this ChatClientBuilder builder) => builder.Use(inner => new ThinkBlockChatClient(inner));
}
