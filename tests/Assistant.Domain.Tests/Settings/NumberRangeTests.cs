using Assistant.Domain.Settings;
using Xunit;

namespace Assistant.Domain.Tests.Settings;

public sealed class NumberRangeTests
{
    private static readonly SettingField Seconds = new("seconds", new("Seconds", "秒"), new("", ""), SettingKind.Number, Range: new(0, 50));
    private static readonly SettingField Price = new("price", new("Price", "价格"), new("", ""), SettingKind.Number, Range: new(0));
    private static readonly SettingField Port = new("port", new("Port", "端口"), new("", ""), SettingKind.Number, Range: NumberRange.Ports);
    private static readonly SettingField Any = new("any", new("Any", "任意"), new("", ""), SettingKind.Number);

    [Theory]
    [InlineData("seconds", "0")]
    [InlineData("seconds", "50")]
    [InlineData("price", "0")]
    [InlineData("price", "1000000")]
    [InlineData("any", "-3")]
    [InlineData("port", "1883.0")]
    [InlineData("port", " 6667")]
    public void A_number_within_its_range_can_be_used(string key, string value) => Assert.Empty(Check(key, value));

    [Theory]
    [InlineData("seconds", "-1", "'seconds' must be between 0 and 50.", "“秒”必须在 0 到 50 之间。")]
    [InlineData("seconds", "50.5", "'seconds' must be between 0 and 50.", "“秒”必须在 0 到 50 之间。")]
    [InlineData("price", "-0.1", "'price' must be at least 0.", "“价格”不能小于 0。")]
    [InlineData("port", "1883.5", "'port' must be a whole number.", "“端口”必须是整数。")]
    [InlineData("any", "NaN", "'any' must be a number.", "“任意”必须是数字。")]
    [InlineData("price", "Infinity", "'price' must be a number.", "“价格”必须是数字。")]
    public void Another_one_is_told_before_it_is_stored_and_not_used(string key, string value, string english, string chinese)
        => Assert.Equal(new SettingProblem(key, new(english, chinese)), Assert.Single(Check(key, value)));

    private static IReadOnlyList<SettingProblem> Check(string key, string value)
        => new SettingValues([KeyValuePair.Create(key, value)]).Check([Seconds, Price, Port, Any]);
}
