using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>What is the same for every Matrix connection of this installation.</summary>
public sealed class MatrixOptions
{
    public const string Section = "Assistant:Channels:Matrix";

    /// <summary>How long one sync waits for news. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:30")]
    public TimeSpan SyncTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most events of one room in a sync; what is beyond is asked for page by page. Default 30.</summary>
    [Range(1, 1_000)]
    public int TimelineLimit { get; set; } = 30;

    /// <summary>Most events of one room that are fetched after a long absence; older ones are left. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxGap { get; set; } = 5_000;

    /// <summary>Events whose sender and thread are remembered by one connection, for edits and replies; others are asked for. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int RememberedEvents { get; set; } = 10_000;

    /// <summary>Time the upload of a file may take beyond that of every call. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FilePatience { get; set; } = TimeSpan.FromMinutes(2);
}
