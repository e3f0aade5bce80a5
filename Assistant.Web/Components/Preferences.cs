namespace Assistant.Web.Components;

/// <summary>How a person wants the console to look: system follows the device.</summary>
public enum ThemeChoice { System, Light, Dark }

/// <summary>What the browser told in cookies before the first byte was drawn, so that nothing flashes.</summary>
/// <param name="IsDark">The scheme in effect, with <see cref="ThemeChoice.System"/> resolved by the device.</param>
/// <param name="TimeZone">IANA name of the person's zone.</param>
public sealed record Preferences(ThemeChoice Theme, bool IsDark, string TimeZone)
{
    // Written by wwwroot/console/preferences.js and the script in the head of App.razor.
    private const string ThemeCookie = "assistant.theme";
    private const string SchemeCookie = "assistant.scheme";
    private const string ZoneCookie = "assistant.zone";

    public static Preferences Default { get; } = new(ThemeChoice.System, IsDark: false, "Etc/UTC");

    public static Preferences Read(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var theme = request.Cookies[ThemeCookie] switch
        {
            "light" => ThemeChoice.Light,
            "dark" => ThemeChoice.Dark,
            _ => ThemeChoice.System,
        };
        return new Preferences(theme, theme == ThemeChoice.Dark || (theme == ThemeChoice.System && DeviceIsDark(request)), ZoneOf(request));
    }

    /// <summary>The time as the person's clock shows it.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(
        time, TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc);

    private static bool DeviceIsDark(HttpRequest request) => request.Cookies[SchemeCookie] == "dark";

    private static string ZoneOf(HttpRequest request)
        => request.Cookies[ZoneCookie] is { Length: > 0 and < 64 } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : Default.TimeZone;
}
