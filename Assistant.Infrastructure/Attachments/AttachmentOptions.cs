using System.ComponentModel.DataAnnotations;
using Assistant.Domain.Attachments;

namespace Assistant.Infrastructure.Attachments;

/// <summary>What is kept of the files people send.</summary>
public sealed class AttachmentOptions
{
    public const string Section = "Assistant:Attachments";

    /// <summary>Largest file that is kept, in bytes. Default 20 MB. It is held in memory while it is looked at.</summary>
    [Range(1_000, 200_000_000)]
    public long MaxBytes { get; set; } = AttachmentLimits.Default.MaxBytes;

    /// <summary>Largest picture that is kept, width times height. Default 50 million pixels.</summary>
    [Range(10_000, 1_000_000_000)]
    public long MaxPixels { get; set; } = AttachmentLimits.Default.MaxPixels;

    /// <summary>How long fetching one file may take. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan FetchTimeout { get; set; } = AttachmentLimits.Default.FetchTimeout;

    /// <summary>Files fetched at once. Default 8. Each is held in memory while it is fetched and looked at.</summary>
    [Range(1, 100)]
    public int MaxFetches { get; set; } = 8;

    /// <summary>Files fetched at once from one connection's messenger. Default 2: one that hangs holds no more of the places above, for up to <see cref="FetchTimeout"/>.</summary>
    [Range(1, 100)]
    public int MaxFetchesOfConnection { get; set; } = 2;

    /// <summary>How often fetching a file is tried. Default 10, over about a quarter of an hour.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = AttachmentLimits.Default.MaxAttempts;

    internal AttachmentLimits ToLimits() => new(MaxBytes, MaxPixels, FetchTimeout, MaxAttempts);
}
