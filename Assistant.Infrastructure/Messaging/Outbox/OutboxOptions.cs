using System.ComponentModel.DataAnnotations;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>How replies are sent and retried.</summary>
public sealed class OutboxOptions
{
    public const string Section = "Assistant:Outbox";

    /// <summary>Attempts before a message becomes a dead letter. Default 8: about two minutes of back-off.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>How long one send may take before its outcome counts as uncertain. Default 30 s. The end of the program waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for a file. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FileTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest that any send may take.</summary>
    internal TimeSpan LongestSend => FileTimeout > SendTimeout ? FileTimeout : SendTimeout;

    /// <summary>How long a send of this may take.</summary>
    internal TimeSpan LimitOf(MessageBody body) => body.File is null ? SendTimeout : FileTimeout;

    /// <summary>Conversations of one connection being sent to at once. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentSends { get; set; } = 2_000;

    /// <summary>How often the outbox is looked through for due rows. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How far back a delivery probe after a crash looks for known messages. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan ProbeWindow { get; set; } = TimeSpan.FromHours(24);
}
