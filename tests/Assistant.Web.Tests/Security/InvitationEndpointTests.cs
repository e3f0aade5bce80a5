using Assistant.Domain.Security;
using Assistant.Domain.Security.Invitations;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Tests.Security;

/// <summary>The forms behind an invitation's link.</summary>
public sealed class InvitationEndpointTests : IAsyncLifetime
{
    private SecurityHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_newcomer_is_signed_in_and_the_link_is_spent()
    {
        var (token, newcomer, late) = (await InviteAsync(), _host.Open(), _host.Open());

        Assert.Equal("/", await AcceptAsync(newcomer, token, "bob@example.org"));

        Assert.StartsWith("user bob@example.org default", await WhoAsync(newcomer), StringComparison.Ordinal);
        Assert.Equal($"/invitation/{token}?problem=closed&email=eve@example.org", await AcceptAsync(late, token, "eve@example.org"));
        Assert.Equal("nobody", await WhoAsync(late));
    }

    [Fact]
    public async Task A_member_of_another_tenant_joins_and_a_post_of_another_site_does_nothing()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var (token, browser) = (await InviteAsync(SecurityHost.Annex), _host.Open());
        await browser.SignInAsync("ada@example.org");

        await browser.PostAsync("/account/invitation/join", new() { ["token"] = token }, withToken: false);
        Assert.NotNull(await _host.Invitations.OpenAsync(token, Cancel));
        var answer = await browser.PostAsync("/account/invitation/join", new() { ["token"] = token });

        Assert.Equal("/members/tenants", answer.Headers.Location!.ToString());
        var user = (await _host.Users.FindByEmailAsync("ada@example.org", Cancel))!;
        Assert.Equal(Roles.Viewer, (await _host.Memberships.FindAsync(SecurityHost.Annex, user.Id, Cancel))?.Role);
    }

    [Fact]
    public async Task Trying_links_is_slowed_down_by_network_and_a_wrong_one_becomes_no_address()
    {
        var browser = _host.Open();
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("/invitation/none?problem=closed&email=eve@example.org", await AcceptAsync(browser, "//evil.example", "eve@example.org"));
        }

        Assert.StartsWith("/invitation/none?problem=locked", await AcceptAsync(browser, "wrong", "eve@example.org"), StringComparison.Ordinal);
    }

    private async Task<string> InviteAsync(TenantId? tenant = null) => Assert.IsType<InviteOutcome.Made>(await _host.Invitations.CreateAsync(
        UserDesk.LocalCaller(tenant ?? TenantId.Default), Roles.Viewer, "", Invitation.DefaultLifetime, Cancel)).Token.Reveal();

    private static async Task<string> AcceptAsync(SecurityHost.Browser browser, string token, string email)
        => (await browser.PostAsync("/account/invitation", new() { ["token"] = token, ["email"] = email, ["password"] = SecurityHost.Password })).Headers.Location!.OriginalString;

    private static async Task<string> WhoAsync(SecurityHost.Browser browser)
        => await (await browser.GetAsync("/who")).Content.ReadAsStringAsync(Cancel);
}
