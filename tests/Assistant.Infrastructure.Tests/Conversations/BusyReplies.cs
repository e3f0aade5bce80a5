using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Assistant.Domain.Ai;
using Assistant.Domain.Conversations;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>Counts who is being answered at once; stops, waits or fails when told to.</summary>
internal sealed class BusyReplies : IReplyGenerator
{
    private readonly ConcurrentDictionary<ConversationId, int> _inOne = [];
    private TaskCompletionSource _go = Released();
    private bool _isDeaf;
    private string? _failing;
    private int _awaited;
    private int _asked;
    private int _atOnce;
    private int _mostAtOnce;
    private int _mostInOne;

    public ConcurrentQueue<string> Answered { get; } = [];

    public int Asked => Volatile.Read(ref _asked);

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public int MostAtOnceInOne => Volatile.Read(ref _mostInOne);

    public void Stop(bool isDeaf = false) => (_go, _isDeaf) = (New(), isDeaf);

    public void GoOn() => _go.TrySetResult();

    /// <summary>Answers nobody before so many are asking at once.</summary>
    public void WaitFor(int atOnce) => (_go, _awaited) = (New(), atOnce);

    public void Fail(string utterance) => _failing = utterance;

    public async IAsyncEnumerable<ReplyChunk> GenerateAsync(
        ReplyContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Note(ref _mostInOne, _inOne.AddOrUpdate(context.Conversation, 1, (_, n) => n + 1));
        var atOnce = Interlocked.Increment(ref _atOnce);
        Note(ref _mostAtOnce, atOnce);
        yield return new ReplyChunk.Text("Re:");
        Interlocked.Increment(ref _asked);
        try
        {
            if (atOnce == _awaited)
            {
                _go.TrySetResult();
            }

            await Task.Yield();
            await _go.Task.WaitAsync(_isDeaf ? CancellationToken.None : cancellationToken);
            if (context.Utterance == _failing)
            {
                throw new InvalidDataException("A bug.");
            }

            Answered.Enqueue(context.Utterance);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
            _inOne.AddOrUpdate(context.Conversation, 0, (_, n) => n - 1);
        }

        yield return new ReplyChunk.Text($" {context.Utterance}");
        yield return new ReplyChunk.Completed(new TurnUsage("busy", "busy", 1, 1, null, TimeSpan.Zero));
    }

    private static void Note(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Released()
    {
        var released = New();
        released.SetResult();
        return released;
    }
}
