using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;

namespace Assistant.Testing.Ai;

/// <summary>Engines that answer as a test says, chunk by chunk, and remember what they were asked.</summary>
public sealed class ScriptedReplies : IReplyGenerator
{
    private static readonly TurnUsage Usage = new("scripted", "scripted-1", 3, 5, null, TimeSpan.FromMilliseconds(7));

    public List<ReplyContext> Asked { get; } = [];

    /// <summary>The token of the last call.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>What is answered; the end is added.</summary>
    public Func<ReplyContext, CancellationToken, IAsyncEnumerable<ReplyChunk>> Script { get; set; } = (_, _) => Chunks(new ReplyChunk.Text("Hello."));

    /// <summary>Answers with these chunks at once.</summary>
    public void Answer(params ReplyChunk[] chunks) => Script = (_, _) => Chunks(chunks);

    public void Answer(string text) => Answer(new ReplyChunk.Text(text));

    public async IAsyncEnumerable<ReplyChunk> GenerateAsync(ReplyContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Asked.Add(context);
        Token = cancellationToken;
        await foreach (var chunk in Script(context, cancellationToken))
        {
            yield return chunk;
        }

        yield return new ReplyChunk.Completed(Usage);
    }

    private static async IAsyncEnumerable<ReplyChunk> Chunks(params ReplyChunk[] chunks)
    {
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }

        await Task.CompletedTask;
    }
}
