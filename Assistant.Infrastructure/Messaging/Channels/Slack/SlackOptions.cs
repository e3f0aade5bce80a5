using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>What is the same for every Slack connection of this installation.</summary>
public sealed class SlackOptions
{
    public const string Section = "Assistant:Channels:Slack";

    /// <summary>How long a message waits for its sender's name before it goes on with the id. Default 1 s, of the 3 s Slack waits for the acknowledgement.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:02")]
    public TimeSpan NamePatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a name is believed. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan NameLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Names remembered by one connection; beyond that all are asked for again. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxNames { get; set; } = 5_000;

    /// <summary>How far from now a callback may be signed. Default 5 min, as Slack recommends.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignatureTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a new socket may take to greet. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan GreetingPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a replaced socket is still listened to. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before the next socket is asked for again while the one before is still listened to. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReopenPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a connection checks that its token is still taken. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(5);
}
