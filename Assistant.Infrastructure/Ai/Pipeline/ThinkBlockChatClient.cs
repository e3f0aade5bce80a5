using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>
/// Servers without a parser for it send what a model thinks as a block at the beginning of its answer. Here it becomes what it is, reasoning,
/// which is no word for people but shows that the engine is at work. Nothing is held back but what may still turn out to be a tag.
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
                update.Contents = [.. update.Contents.SelectMany(content => Parted(content, block))];
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

    private static IEnumerable<AIContent> Parted(AIContent content, ThinkBlock block)
    {
        if (content is not TextContent { Text: { Length: > 0 } text })
        {
            return [content];
        }

        return block.Add(text) switch
        {
            ("", "") => [],
            ("", var said) => [new TextContent(said)],
            (var thought, "") => [new TextReasoningContent(thought)],
            var (thought, said) => [new TextReasoningContent(thought), new TextContent(said)],
        };
    }
}

internal static class ThinkBlockChatClientExtensions
{
    public static ChatClientBuilder UseThinkBlocks(this ChatClientBuilder builder) => builder.Use(inner => new ThinkBlockChatClient(inner));
}
