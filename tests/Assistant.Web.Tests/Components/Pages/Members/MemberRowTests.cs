using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Web.Components.Pages.Members;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Components.Pages.Members;

/// <summary>The browser shows a chosen role before anything was stored.</summary>
public sealed class MemberRowTests : BunitContext
{
    [Fact]
    public async Task A_role_that_is_not_given_is_taken_back_in_the_field_that_asked_for_it()
    {
        using var english = new SpokenLanguage("en");
        Services.AddSingleton(TimeProvider.System);
        IRenderedComponent<MemberRow>? row = null;
        string? whileAsked = null;
        var member = new Membership(TenantId.Default, new UserId(Guid.CreateVersion7()), "bob@example.com", Roles.Viewer, DateTimeOffset.UnixEpoch);
        row = Render<MemberRow>(parameters => parameters
            .Add(p => p.Member, member).Add(p => p.RoleNames, [.. Roles.All]).Add(p => p.CanChange, true)
            .Add(p => p.OnRole, EventCallback.Factory.Create<string>(this, _ => whileAsked = Shown(row!))));

        await row.Find("select").ChangeAsync(new ChangeEventArgs { Value = Roles.Owner });

        Assert.Equal((Roles.Owner, Roles.Viewer), (whileAsked, Shown(row))); // drawn as asked, so that drawing the stored one undoes it
    }

    private static string? Shown(IRenderedComponent<MemberRow> row) => row.Find("select").GetAttribute("value");
}
