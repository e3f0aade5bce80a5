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
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);
}
