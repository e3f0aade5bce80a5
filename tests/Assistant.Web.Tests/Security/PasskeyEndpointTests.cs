using System.Net;
using System.Text.Json;
using Assistant.Domain.Security;
using Assistant.Testing.InMemory;

namespace Assistant.Web.Tests.Security;

public sealed class PasskeyEndpointTests : IAsyncLifetime
{
    private static readonly byte[] Credential = [1, 2, 3, 4];

    private SecurityHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SecurityHost.StartAsync();
        await _host.AddAsync("ada@example.org", Roles.Viewer);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_passkey_is_added_with_the_password_and_signs_in_to_the_page_asked_for()
    {
        await AddAsync();
        var browser = _host.Open();

        var answer = await SignInAsync(browser, signCount: 1, returnUrl: "/people");

        Assert.Equal("/people", answer.Headers.Location!.ToString());
        Assert.StartsWith("user ada@example.org", await TextAsync(browser.GetAsync("/who")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adding_wants_the_password_and_a_session()
    {
        var browser = await SignedInAsync();

        Assert.Equal("wrong-password", await PostAsync(browser, "/account/passkeys/begin", new() { ["password"] = "a guess" }));
        Assert.Equal(HttpStatusCode.Redirect, (await _host.Open().PostAsync("/account/passkeys/begin", new() { ["password"] = SecurityHost.Password })).StatusCode);
        Assert.Equal("invalid-passkey", await PostAsync(browser, "/account/passkeys/complete", new() { ["ceremony"] = "none", ["credential"] = "{}", ["name"] = "x" }));
    }

    [Fact]
    public async Task What_is_wrong_with_an_answer_does_not_show()
    {
        await AddAsync();
        var unknown = await PostSignInAsync(_host.Open(), (Guid.CreateVersion7().ToString(), "{}"), "{}");
        var wrong = await SignInAsync(_host.Open(), signCount: 1, tamper: text => text.Replace("\"Challenge\":\"", "\"Challenge\":\"x", StringComparison.Ordinal));
        var copy = await SignInAsync(_host.Open(), signCount: 9);
        copy = await SignInAsync(_host.Open(), signCount: 4);

        foreach (var answer in new[] { unknown, wrong, copy })
        {
            Assert.Equal("/account/sign-in?problem=passkey", answer.Headers.Location!.ToString());
        }
    }

    [Fact]
    public async Task Posts_of_other_sites_do_nothing()
    {
        var browser = _host.Open();

        Assert.Equal("expired", await TextAsync(browser.PostAsync("/account/sign-in/passkey/begin", [], withToken: false)));
        Assert.Equal("/account/sign-in?problem=expired", (await browser.PostAsync("/account/sign-in/passkey", [], withToken: false)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Trying_is_slowed_down()
    {
        var browser = _host.Open();
        for (var i = 0; i < 10; i++)
        {
            await PostSignInAsync(browser, ("none", "{}"), "{}");
        }

        Assert.Equal("/account/sign-in?problem=locked", (await PostSignInAsync(browser, ("none", "{}"), "{}")).Headers.Location!.ToString());
    }

    [Fact]
    public async Task Revoking_wants_the_password_and_keeps_this_session()
    {
        var browser = await AddAsync();
        var user = (await _host.Users.FindByEmailAsync("ada@example.org", Cancel))!;
        var id = (await _host.Passkeys.ListAsync(user.Tenant, user.Id, Cancel))[0].Id.ToString();

        Assert.Equal("changed", await PostAsync(browser, "/account/passkeys/rename", new() { ["id"] = id, ["name"] = "Blue key" }));
        Assert.Equal("Blue key", (await _host.Passkeys.ListAsync(user.Tenant, user.Id, Cancel))[0].Name);
        Assert.Equal("wrong-password", await PostAsync(browser, "/account/passkeys/revoke", new() { ["id"] = id, ["password"] = "a guess" }));
        Assert.Equal("changed", await PostAsync(browser, "/account/passkeys/revoke", new() { ["id"] = id, ["password"] = SecurityHost.Password }));

        Assert.Empty(await _host.Passkeys.ListAsync(user.Tenant, user.Id, Cancel));
        Assert.StartsWith("user ada@example.org", await TextAsync(browser.GetAsync("/who")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recovery_codes_are_shown_to_who_knows_the_password_and_one_of_them_signs_in()
    {
        var secret = TotpSecret.Create();
        await _host.AddAsync("bob@example.org", Roles.Viewer, secret);
        var browser = _host.Open();
        await browser.SignInAsync("bob@example.org", code: FakeTotp.CodeAt(secret, TimeProvider.System.GetUtcNow()));

        Assert.Equal("wrong-password", await PostAsync(browser, "/account/recovery-codes", new() { ["password"] = "a guess" }));
        var codes = JsonSerializer.Deserialize<string[]>(await PostAsync(browser, "/account/recovery-codes", new() { ["password"] = SecurityHost.Password }))!;

        Assert.Equal(RecoveryCode.SetSize, codes.Distinct().Count());
        Assert.StartsWith("user bob@example.org", await TextAsync(browser.GetAsync("/who")), StringComparison.Ordinal);
        Assert.Equal("/", (await _host.Open().SignInAsync("bob@example.org", code: codes[0])).Headers.Location!.ToString());
        Assert.StartsWith("/account/sign-in?problem=failed", (await _host.Open().SignInAsync("bob@example.org", code: codes[0])).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private async Task<SecurityHost.Browser> AddAsync()
    {
        var browser = await SignedInAsync();
        var (ceremony, options) = Read(await PostAsync(browser, "/account/passkeys/begin", new() { ["password"] = SecurityHost.Password }));
        var form = new Dictionary<string, string> { ["ceremony"] = ceremony, ["credential"] = FakePasskeyVerifier.Answer(options, Credential), ["name"] = "Phone" };
        Assert.Equal("changed", await PostAsync(browser, "/account/passkeys/complete", form));
        return browser;
    }

    private static async Task<HttpResponseMessage> SignInAsync(
        SecurityHost.Browser browser, uint signCount, string returnUrl = "/", Func<string, string>? tamper = null)
    {
        var begun = Read(await PostAsync(browser, "/account/sign-in/passkey/begin", []));
        var answer = FakePasskeyVerifier.Answer(begun.Options, Credential, signCount);
        return await PostSignInAsync(browser, begun, tamper?.Invoke(answer) ?? answer, returnUrl);
    }

    private static Task<HttpResponseMessage> PostSignInAsync(
        SecurityHost.Browser browser, (string Ceremony, string Options) begun, string answer, string returnUrl = "/")
        => browser.PostAsync("/account/sign-in/passkey", new() { ["ceremony"] = begun.Ceremony, ["credential"] = answer, ["returnUrl"] = returnUrl });

    private async Task<SecurityHost.Browser> SignedInAsync()
    {
        var browser = _host.Open();
        await browser.SignInAsync("ada@example.org");
        return browser;
    }

    private static (string Ceremony, string Options) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return (document.RootElement.GetProperty("ceremony").GetString()!, document.RootElement.GetProperty("options").GetRawText());
    }

    private static async Task<string> PostAsync(SecurityHost.Browser browser, string path, Dictionary<string, string> form)
        => await TextAsync(browser.PostAsync(path, form));

    private static async Task<string> TextAsync(Task<HttpResponseMessage> answer) => await (await answer).Content.ReadAsStringAsync(Cancel);
}
