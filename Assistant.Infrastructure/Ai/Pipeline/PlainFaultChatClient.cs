using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>
/// Sits above a vendor's client and makes its stream honest: only updates that carry something, so that the first one means
/// the first token; every failure as <see cref="EngineFaultException"/>; an answer that breaks off or shows nothing is a failure, too; and one
/// that the engine's limit or filter cut ends with a sign of it and the reason.
/// </summary>
internal sealed class PlainFaultChatClient(IChatClient inner) : StreamedChatClient(inner)
{
    /// <summary>Far beyond any reply a messenger shows; a server that never stops must not fill the memory.</summary>
    private const int MaxAnswerChars = 200_000;

    /// <summary>Whether an answer with words in it that ended for this reason is only a part of one.</summary>
    public static bool IsCut(ChatFinishReason? reason) => reason == ChatFinishReason.Length || reason == ChatFinishReason.ContentFilter;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatFinishReason? finish = null;
        var length = 0;
        var isBlank = true;
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, isFinished: finish is not null, cancellationToken))
        {
            var update = updates.Current;
            finish = update.FinishReason ?? finish;
            var said = Length(update);
            length += said;
            isBlank = (isBlank || update.Contents.Any(content => content is VoidContent)) && !Shows(update);
            if (length > MaxAnswerChars)
            {
                throw new EngineFaultException(FaultWords.Endless);
            }

            if (said > 0 || update.Contents.Any(content => content is UsageContent or TextReasoningContent or VoidContent))
            {
                yield return update;
            }
        }

        // A server that closes the connection without a reason to finish was cut off, whatever HTTP thinks of it.
        if (finish is null)
        {
            throw new EngineFaultException(length > 0 ? FaultWords.BrokenOff : FaultWords.Empty);
        }

        // What nothing came of is due to what was asked as often as to the engine: one person's questions must not switch it off for all.
        if (isBlank)
        {
            throw new EngineFaultException(finish == ChatFinishReason.ContentFilter ? FaultWords.Filtered : FaultWords.Blank);
        }

        if (IsCut(finish))
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "…") { FinishReason = finish };
        }
    }

    private static int Length(ChatResponseUpdate update) => update.Contents.Sum(content => (content as TextContent)?.Text?.Length ?? 0);

    private static bool Shows(ChatResponseUpdate update) => update.Contents.Any(content => content is TextContent { Text: { } text } && text.Any(IsShown));

    // Zero-width spaces and their like reach a messenger as a message in which nothing is.
    private static bool IsShown(char sign)
        => !char.IsWhiteSpace(sign) && char.GetUnicodeCategory(sign) is not (UnicodeCategory.Format or UnicodeCategory.Control);

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, bool isFinished, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception exception) when (isFinished && Translate(exception) == FaultWords.BrokenOff)
        {
            // Nothing but the usage may follow the reason to finish: a connection that breaks or hangs there takes no word of the answer back.
            return false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not EngineFaultException)
        {
            throw new EngineFaultException(Translate(exception), exception);
        }
    }

    private static EngineFault Translate(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EngineFaultException known:
                    return known.Fault;
                case IOException or OperationCanceledException:
                    return FaultWords.BrokenOff;
            }
        }

        return FaultWords.Malformed;
    }
}

internal static class PlainFaultChatClientExtensions
{
    public static ChatClientBuilder UsePlainFaults(this ChatClientBuilder builder) => builder.Use(inner => new PlainFaultChatClient(inner));
}
