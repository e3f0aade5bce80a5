using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Localization;

namespace Assistant.Web.Tests.Components.Shared;

public sealed class TimeWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 24, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("00:00:20", "just now", "刚刚")]
    [InlineData("00:01:10", "1 min ago", "1 分钟前")]
    [InlineData("00:59:20", "59 min ago", "59 分钟前")]
    [InlineData("00:59:45", "1 h ago", "1 小时前")]
    [InlineData("23:59:00", "23 h ago", "23 小时前")]
    [InlineData("1.00:00:00", "23 Mar", "3 月 23 日")]
    [InlineData("120.00:00:00", "24 Nov 2025", "2025 年 11 月 24 日")]
    public void A_time_is_relative_up_to_a_day_and_a_date_after_it(string age, string english, string chinese)
    {
        var at = Now - TimeSpan.Parse(age, System.Globalization.CultureInfo.InvariantCulture);

        using (new SpokenLanguage("en"))
        {
            Assert.Equal(english, TimeWords.Relative(at, Now));
        }

        using (new SpokenLanguage("zh-CN"))
        {
            Assert.Equal(chinese, TimeWords.Relative(at, Now));
        }
    }

    [Fact]
    public void A_time_to_come_is_given_exactly()
    {
        using var _ = new SpokenLanguage("en");

        Assert.Equal("24 Mar 2026 10:00:00", TimeWords.Relative(Now.AddHours(1), Now));
    }
}
