using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>What is the same for every Mattermost connection of this installation.</summary>
public sealed class MattermostOptions
{
    public const string Section = "Assistant:Channels:Mattermost";

    /// <summary>How long a new socket may take to greet. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan GreetingPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How far before the last known moment is read again after a gap: servers in a cluster tell the time each by itself. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Overlap { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long names are believed. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan NameLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time an upload may take beyond that of every call. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FilePatience { get; set; } = TimeSpan.FromMinutes(2);
}
