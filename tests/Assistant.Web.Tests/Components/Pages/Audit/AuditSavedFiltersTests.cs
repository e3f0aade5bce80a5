using System.Security.Claims;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Testing.InMemory;
using Assistant.Web.Components;
using Assistant.Web.Components.Pages.Audit;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditSavedFiltersTests : BunitContext
{
    private static readonly AuditAddress SignIns = AuditAddress.Read(AuditActions.SignedIn, null, null, null, null, null);
    private static readonly AuditAddress Nothing = AuditAddress.Read(null, null, null, null, null, null);

    private readonly Caller _me = DeskFixture.Operator("Mira", DeskFixture.Acme, Roles.Auditor);
    private readonly AuditFilterDesk _desk = new(new InMemoryAuditFilterStore(), TimeProvider.System);

    public AuditSavedFiltersTests()
    {
        AddAuthorization().SetAuthorized("mira@example.org");
        Services.AddSingleton(_desk);
        Services.AddSingleton<IPrincipalCallers>(new OneCaller(_me));
        Services.AddScoped<ConsoleCaller>();
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_filtered_by_is_kept_under_a_name_and_deleted_again()
    {
        using var _ = new SpokenLanguage("en");
        var filters = Show(SignIns);

        filters.Find("input").Input("Sign-ins");
        filters.Find("form").Submit();

        var link = filters.Find("li a");
        Assert.Equal(("Sign-ins", SignIns.Href(null), "true"), (link.TextContent, link.GetAttribute("href"), link.GetAttribute("aria-current")));
        Assert.Equal(new AuditFilter(AuditActions.SignedIn), Assert.Single(await _desk.ListAsync(_me, Cancel)).Filter);
        Assert.Equal("", filters.Find("input").GetAttribute("value"));

        await filters.Find("li button").ClickAsync(new());
        Assert.Empty(filters.FindAll("li"));
        Assert.Empty(await _desk.ListAsync(_me, Cancel));
    }

    [Fact]
    public async Task Where_nothing_is_filtered_there_is_nothing_to_save_and_what_is_kept_is_a_link()
    {
        await _desk.SaveAsync(_me, "Sign-ins", SignIns.Filter(TimeZoneInfo.Utc), Cancel);
        await _desk.SaveAsync(DeskFixture.Operator("Anna", DeskFixture.Acme, Roles.Auditor), "Anna's", SignIns.Filter(TimeZoneInfo.Utc), Cancel);

        var filters = Show(Nothing);

        Assert.Empty(filters.FindAll("form"));
        var link = Assert.Single(filters.FindAll("li a"));
        Assert.Equal(("Sign-ins", SignIns.Href(null), null), (link.TextContent, link.GetAttribute("href"), link.GetAttribute("aria-current")));
    }

    [Theory]
    [InlineData("en", "Give the filter a name")]
    [InlineData("zh-CN", "请为筛选命名")]
    public async Task A_name_that_is_refused_says_why(string language, string words)
    {
        using var _ = new SpokenLanguage(language);
        var filters = Show(SignIns);

        filters.Find("input").Input("   ");
        filters.Find("form").Submit();

        Assert.Contains(words, filters.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(await _desk.ListAsync(_me, Cancel));
    }

    private IRenderedComponent<AuditSavedFilters> Show(AuditAddress address)
        => Render<AuditSavedFilters>(parameters => parameters.Add(f => f.Address, address).Add(f => f.Zone, TimeZoneInfo.Utc));

    private sealed class OneCaller(Caller caller) : IPrincipalCallers
    {
        public Caller? Find(ClaimsPrincipal principal) => caller;
    }
}
