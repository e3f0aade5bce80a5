using System.Globalization;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Shared;

/// <summary>Times as people say them. Both arguments are in the person's zone.</summary>
internal static class TimeWords
{
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(45);

    /// <summary>"just now", "5 min ago", "3 h ago", then the day; of another year with the year.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var age = now - at;
        return age switch
        {
            _ when age < JustNow && age > -JustNow => Texts.JustNow,
            _ when age < TimeSpan.Zero => Exact(at),
            _ when age < TimeSpan.FromMinutes(59.5) => Texts.MinutesAgo((int)Math.Max(1, Math.Round(age.TotalMinutes))),
            _ when age < TimeSpan.FromDays(1) => Texts.HoursAgo((int)Math.Max(1, Math.Floor(age.TotalHours))),
            _ => Day(at, now),
        };
    }

    /// <summary>How long something takes or has been: "4 s", "12 min", "3 h", "2 d".</summary>
    public static string Span(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.FromSeconds(1) => Texts.MillisecondsShort((int)Math.Max(0, span.TotalMilliseconds)),
        _ when span < TimeSpan.FromSeconds(10) => Texts.SecondsShort(span.TotalSeconds.ToString("0.0", CultureInfo.CurrentCulture)),
        _ when span < TimeSpan.FromMinutes(1) => Texts.SecondsShort(span.TotalSeconds.ToString("0", CultureInfo.CurrentCulture)),
        _ when span < TimeSpan.FromHours(1) => Texts.MinutesShort((int)span.TotalMinutes),
        _ when span < TimeSpan.FromDays(1) => Texts.HoursShort((int)span.TotalHours),
        _ => Texts.DaysShort((int)span.TotalDays),
    };

    /// <summary>Day, time and seconds.</summary>
    public static string Exact(DateTimeOffset at) => at.ToString($"{LongDay} HH:mm:ss", CultureInfo.CurrentCulture);

    /// <summary>The day, with the year when it is another one.</summary>
    public static string Day(DateTimeOffset at, DateTimeOffset now)
        => at.ToString(at.Year == now.Year ? ShortDay : LongDay, CultureInfo.CurrentCulture);

    private static bool IsChinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    private static string ShortDay => IsChinese ? "M 月 d 日" : "d MMM";

    private static string LongDay => IsChinese ? "yyyy 年 M 月 d 日" : "d MMM yyyy";
}
