using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamingChatCompletionUpdate = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>
/// A model that refuses says so in words, which the API keeps apart from its other words and the adapter tells only beside calls of tools.
/// They are the answer. Concerns itself with streams, as nothing else is asked for.
/// </summary>
internal sealed class RefusalChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (update.RawRepresentation is StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } words })
            {
                update.Contents.Add(new TextContent(words));
            }

            yield return update;
        }
    }
}

internal static class RefusalChatClientExtensions
{
    public static ChatClientBuilder UseRefusals(this ChatClientBuilder builder) => builder.Use(inner => new RefusalChatClient(inner));
}
