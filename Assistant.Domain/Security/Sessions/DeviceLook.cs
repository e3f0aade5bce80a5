namespace Assistant.Domain.Security.Sessions;

/// <summary>What a browser says it is, in the words people know. It can say anything: good for recognizing, never for trusting.</summary>
/// <param name="Browser">E.g. <c>Firefox</c>; empty when it is none we know.</param>
/// <param name="Platform">E.g. <c>Windows</c>; empty likewise.</param>
public sealed record DeviceLook(string Browser, string Platform)
{
    /// <summary>Longest word of the tables below, with room.</summary>
    public const int MaxLength = 24;

    // The first mark that is found counts: nearly every browser also claims to be the ones below it.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Mark, string Name)[] Platforms =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    public static DeviceLook Unknown { get; } = new("", "");

    /// <param name="userAgent">The header as it came.</param>
    public static DeviceLook Of(string? userAgent) => string.IsNullOrEmpty(userAgent) ? Unknown : new(Find(Browsers, userAgent), Find(Platforms, userAgent));

    private static string Find((string Mark, string Name)[] table, string userAgent)
        => table.FirstOrDefault(entry => userAgent.Contains(entry.Mark, StringComparison.Ordinal)).Name ?? "";
}
