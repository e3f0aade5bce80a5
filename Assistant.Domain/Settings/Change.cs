namespace Assistant.Domain.Settings;

/// <summary>What changes have in common that several people may make at once: each is decided on what was read, and stored only while that still holds.</summary>
public static class Change
{
    /// <summary>How often a change is decided before it is given up.</summary>
    public const int Tries = 5;

    /// <summary>Reads, decides and stores, all of it again while somebody else was faster.</summary>
    /// <param name="attempt">Gives <see langword="null"/> when what it had read no longer held as it came to store.</param>
    /// <returns><see langword="null"/> when others were faster every time.</returns>
    public static async Task<T?> DecideAsync<T>(Func<Task<T?>> attempt) where T : class
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            if (await attempt() is { } outcome)
            {
                return outcome;
            }
        }

        return null;
    }

    /// <summary>The time of a change, in the whole milliseconds that stores keep: now, and later than what it changes, whatever the clock says.</summary>
    /// <param name="before"><see langword="null"/> when it changes nothing that was there.</param>
    public static DateTimeOffset TimeAfter(DateTimeOffset now, DateTimeOffset? before)
    {
        var at = now.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(before is { } last ? Math.Max(at, last.ToUnixTimeMilliseconds() + 1) : at);
    }
}
