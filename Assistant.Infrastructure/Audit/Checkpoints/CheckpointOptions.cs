using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <summary>When checkpoints of the audit are signed.</summary>
public sealed class CheckpointOptions
{
    public const string Section = "Assistant:Audit:Checkpoints";

    /// <summary>At the latest after this time, when anything happened. Default 55 s: with one look more, a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(55);

    /// <summary>At the latest after this many events. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Events { get; set; } = 1000;

    /// <summary>How often the worker looks whether one is due. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Look { get; set; } = TimeSpan.FromSeconds(5);
}
