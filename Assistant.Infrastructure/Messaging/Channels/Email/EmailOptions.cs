using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>What is the same for every e-mail connection of this installation.</summary>
public sealed class EmailOptions
{
    public const string Section = "Assistant:Channels:Email";

    /// <summary>
    /// How long one command of a mail server may take; while it hands out a mail or a file, how long nothing may come. Default 60 s: some look at a mail
    /// for viruses before they answer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long handing over a mail with a file may take. Default 2 min, the time the outbox has for a file.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FileTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How far back the first look at a mailbox goes, for mail nobody has read. Default 2 days; a search knows whole days only.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan FirstLook { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Mails stored before they are flagged and the place is noted. Default 50.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 50;

    /// <summary>Bytes of a mail that are read. Default 25 MB; of a larger one the beginning, which has the text.</summary>
    [Range(10_000, 200_000_000)]
    public int MaxMailBytes { get; set; } = 25_000_000;

    /// <summary>Largest file fetched from a mail, in bytes. Default 25 MB.</summary>
    [Range(1, 2_000_000_000)]
    public long MaxAttachmentBytes { get; set; } = 25_000_000;

    /// <summary>Files taken from one mail. Default 20.</summary>
    [Range(0, 1000)]
    public int MaxAttachments { get; set; } = 20;

    /// <summary>Mails one connection hands to its server at once. Default 2: providers count connections.</summary>
    [Range(1, 64)]
    public int MaxSends { get; set; } = 2;
}
