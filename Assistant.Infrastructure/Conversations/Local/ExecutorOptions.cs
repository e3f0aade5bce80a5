using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Conversations.Local;

/// <summary>How many conversations are answered at once, and what happens when a turn fails.</summary>
public sealed class ExecutorOptions
{
    public const string Section = "Assistant:Conversations";

    /// <summary>Turns in progress at once; further conversations wait in line. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentTurns { get; set; } = 2_000;

    /// <summary>Conversations waiting in memory; beyond it they wait in the inbox until the next sweep. Default 50,000.</summary>
    [Range(100, 10_000_000)]
    public int MaxWaiting { get; set; } = 50_000;

    /// <summary>Attempts at a turn before its message becomes a dead letter. Default 5.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How often the inbox is looked through for due work nobody was woken for. Default 1 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Waiting times that grow with each attempt, with jitter, so that many retries do not come at once.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The wait after the given attempt: doubled each time, ±25 %.</summary>
    /// <param name="attempt">1 for the first that failed.</param>
    /// <param name="random">0..1.</param>
    public static TimeSpan After(int attempt, double random)
    {
        var seconds = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20)));
        return TimeSpan.FromSeconds(seconds * (0.75 + (0.5 * random)));
    }
}
