using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>What is the same for every DingTalk connection of this installation.</summary>
public sealed class DingTalkOptions
{
    public const string Section = "Assistant:Channels:DingTalk";

    /// <summary>How far from now a callback may be signed. Default 1 h, as DingTalk says.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignatureTolerance { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a stream may say nothing before another is opened in its place. Default 90 s. DingTalk goes on sending to a line it does not know to be
    /// dead, and what it sends there is lost.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan LongestSilence { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a replaced stream is still listened to. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait, while the old stream is still listened to, before a stream that could not be opened is asked for again. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan ReopenPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a connection that is called checks that its credentials are still taken. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(5);
}
