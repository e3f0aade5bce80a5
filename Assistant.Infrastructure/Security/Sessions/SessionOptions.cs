using System.ComponentModel.DataAnnotations;
using Assistant.Domain.Security.Sessions;

namespace Assistant.Infrastructure.Security.Sessions;

/// <summary>How long people stay signed in to the console.</summary>
public sealed class SessionOptions
{
    public const string Section = "Assistant:Sessions";

    /// <summary>
    /// How long a session goes on in which its person does nothing. Default an hour, the most that NIST SP 800-63B-4 advises at AAL2; from
    /// five minutes to twelve hours.
    /// </summary>
    [Range(typeof(TimeSpan), "00:05:00", "12:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a session goes on at all. Default a day, the most that NIST SP 800-63B-4 advises at AAL2; from an hour to seven days, and not
    /// shorter than <see cref="Idle"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "7.00:00:00")]
    public TimeSpan Total { get; set; } = TimeSpan.FromDays(1);

    /// <summary>As the use cases know them.</summary>
    public SessionLimits Limits => new(Idle, Total);
}
