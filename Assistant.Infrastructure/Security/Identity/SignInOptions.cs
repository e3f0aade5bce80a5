using System.ComponentModel.DataAnnotations;

namespace Assistant.Infrastructure.Security.Identity;

/// <summary>How hard guessing passwords is made.</summary>
public sealed class SignInOptions
{
    public const string Section = "Assistant:SignIn";

    /// <summary>
    /// PBKDF2-HMAC-SHA512 iterations of a new password hash. Default 210,000, as OWASP's password storage guidance asks for
    /// with this function; an older hash is made anew at its owner's next sign-in. At least 100,000.
    /// </summary>
    [Range(100_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>
    /// File of passwords known from breaches, in the format of "Have I Been Pwned": upper-case SHA-1 and count per line,
    /// ordered by hash. None by default. New passwords in it are refused; nothing is asked over the network.
    /// </summary>
    public string? BreachedPasswordsFile { get; set; }

    /// <summary>Failures in a row before an account is locked. Default 5.</summary>
    [Range(1, 100)]
    public int MaxFailures { get; set; } = 5;

    /// <summary>How long it stays locked. Default 5 minutes; up to a day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(5);
}
