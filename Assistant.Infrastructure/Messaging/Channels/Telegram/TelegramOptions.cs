using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What is the same for every Telegram connection of this installation.</summary>
public sealed class TelegramOptions
{
    public const string Section = "Assistant:Channels:Telegram";

    /// <summary>How long a call other than getUpdates and files may take before its outcome counts as uncertain. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long sending a file may take before its outcome counts as uncertain. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan FileTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Calls of one connection in flight at once. Default 64.</summary>
    [Range(1, 1000)]
    public int MaxConnections { get; set; } = 64;

    /// <summary>Webhook deliveries Telegram may have open at once (1–100). Default 40, Telegram's own.</summary>
    [Range(1, 100)]
    public int WebhookConnections { get; set; } = 40;

    /// <summary>How often the polling offset is written down while messages come. Default 1 s; losing it costs redelivery, not messages.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan CursorInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long another poller's conflict may last before it is reported. Default 30 s: right after a restart it is normal.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ConflictPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Message ids one delivery probe may try. Default 1,024; 0 turns probing off.</summary>
    [Range(0, 10_000)]
    public int ProbeLimit { get; set; } = 1_024;

    /// <summary>
    /// How many ids beyond the newest known one a delivery probe tries: as many sends as can be under way or not yet recorded when the
    /// process dies. Default 256. After the first send that begins later the end is known, and this no longer counts.
    /// </summary>
    [Range(1, 10_000)]
    public int ProbeLookAhead { get; set; } = 256;

    /// <summary>How long a delivery probe waits for the messages that came in while the process was down. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ProbePatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest file fetched from a message, in bytes. Default 20 MB, the most Telegram's cloud hands out.</summary>
    [Range(1, 2_000_000_000)]
    public long MaxAttachmentBytes { get; set; } = 20_000_000;
}
