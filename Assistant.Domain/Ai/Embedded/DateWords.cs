using System.Globalization;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Dates as people write them. Fixed forms, so that the answer does not depend on the machine's language data.</summary>
internal static class DateWords
{
    /// <summary>The day at the offset of <paramref name="now"/>: "3 May 2026", "May 3, 2026" for en-US, "2026年5月3日".</summary>
    public static string Day(DateTimeOffset at, DateTimeOffset now, SpokenLanguage language, string? locale)
        => Format(at.ToOffset(now.Offset), DayForm(language, locale));

    /// <summary>Day and time with its zone, since the person's own zone is not known.</summary>
    public static string Moment(DateTimeOffset now, SpokenLanguage language, string? locale)
    {
        var zone = now.Offset == TimeSpan.Zero ? "UTC" : Format(now, "'UTC'zzz");
        return language == SpokenLanguage.Chinese
            ? $"{Format(now, DayForm(language, locale))}，{Weekday(now)}，{Format(now, "HH:mm")}（{zone}）"
            : $"{Format(now, "dddd")}, {Format(now, DayForm(language, locale))}, {Format(now, "HH:mm")} {zone}";
    }

    private static string DayForm(SpokenLanguage language, string? locale) => language switch
    {
        SpokenLanguage.Chinese => "yyyy年M月d日",
        _ when string.Equals(locale, "en-US", StringComparison.OrdinalIgnoreCase) => "MMMM d, yyyy",
        _ => "d MMMM yyyy",
    };

    private static string Weekday(DateTimeOffset now) => "星期" + "日一二三四五六"[(int)now.DayOfWeek];

    private static string Format(DateTimeOffset at, string form) => at.ToString(form, CultureInfo.InvariantCulture);
}
