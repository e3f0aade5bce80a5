using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>What is the same for every Feishu connection of this installation.</summary>
public sealed class FeishuOptions
{
    public const string Section = "Assistant:Channels:Feishu";

    /// <summary>
    /// How far from now an event may be signed. Default 8 h: Feishu delivers again for seven hours, and does not say whether it signs anew. What is
    /// replayed within that time is known by its key.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00")]
    public TimeSpan SignatureTolerance { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long a message waits for its sender's name before it goes on with the id. Default 1 s, of the 3 s Feishu waits for the acknowledgement.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:02")]
    public TimeSpan NamePatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a name is believed. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan NameLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a reaction waits for the chat of an older message before Feishu is asked to tell it again. Default 1.5 s, of the same 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:02.5")]
    public TimeSpan PlacePatience { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long nobody asks for chats after that failed. Default 10 s: Feishu repeats an event after 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan PlacePause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Names, and messages, remembered by one connection. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxRemembered { get; set; } = 5_000;

    /// <summary>How often a long connection says that it is alive. Default 90 s; Feishu wants to hear of it every two minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How often a connection that is called checks that its credentials are still taken. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(5);
}
