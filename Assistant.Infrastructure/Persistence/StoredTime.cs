namespace Assistant.Infrastructure.Persistence;

/// <summary>Times as every table stores them: milliseconds since 1970.</summary>
internal static class StoredTime
{
    private static readonly long First = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The time, or <see langword="null"/> for a number beyond every calendar, which the program never stored.</summary>
    public static DateTimeOffset? Read(long milliseconds)
        => milliseconds >= First && milliseconds <= Last ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
