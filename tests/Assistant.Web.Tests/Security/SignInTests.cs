using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Web.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
{
    private SecurityHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Signing_in_leads_to_the_page_asked_for_and_signing_out_ends_it()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();

        var answer = await browser.SignInAsync("ada@example.org", returnUrl: "/people?x=1");

        Assert.Equal((HttpStatusCode.Redirect, "/people?x=1"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Equal("user ada@example.org default unknown", await TextAsync(browser, "/who"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);

        Assert.Equal("/account/signed-out", (await browser.PostAsync("/account/sign-out", [])).Headers.Location!.ToString());
        Assert.Equal("nobody", await TextAsync(browser, "/who"));
        Assert.Contains(AuditActions.SignedOut, await ActionsAsync());
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var plain = _host.Open();
        await plain.SignInAsync("ada@example.org");
        var overHttps = _host.Open("https");

        Assert.Contains(plain.LastSetCookies, c => c.StartsWith("assistant=", StringComparison.Ordinal) && c.Contains("samesite=lax", StringComparison.OrdinalIgnoreCase)
            && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        await overHttps.SignInAsync("ada@example.org");
        Assert.Contains(overHttps.LastSetCookies, c => c.StartsWith("__Host-assistant=", StringComparison.Ordinal) && c.Contains("secure", StringComparison.OrdinalIgnoreCase)
            && c.Contains("path=/;", StringComparison.OrdinalIgnoreCase) && !c.Contains("domain=", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_another_site(string returnUrl)
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);

        Assert.Equal("/", (await _host.Open().SignInAsync("ada@example.org", returnUrl: returnUrl)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_look_alike()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);

        var wrong = await _host.Open().SignInAsync("ada@example.org", "wrong password");
        var unknown = await _host.Open().SignInAsync("eve@example.org", "wrong password");

        Assert.Equal("/account/sign-in?problem=failed&email=ada@example.org", wrong.Headers.Location!.OriginalString);
        Assert.Equal("/account/sign-in?problem=failed&email=eve@example.org", unknown.Headers.Location!.OriginalString);
        Assert.Equal(2, (await ActionsAsync()).Count(action => action == AuditActions.SignInFailed));
    }

    [Fact]
    public async Task A_second_factor_is_asked_for()
    {
        var secret = TotpSecret.Create();
        await _host.AddAsync("ada@example.org", Roles.Owner, secret);
        var browser = _host.Open();

        Assert.StartsWith("/account/sign-in?problem=code", (await browser.SignInAsync("ada@example.org")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("nobody", await TextAsync(browser, "/who"));

        var code = FakeTotp.CodeAt(secret, TimeProvider.System.GetUtcNow());
        Assert.Equal("/", (await browser.SignInAsync("ada@example.org", code: code)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_post_without_the_forms_token_does_nothing()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        var form = new Dictionary<string, string> { ["email"] = "ada@example.org", ["password"] = SecurityHost.Password };

        Assert.Equal("/account/sign-in?problem=expired", (await browser.PostAsync("/account/sign-in", form, withToken: false)).Headers.Location!.ToString());
        Assert.Equal("nobody", await TextAsync(browser, "/who"));

        await browser.SignInAsync("ada@example.org");
        await browser.PostAsync("/account/sign-out", [], withToken: false);
        Assert.StartsWith("user ada", await TextAsync(browser, "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_whether_or_not_the_account_exists()
    {
        var browser = _host.Open();
        for (var i = 0; i < 10; i++)
        {
            await browser.SignInAsync("eve@example.org", "wrong password");
        }

        Assert.StartsWith("/account/sign-in?problem=locked", (await browser.SignInAsync("EVE@example.org", "wrong")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("/account/sign-in?problem=failed", (await browser.SignInAsync("bob@example.org", "wrong")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owners_device_gets_in_while_strangers_lock_the_account_and_another_accounts_device_does_not()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        await _host.AddAsync("bob@example.org", Roles.Viewer);
        var (own, other, stranger) = (_host.Open(), _host.Open(), _host.Open());
        await own.SignInAsync("ada@example.org");
        Assert.Contains(own.LastSetCookies, c => c.StartsWith("assistant-device=", StringComparison.Ordinal)
            && c.Contains("httponly", StringComparison.OrdinalIgnoreCase) && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase));
        await other.SignInAsync("bob@example.org");
        for (var i = 0; i < 12; i++)
        {
            await stranger.SignInAsync("ada@example.org", "wrong password");
        }

        Assert.StartsWith("/account/sign-in?problem=", (await stranger.SignInAsync("ada@example.org")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("/account/sign-in?problem=", (await other.SignInAsync("ada@example.org")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("/", (await own.SignInAsync("ada@example.org")).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_known_device_guesses_no_more_than_a_few_times()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var own = _host.Open();
        await own.SignInAsync("ada@example.org");
        for (var i = 0; i < 10; i++)
        {
            Assert.StartsWith("/account/sign-in?problem=failed", (await own.SignInAsync("ada@example.org", "wrong")).Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        Assert.StartsWith("/account/sign-in?problem=locked", (await own.SignInAsync("ada@example.org")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_the_sessions_of_a_user_shuts_the_cookie_out()
    {
        await _host.AddAsync("owner@example.org", Roles.Owner);
        var user = await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");

        var draft = UserDesk.LocalCaller(TenantId.Default).Audit(TimeProvider.System.GetUtcNow(), AuditActions.UserChanged, $"user/{user.Id}");
        await _host.Users.ResetMfaAsync(TenantId.Default, user.Id, draft, Cancel);

        Assert.Equal("nobody", await TextAsync(browser, "/who"));
    }

    [Fact]
    public async Task A_role_without_the_permission_is_turned_away()
    {
        await _host.AddAsync("vera@example.org", Roles.Viewer);
        var browser = _host.Open();
        Assert.Contains("/account/sign-in?returnUrl=%2Fusers", (await browser.GetAsync("/users")).Headers.Location!.ToString(), StringComparison.Ordinal);

        await browser.SignInAsync("vera@example.org");

        Assert.Contains("/account/access-denied", (await browser.GetAsync("/users")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_states_nothing_is_closed_even_to_an_owner()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");

        Assert.Contains("/account/access-denied", (await browser.GetAsync("/unstated")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains("/account/access-denied", (await browser.GetAsync("/pretender")).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var json = new HttpRequestMessage(HttpMethod.Post, "/unstated") { Content = JsonContent.Create(new[] { "a" }) };
        Assert.Contains((await browser.SendAsync(json)).StatusCode, (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.Redirect]);
    }

    [Fact]
    public async Task A_method_or_a_content_type_an_address_does_not_take_is_told_whoever_asks()
    {
        var browser = _host.Open();

        var patch = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/users"));
        var form = await browser.PostAsync("/unstated", new() { ["words"] = "a" }, withToken: false);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.UnsupportedMediaType), (patch.StatusCode, form.StatusCode));
        Assert.Equal(["GET"], patch.Content.Headers.Allow);
    }

    [Fact]
    public async Task An_address_that_does_not_exist_is_not_found_whoever_asks()
    {
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/no/such/page")).StatusCode);

        await browser.SignInAsync("ada@example.org");

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/no/such/page")).StatusCode);
    }

    [Fact]
    public async Task A_right_is_felt_and_lost_within_the_same_session()
    {
        await _host.AddAsync("owner@example.org", Roles.Owner);
        var user = await _host.AddAsync("ada@example.org", Roles.Viewer);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");

        await SetAsync(user, TenantId.Default, Roles.Admin);
        Assert.Equal("users", await TextAsync(browser, "/users"));
        await SetAsync(user, TenantId.Default, Roles.Viewer);
        Assert.Contains("/account/access-denied", (await browser.GetAsync("/users")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_goes_to_another_tenant_of_its_user_and_back_to_the_same_page()
    {
        var user = await _host.AddAsync("ada@example.org", Roles.Owner);
        await SetAsync(user, SecurityHost.Annex, Roles.Viewer);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");
        Assert.Equal("users", await TextAsync(browser, "/users"));

        var answer = await browser.PostAsync("/account/tenant", new() { ["tenant"] = "annex", ["returnUrl"] = "/people?find=li" });

        Assert.Equal("/people?find=li", answer.Headers.Location!.ToString());
        Assert.StartsWith("user ada@example.org annex ", await TextAsync(browser, "/who"), StringComparison.Ordinal);
        Assert.Contains("/account/access-denied", (await browser.GetAsync("/users")).Headers.Location!.ToString(), StringComparison.Ordinal);
        var entered = await _host.Audit.ListAsync(SecurityHost.Annex, new AuditFilter(AuditActions.TenantEntered), null, 10, Cancel);
        Assert.Equal("ada@example.org", Assert.Single(entered.Items).What.Actor.Name);
    }

    [Theory]
    [InlineData("annex", true)]
    [InlineData("nowhere", true)]
    [InlineData("../default", true)]
    [InlineData("default", false)]
    public async Task A_session_stays_where_it_is_when_the_other_tenant_is_not_its_users_or_the_form_is_forged(string tenant, bool withToken)
    {
        var user = await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");
        if (!withToken)
        {
            await SetAsync(user, SecurityHost.Annex, Roles.Viewer);
            await browser.PostAsync("/account/tenant", new() { ["tenant"] = "annex" });
        }

        var before = await TextAsync(browser, "/who");
        await browser.PostAsync("/account/tenant", new() { ["tenant"] = tenant }, withToken);

        Assert.Equal(before, await TextAsync(browser, "/who"));
    }

    [Fact]
    public async Task Who_is_put_out_of_a_tenant_is_in_another_of_theirs_at_the_next_request()
    {
        await _host.AddAsync("owner@example.org", Roles.Owner);
        var user = await _host.AddAsync("ada@example.org", Roles.Viewer);
        await SetAsync(user, SecurityHost.Annex, Roles.Operator);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");

        await _host.Memberships.RemoveAsync(TenantId.Default, user.Id, Draft(user), Cancel);

        Assert.StartsWith("user ada@example.org annex ", await TextAsync(browser, "/who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_key_opens_the_api_until_it_is_revoked_and_a_cookie_does_not()
    {
        var me = UserDesk.LocalCaller(TenantId.Default);
        var created = Assert.IsType<CreateApiKeyOutcome.Created>(await _host.Keys.CreateAsync(me, "ci", Roles.Admin, Cancel));
        var viewer = Assert.IsType<CreateApiKeyOutcome.Created>(await _host.Keys.CreateAsync(me, "small", Roles.Viewer, Cancel));
        await _host.AddAsync("ada@example.org", Roles.Owner);
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/users")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await CallAsync(viewer.Secret.Reveal())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("ask_wrong")).StatusCode);
        var answer = await CallAsync(created.Secret.Reveal());
        Assert.Equal("apikey ci", await answer.Content.ReadAsStringAsync(Cancel));

        await _host.Keys.RevokeAsync(me, created.Key.Id, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(created.Secret.Reveal())).StatusCode);
    }

    private Task<MembershipOutcome> SetAsync(User user, TenantId tenant, string role)
        => _host.Memberships.SetAsync(tenant, user.Id, role, Draft(user), Cancel);

    private static AuditDraft Draft(User user)
        => UserDesk.LocalCaller(TenantId.Default).Audit(TimeProvider.System.GetUtcNow(), AuditActions.MembershipGranted, $"user/{user.Id}");

    private Task<HttpResponseMessage> CallAsync(string key) => _host.Open().SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/users") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } });

    private static async Task<string> TextAsync(SecurityHost.Browser browser, string path)
        => await (await browser.GetAsync(path)).Content.ReadAsStringAsync(Cancel);

    private async Task<List<string>> ActionsAsync()
        => [.. (await _host.Audit.ListAsync(TenantId.Default, new AuditFilter(), null, 100, Cancel)).Items.Select(e => e.What.Action)];
}
