using Assistant.Domain.Diagnostics;
using Assistant.Domain.Wording;
using Assistant.Web.Verbs;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class TimeZoneDiagnosticTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), null, null);

    [Theory]
    [InlineData("Asia/Beijing")]
    [InlineData(":Asia/Beijing")]
    [InlineData("CST-8")]
    [InlineData("/usr/share/zoneinfo/Asia/Beijing")]
    public void A_zone_that_became_UTC_is_told(string named)
    {
        var finding = Assert.Single(TimeZoneDiagnostic.Examine(named, TimeZoneInfo.Utc));

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains($"'{named}'", Assert.IsType<Phrase.Verbatim>(finding.Detail).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("UTC")]
    [InlineData("UTC0")]
    [InlineData("GMT+0")]
    [InlineData(":Etc/UTC")]
    public void UTC_where_it_is_asked_for_is_fine(string? named)
        => Assert.Equal(FindingLevel.Fine, Assert.Single(TimeZoneDiagnostic.Examine(named, TimeZoneInfo.Utc)).Level);

    [Theory]
    [InlineData("Asia/Shanghai")]
    [InlineData(":Asia/Shanghai")]
    [InlineData("/some/file/of/it")]
    public void So_is_any_zone_that_became_one(string named)
        => Assert.Equal(FindingLevel.Fine, Assert.Single(TimeZoneDiagnostic.Examine(named, Shanghai)).Level);
}
