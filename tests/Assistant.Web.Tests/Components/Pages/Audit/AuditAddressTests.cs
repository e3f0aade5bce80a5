using Assistant.Domain.Audit;
using Assistant.Web.Components.Pages.Audit;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditAddressTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    [Fact]
    public void A_kept_filter_is_the_address_it_was_saved_from()
    {
        var address = AuditAddress.Read("user.signin", "Ada", "user/1", "锅炉", "2026-03-24", "2026-03-25");

        Assert.Equal(address, AuditAddress.Of(address.Filter(Shanghai), Shanghai));
        Assert.Equal(AuditAddress.Read(null, "Ada", null, null, null, null), AuditAddress.Of(new AuditFilter(Actor: "Ada"), Shanghai));
    }

    [Fact]
    public void Its_days_are_those_of_whoever_looks()
    {
        var filter = AuditAddress.Read(null, null, null, null, "2026-03-24", "2026-03-24").Filter(Shanghai);

        var elsewhere = AuditAddress.Of(filter, TimeZoneInfo.Utc);

        Assert.Equal((new DateOnly(2026, 3, 23), new DateOnly(2026, 3, 24)), (elsewhere.From, elsewhere.Until));
    }
}
