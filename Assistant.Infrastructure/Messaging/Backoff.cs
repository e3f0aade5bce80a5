using System.Security.Cryptography;

namespace Assistant.Infrastructure.Messaging;

/// <summary>Waiting times that grow with each attempt, with jitter, so that many retries do not come at once.</summary>
internal static class Backoff
{
    /// <summary>The wait after the first attempt, before jitter.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>No wait grows beyond this, before jitter.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>No wait grows beyond this, jitter included.</summary>
    public static readonly TimeSpan Bound = Longest * (1 + Jitter);

    private const double Jitter = 0.25;

    // 2^20 s is far beyond the longest wait: growing further would only invite an overflow.
    private const int LastDoubling = 20;

    /// <summary>The wait after the given attempt: doubled each time, ±25 % at random.</summary>
    /// <param name="attempt">1 for the first that failed.</param>
    public static TimeSpan After(int attempt) => After(attempt, RandomNumberGenerator.GetInt32(1_001) / 1_000d);

    /// <inheritdoc cref="After(int)"/>
    /// <param name="random">0..1: from the shortest to the longest wait of this attempt.</param>
    public static TimeSpan After(int attempt, double random)
    {
        var doublings = attempt <= 1 ? 0 : Math.Min(attempt - 1, LastDoubling);
        var wait = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, doublings));
        return TimeSpan.FromSeconds(wait * (1 - Jitter + (2 * Jitter * random)));
    }
}
