namespace Assistant.Testing.Telegram;

/// <summary>What goes wrong with one call of the emulated Bot API.</summary>
public abstract record TelegramFault
{
    private TelegramFault() { }

    /// <summary>An error answer; nothing is shown.</summary>
    public sealed record Error(int Code, string Description, int? RetryAfterSeconds = null, long? MigrateToChatId = null) : TelegramFault;

    /// <summary>A proxy's page instead of an answer; nothing is shown.</summary>
    public sealed record Page(int Status) : TelegramFault;

    /// <summary>The connection is cut; <paramref name="AfterEffect"/> says whether the call took effect before.</summary>
    public sealed record Cut(bool AfterEffect) : TelegramFault;

    /// <summary>The call takes effect and is never answered.</summary>
    public sealed record Silence : TelegramFault;

    public static TelegramFault TooMany(int seconds) => new Error(429, $"Too Many Requests: retry after {seconds}", seconds);
}
