using System.Runtime.CompilerServices;
using Anthropic.Exceptions;
using Assistant.Infrastructure.Ai.Pipeline;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Anthropic;

/// <summary>A fault that the server reports within its stream, told without the key: some servers repeat the one they refused.</summary>
internal sealed class ReportedFaultChatClient(IChatClient inner, string key) : StreamedChatClient(inner)
{
    private const int MaxMessageChars = 300;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates))
        {
            yield return updates.Current;
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (AnthropicSseException reported)
        {
            // Not as the inner exception: whoever logs that would log the key.
            throw new EngineFaultException(FaultWords.Reported(Short(Redacted(reported.Message))));
        }
    }

    private string Redacted(string message) => key.Length > 3 ? message.Replace(key, "***", StringComparison.Ordinal) : message;

    private static string Short(string message)
    {
        var line = message.ReplaceLineEndings(" ");
        return line.Length > MaxMessageChars ? line[..MaxMessageChars] + "…" : line;
    }
}
