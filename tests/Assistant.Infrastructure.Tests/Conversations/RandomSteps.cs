using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>
/// Runs everything that awaits on one thread, one step at a time, in a random order drawn from a seed: each await that does not
/// complete at once is a point where another task may go first.
/// </summary>
internal sealed class RandomSteps(int seed) : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<(SendOrPostCallback Step, object? State)> _ready = [];

    public Random Random { get; } = new(seed);

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_ready)
        {
            _ready.Add((d, state));
            Monitor.Pulse(_ready);
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>A point where any other task may go first, up to <paramref name="times"/> times.</summary>
    public async Task PauseAsync(int times)
    {
        for (var left = Random.Next(times + 1); left > 0; left--)
        {
            await Task.Yield();
        }
    }

    /// <summary>Starts the work and steps until <paramref name="isDone"/> and nothing is ready.</summary>
    public void Run(Func<Task> work, Func<bool> isDone)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = work();
            while (Take(() => task.IsCompleted && isDone()) is { } next)
            {
                next.Step(next.State);
            }

            Assert.True(task.IsCompletedSuccessfully, $"seed {seed}: {task.Exception?.GetBaseException()}");
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private (SendOrPostCallback Step, object? State)? Take(Func<bool> isDone)
    {
        lock (_ready)
        {
            while (_ready.Count == 0)
            {
                if (isDone())
                {
                    return null;
                }

                Assert.True(Monitor.Wait(_ready, Patience), $"seed {seed}: nothing moves any more");
            }

            var at = Random.Next(_ready.Count);
            var next = _ready[at];
            _ready.RemoveAt(at);
            return next;
        }
    }
}
