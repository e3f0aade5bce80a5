using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

/// <summary>What is the same for every MQTT connection of this installation.</summary>
public sealed class MqttOptions
{
    public const string Section = "Assistant:Channels:Mqtt";

    /// <summary>How long the broker may take for an answer before the outcome counts as uncertain. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how much silence the line is tried. Default 30 s; the broker gives it up after one and a half times that.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the broker keeps what is said while nobody is connected. Default 7 days; it may have a shorter limit of its own.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long after a break the broker says that the assistant is offline; a short break is nobody's business. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan OfflineDelay { get; set; } = TimeSpan.FromSeconds(5);
}
