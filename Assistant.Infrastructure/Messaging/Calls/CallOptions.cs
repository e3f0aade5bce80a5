using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>What is the same for every call to a messenger.</summary>
public sealed class CallOptions
{
    public const string Section = "Assistant:Channels:Calls";

    /// <summary>How long a call may take before its outcome counts as uncertain. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long asking for a token may take, and never longer than any call. Default 10 s. Well below the time a message has
    /// (<c>Assistant:Outbox:SendTimeout</c>): without a token none left, and that is to be known before it counts as perhaps shown.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long handing in a file may take before its outcome counts as uncertain. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan FileTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Calls of one connection in flight at once to one server. Default 64.</summary>
    [Range(1, 1000)]
    public int MaxConnectionsPerServer { get; set; } = 64;

    /// <summary>How old the keys may be that a messenger publishes to sign its callbacks. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long after a token with an unknown key the keys are not fetched for another such token. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeyPause { get; set; } = TimeSpan.FromHours(1);
}
