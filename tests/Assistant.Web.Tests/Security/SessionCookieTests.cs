using System.Globalization;
using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Security;

/// <summary>What a cookie is worth: as much as the row of its session.</summary>
public sealed class SessionCookieTests : IAsyncLifetime
{
    private const string Email = "ada@example.org";

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private SecurityHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync(_clock);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_sign_in_is_a_session_and_the_browser_carries_what_only_its_hash_is_kept_of()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var browser = await SignedInAsync();

        var session = Assert.Single(await _host.Sessions.ListOpenAsync(user.Id, Cancel));

        Assert.Equal((SignInMethod.Password, "unknown"), (session.Method, session.Address));
        Assert.DoesNotContain(session.Id.Value.ToString("N"), browser.CookieHeader, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_session_that_was_ended_is_refused_at_the_next_request_and_the_others_go_on()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var here = await SignedInAsync();
        var mine = (await _host.Sessions.ListOpenAsync(user.Id, Cancel))[0];
        var there = await SignedInAsync();

        await _host.Board.EndAsync(user.Id, mine.Id, SessionEnd.EndedByUser, Draft(), Cancel);

        Assert.Equal("nobody", await WhoAsync(here));
        Assert.StartsWith("user ada", await WhoAsync(there), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_drawn_again_in_its_own_language_when_somebody_signs_in_in_another()
    {
        await _host.AddAsync(Email, Roles.Owner);
        await WhoAsync(await SignedInAsync());
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("zh-CN");
        await using var page = _host.OpenPage();
        var watch = page.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)watch).SetAuthenticationState(Task.FromResult(new AuthenticationState(_host.LastPrincipal!)));
        var drawn = new TaskCompletionSource<string>();
        watch.AuthenticationStateChanged += _ => drawn.TrySetResult(CultureInfo.CurrentUICulture.Name);

        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        await SignedInAsync();

        Assert.Equal("zh-CN", await drawn.Task.WaitAsync(Cancel));
    }

    [Fact]
    public async Task A_stolen_cookie_is_worth_nothing_once_its_owner_signed_out()
    {
        await _host.AddAsync(Email, Roles.Owner);
        var owner = await SignedInAsync();
        var stolen = owner.CookieHeader;
        var thief = _host.Open();
        Assert.StartsWith("user ada", await WhoAsync(thief, stolen), StringComparison.Ordinal);

        await owner.PostAsync("/account/sign-out", []);

        Assert.Equal("nobody", await WhoAsync(thief, stolen));
    }

    [Fact]
    public async Task An_hour_without_activity_ends_it_and_what_a_page_fetches_by_itself_is_none()
    {
        await _host.AddAsync(Email, Roles.Owner);
        var browser = await SignedInAsync();
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(30));
            Assert.StartsWith("user ada", await WhoAsync(browser), StringComparison.Ordinal);
        }

        _clock.Advance(TimeSpan.FromMinutes(40));
        Assert.StartsWith("user ada", await FetchAsync(browser), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal("nobody", await FetchAsync(browser));
        Assert.Equal("nobody", await WhoAsync(browser));
    }

    [Fact]
    public async Task A_day_ends_it_whatever_is_done_and_a_new_password_does_not_make_it_longer()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var browser = await SignedInAsync();
        for (var i = 0; i < 47; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(30));
            Assert.StartsWith("user ada", await WhoAsync(browser), StringComparison.Ordinal);
        }

        await browser.PostAsync("/account/password", new() { ["password"] = SecurityHost.Password, ["next"] = "a quite different one" });
        Assert.StartsWith("user ada", await WhoAsync(browser), StringComparison.Ordinal);
        Assert.Single(await _host.Sessions.ListOpenAsync(user.Id, Cancel));
        _clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal("nobody", await WhoAsync(browser));
    }

    [Fact]
    public async Task Signing_in_again_in_the_same_browser_takes_the_place_of_the_session_before()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var browser = await SignedInAsync();
        var before = browser.CookieHeader;

        await browser.SignInAsync(Email);

        Assert.Single(await _host.Sessions.ListOpenAsync(user.Id, Cancel));
        Assert.StartsWith("user ada", await WhoAsync(browser), StringComparison.Ordinal);
        Assert.Equal("nobody", await WhoAsync(_host.Open(), before));
    }

    [Fact]
    public async Task A_second_browser_is_news_and_a_forgotten_one_shares_the_strangers_budget_again()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var first = await SignedInAsync();
        await SignedInAsync();
        var devices = await _host.Devices.ListAsync(user.Id, Cancel);
        Assert.Equal((2, 1), (devices.Count, devices.Count(device => device.ToldAt is null)));

        await WhoAsync(first);
        await _host.Devices.ForgetAsync(user.Id, _host.LastCaller!.Device!.Value, Draft(), Cancel);
        for (var i = 0; i < 10; i++)
        {
            await _host.Open().SignInAsync(Email, "wrong password");
        }

        Assert.StartsWith("/account/sign-in?problem=", (await first.SignInAsync(Email)).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_leaves_one_session_under_another_cookie()
    {
        var user = await _host.AddAsync(Email, Roles.Owner);
        var (here, elsewhere) = (await SignedInAsync(), await SignedInAsync());
        var before = here.CookieHeader;

        await here.PostAsync("/account/password", new() { ["password"] = SecurityHost.Password, ["next"] = "a quite different one" });

        Assert.Single(await _host.Sessions.ListOpenAsync(user.Id, Cancel));
        Assert.StartsWith("user ada", await WhoAsync(here), StringComparison.Ordinal);
        Assert.Equal(("nobody", "nobody"), (await WhoAsync(elsewhere), await WhoAsync(_host.Open(), before)));
    }

    [Fact]
    public async Task A_caller_kept_by_an_open_page_may_nothing_from_the_moment_its_time_is_up()
    {
        await _host.AddAsync(Email, Roles.Owner);
        await WhoAsync(await SignedInAsync());
        var kept = _host.LastCaller!;
        kept.Demand(Permissions.UsersManage);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Throws<PermissionDeniedException>(() => kept.Demand(Permissions.UsersManage));
    }

    private async Task<SecurityHost.Browser> SignedInAsync()
    {
        var browser = _host.Open();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SignInAsync(Email)).StatusCode);
        return browser;
    }

    private static async Task<string> WhoAsync(SecurityHost.Browser browser, string? cookies = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        if (cookies is not null)
        {
            request.Headers.Add("Cookie", cookies);
        }

        return await (await browser.SendAsync(request)).Content.ReadAsStringAsync(Cancel);
    }

    // As a script does, which says so.
    private static async Task<string> FetchAsync(SecurityHost.Browser browser)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/who") { Headers = { { "Sec-Fetch-Mode", "cors" } } };
        return await (await browser.SendAsync(request)).Content.ReadAsStringAsync(Cancel);
    }

    private AuditDraft Draft() => UserDesk.LocalCaller(TenantId.Default).Audit(_clock.GetUtcNow(), AuditActions.SessionEnded, "user/x");
}
