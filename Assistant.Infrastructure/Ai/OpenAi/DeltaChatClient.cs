using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamingChatCompletionUpdate = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>
/// What the adapter does not tell of a delta. A model that refuses says so in words of their own: they are the answer. Ollama, vLLM and
/// OpenRouter send what a model thinks as <c>reasoning</c>, which is no word for people but shows that it is at work. Usage counts from the
/// beginning, and some servers send it with every chunk: the last one is what the answer took. Concerns itself with streams, as nothing else
/// is asked for.
/// </summary>
internal sealed class DeltaChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        UsageContent? usage = null;
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (update.RawRepresentation is StreamingChatCompletionUpdate raw)
            {
                if (raw.RefusalUpdate is { Length: > 0 } words)
                {
                    update.Contents.Add(new TextContent(words));
                }

                if (Thought(raw) is { Length: > 0 } thought)
                {
                    update.Contents.Add(new TextReasoningContent(thought));
                }
            }

            for (var at = update.Contents.Count - 1; at >= 0; at--)
            {
                if (update.Contents[at] is UsageContent told)
                {
                    usage = told;
                    update.Contents.RemoveAt(at);
                }
            }

            yield return update;
        }

        if (usage is not null)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [usage]);
        }
    }

#pragma warning disable SCME0001 // The only way to a field the SDK has no property for; tests hold it to the wire.
    private static string? Thought(StreamingChatCompletionUpdate raw)
        => raw.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out string? thought) ? thought : null;
#pragma warning restore SCME0001
}

internal static class DeltaChatClientExtensions
{
    public static ChatClientBuilder UseDeltas(this ChatClientBuilder builder) => builder.Use(inner => new DeltaChatClient(inner));
}
