using System.ComponentModel.DataAnnotations;
using Assistant.Infrastructure.Security.Sessions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security.Sessions;

public sealed class SessionOptionsTests
{
    [Fact]
    public void Without_a_word_sessions_keep_the_limits_of_AAL2()
        => Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromDays(1)), (new SessionOptions().Limits.Idle, new SessionOptions().Limits.Total));

    [Theory]
    [InlineData("00:05:00", "01:00:00", true)]
    [InlineData("12:00:00", "7.00:00:00", true)]
    [InlineData("00:04:59", "1.00:00:00", false)]
    [InlineData("12:00:01", "1.00:00:00", false)]
    [InlineData("01:00:00", "00:59:59", false)]
    [InlineData("01:00:00", "7.00:00:01", false)]
    public void Limits_have_limits(string idle, string total, bool isFine)
    {
        var options = new SessionOptions
        {
            Idle = TimeSpan.Parse(idle, System.Globalization.CultureInfo.InvariantCulture), Total = TimeSpan.Parse(total, System.Globalization.CultureInfo.InvariantCulture),
        };

        Assert.Equal(isFine, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }
}
