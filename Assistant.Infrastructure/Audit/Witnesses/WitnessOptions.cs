using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Audit.Witnesses;

/// <summary>Where signed checkpoints of the audit go. What is not set is not used, except for the folder.</summary>
public sealed class WitnessOptions
{
    public const string Section = "Assistant:Audit:Witnesses";

    /// <summary>
    /// A folder with one file per tenant that only grows. Default: <c>audit-witness</c> in the data folder. It shows an old database that was put back
    /// only while it is not put back with it: another disk, or a share only the program may append to, is the better place.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>A collector of system logs.</summary>
    public SyslogWitnessOptions Syslog { get; set; } = new();

    /// <summary>An address that takes a POST.</summary>
    public WebhookWitnessOptions Webhook { get; set; } = new();

    /// <summary>A mailbox.</summary>
    public EmailWitnessOptions Email { get; set; } = new();
}

/// <summary>Syslog as of RFC 5424.</summary>
public sealed class SyslogWitnessOptions
{
    /// <summary>Name or address of the collector; empty: none.</summary>
    public string? Host { get; set; }

    /// <summary>Default 514.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 514;

    /// <summary>Whether to use TCP with octet counting (RFC 6587), which notices a collector that is gone. Default; otherwise UDP.</summary>
    public bool Tcp { get; set; } = true;
}

/// <summary>Each note is the body of a request.</summary>
public sealed class WebhookWitnessOptions
{
    /// <summary>http or https; empty: none.</summary>
    public Uri? Url { get; set; }

    /// <summary>Sent as bearer token when set.</summary>
    public string? Token { get; set; }
}

/// <summary>The newest note, from time to time.</summary>
public sealed class EmailWitnessOptions
{
    /// <summary>SMTP server; empty: none.</summary>
    public string? Host { get; set; }

    /// <summary>Default 587. 465 speaks TLS from the start, any other port must offer STARTTLS.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Whether a server on this machine may be spoken to without TLS. Default: no.</summary>
    public bool AllowPlain { get; set; }

    /// <summary>Empty: no sign-in.</summary>
    public string? UserName { get; set; }

    public string? Password { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    /// <summary>At most one mail per tenant in this time. Default: a day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);
}
