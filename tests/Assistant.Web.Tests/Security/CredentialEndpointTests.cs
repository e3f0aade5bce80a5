using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;

namespace Assistant.Web.Tests.Security;

public sealed class CredentialEndpointTests : IAsyncLifetime
{
    private const string Next = "a quite different one";

    private SecurityHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SecurityHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_new_password_keeps_this_session_and_ends_the_others()
    {
        await _host.AddAsync("ada@example.org", Roles.Viewer);
        var (here, elsewhere) = (await SignedInAsync(), await SignedInAsync());

        Assert.Equal("changed", await PostAsync(here, "/account/password", new() { ["password"] = SecurityHost.Password, ["next"] = Next }));

        Assert.StartsWith("user ada@example.org", await TextAsync(here, "/who"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await _host.Open().SignInAsync("ada@example.org", Next)).StatusCode);
        var user = (await _host.Users.FindByEmailAsync("ada@example.org", Cancel))!;
        Assert.Contains((await _host.Audit.ListAsync(TenantId.Default, new AuditFilter(AuditActions.UserChanged), null, 10, Cancel)).Items, e =>
            e.What.Actor == user.AsActor && e.What.Subject == $"user/{user.Id}" && e.What.Details["change"] == "password");
        await HasEndedAsync(elsewhere);
    }

    [Fact]
    public async Task A_second_step_is_confirmed_by_a_code_and_removed_by_the_password()
    {
        await _host.AddAsync("ada@example.org", Roles.Viewer);
        var browser = await SignedInAsync();
        var secret = TotpSecret.Create();
        var text = new FakeTotp(TimeProvider.System).ToText(secret);

        Assert.Equal("wrong-code", await PostAsync(browser, "/account/totp", new() { ["password"] = SecurityHost.Password, ["secret"] = text, ["code"] = "x" }));
        Assert.Equal("wrong-code", await PostAsync(browser, "/account/totp", new() { ["password"] = SecurityHost.Password, ["secret"] = "none", ["code"] = "x" }));
        Assert.Equal("wrong-password", await PostAsync(browser, "/account/totp", new() { ["password"] = "a guess", ["secret"] = text, ["code"] = Code(secret) }));
        Assert.Equal("changed", await PostAsync(browser, "/account/totp", new() { ["password"] = SecurityHost.Password, ["secret"] = text, ["code"] = Code(secret) }));
        Assert.True((await _host.Users.FindByEmailAsync("ada@example.org", Cancel))!.HasTotp);

        Assert.Equal("wrong-password", await PostAsync(browser, "/account/totp/remove", new() { ["password"] = "a guess" }));
        Assert.Equal("changed", await PostAsync(browser, "/account/totp/remove", new() { ["password"] = SecurityHost.Password }));
        Assert.False((await _host.Users.FindByEmailAsync("ada@example.org", Cancel))!.HasTotp);
    }

    [Fact]
    public async Task Nothing_is_changed_by_a_stranger_or_by_a_post_of_another_site()
    {
        await _host.AddAsync("ada@example.org", Roles.Viewer);
        var form = new Dictionary<string, string> { ["password"] = SecurityHost.Password, ["next"] = Next };

        Assert.Equal(HttpStatusCode.Redirect, (await _host.Open().PostAsync("/account/password", form)).StatusCode);
        var answer = await (await SignedInAsync()).PostAsync("/account/password", new(form), withToken: false);
        Assert.Equal("expired", await answer.Content.ReadAsStringAsync(Cancel));

        Assert.Equal(HttpStatusCode.Redirect, (await _host.Open().SignInAsync("ada@example.org")).StatusCode);
        Assert.DoesNotContain(
            (await _host.Audit.ListAsync(TenantId.Default, new AuditFilter(), null, 50, Cancel)).Items, e => e.What.Action == AuditActions.UserChanged);
    }

    [Fact]
    public async Task Guessing_the_password_on_an_open_screen_locks_the_account()
    {
        await _host.AddAsync("ada@example.org", Roles.Viewer);
        var browser = await SignedInAsync();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("wrong-password", await PostAsync(browser, "/account/password", new() { ["password"] = "a guess", ["next"] = Next }));
        }

        Assert.Equal("locked", await PostAsync(browser, "/account/password", new() { ["password"] = SecurityHost.Password, ["next"] = Next }));
    }

    private async Task<SecurityHost.Browser> SignedInAsync()
    {
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");
        return browser;
    }

    private static async Task HasEndedAsync(SecurityHost.Browser browser) => Assert.Equal("nobody", await TextAsync(browser, "/who"));

    private static string Code(TotpSecret secret) => FakeTotp.CodeAt(secret, TimeProvider.System.GetUtcNow());

    private static async Task<string> PostAsync(SecurityHost.Browser browser, string path, Dictionary<string, string> form)
        => await (await browser.PostAsync(path, form)).Content.ReadAsStringAsync(Cancel);

    private static async Task<string> TextAsync(SecurityHost.Browser browser, string path)
        => await (await browser.GetAsync(path)).Content.ReadAsStringAsync(Cancel);
}
