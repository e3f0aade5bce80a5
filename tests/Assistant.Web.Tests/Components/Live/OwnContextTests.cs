using System.Globalization;
using Assistant.Web.Components.Live;

namespace Assistant.Web.Tests.Components.Live;

public sealed class OwnContextTests
{
    [Fact]
    public void What_somebody_else_raises_is_done_in_ones_own_language()
    {
        var seen = "";
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("zh-CN");
        var act = OwnContext.Of(() => seen = CultureInfo.CurrentUICulture.Name);
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

        act();

        Assert.Equal("zh-CN", seen);
        Assert.Equal("en", CultureInfo.CurrentUICulture.Name);
    }
}
