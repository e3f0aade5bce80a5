using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Ai;

/// <summary>How patiently engines are called, and how much they are told.</summary>
public sealed class EngineOptions
{
    public const string Section = "Assistant:Engines";

    /// <summary>How long an engine may stay silent at first. Default 60 s: a local model may be loading.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:30:00")]
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an engine may pause within an answer. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:30:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt may take in all. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Calls of one engine for one reply, the first included. Default 3.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Wait before the second attempt; doubles for each further one, with jitter. Default 0.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>An engine that asks for a longer wait is left for the next one. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures in a row after which an engine is left alone for a while. Default 5.</summary>
    [Range(1, 1000)]
    public int FailuresToOpen { get; set; } = 5;

    /// <summary>How long a failing engine is left alone at first; doubles while it keeps failing. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan OpenDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest it is left alone. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan MaxOpenDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How old the list of a tenant's engines may be; a change made in this process is seen at once. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Estimated tokens of earlier messages told word for word, newest first; memory quotes from what is older. Default 3,000.</summary>
    [Range(0, 1_000_000)]
    public int HistoryBudgetTokens { get; set; } = 3_000;

    /// <summary>Estimated tokens of facts and recollections sent along, best first. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int MemoryBudgetTokens { get; set; } = 1_000;

    /// <summary>How long the test of an engine's settings may take. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TestTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
