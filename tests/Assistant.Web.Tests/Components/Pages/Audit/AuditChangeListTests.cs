using Assistant.Domain.Audit;
using Assistant.Web.Components.Pages.Audit;
using Bunit;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditChangeListTests : BunitContext
{
    [Fact]
    public void Before_is_struck_out_and_after_stands_beside_it()
    {
        var list = Render<AuditChangeList>(parameters => parameters.Add(
            component => component.Changes, [new("role", "viewer", "admin"), new("url", null, "<script>alert(1)</script>")]));

        Assert.Equal(["role", "url"], list.FindAll("dt").Select(field => field.TextContent));
        Assert.Equal("viewer", Assert.Single(list.FindAll("del")).TextContent);
        Assert.Equal(["admin", "<script>alert(1)</script>"], list.FindAll("ins").Select(value => value.TextContent));
        Assert.Empty(list.FindAll("script"));
        Assert.Contains("nothing", list.FindAll("dd")[1].TextContent, StringComparison.Ordinal);
    }
}
