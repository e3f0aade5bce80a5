using System.Security.Claims;
using Assistant.Domain.Audit;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Components;
using Assistant.Web.Components.Pages.Account;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Pages.Account;

public sealed class AccountPageTests : BunitContext
{
    private const string Password = "correct horse battery";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryUserDirectory _users;
    private readonly User _ada;
    private readonly BunitJSModuleInterop _script;
    private readonly InMemoryUserSessionStore _sessions;
    private readonly SessionBoard _board;
    private readonly InMemoryKnownDeviceStore _devices;
    private readonly UserSessionId _here;

    public AccountPageTests()
    {
        var log = new InMemoryAuditLog();
        _users = new InMemoryUserDirectory(log, _clock, TenantId.Default);
        _ada = Assert.IsType<CreateUserOutcome.Created>(new UserDesk(_users, new OpenGuard(), _clock)
            .CreateAsync(UserDesk.LocalCaller(TenantId.Default), "ada@example.org", Roles.Owner, Password, null, Cancel).GetAwaiter().GetResult()).User;
        _sessions = new InMemoryUserSessionStore(_users, log, _clock);
        _board = new SessionBoard(_sessions, new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)), _clock);
        _here = BeginSession("Firefox");
        var caller = new Caller(_ada.AsActor, TenantId.Default, Roles.PermissionsOf(Roles.Owner), "192.0.2.1") { Session = _here };
        var memberships = new InMemoryMembershipStore(_users, log);
        var house = new InMemoryHouse(_clock) { Users = _users };
        house.EnsureAsync(TenantId.Default, "Home", Cancel).GetAwaiter().GetResult();
        Services.AddSingleton(new PersonAccountDesk(house, _clock));
        Services.AddSingleton(_board);
        Services.AddSingleton(new DeviceDesk(_devices = new InMemoryKnownDeviceStore(_users, log), _clock));
        Services.AddSingleton(new SessionDesk(
            _sessions, _board, _users, memberships, new InMemoryRoleStore(memberships, new InMemoryApiKeyStore(log, _clock), log), _clock));
        AddAuthorization().SetAuthorized("ada@example.org");
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton<ITotp>(new FakeTotp(_clock));
        Services.AddSingleton<IUserDirectory>(_users);
        Services.AddSingleton<IStepUpGuard>(new OpenGuard());
        Services.AddSingleton<AccountDesk>();
        Services.AddSingleton<IAuditLog>(log);
        Services.AddSingleton<IPasskeyStore>(new InMemoryPasskeyStore(_users, log));
        Services.AddSingleton<IPasskeyVerifier>(new FakePasskeyVerifier());
        Services.AddSingleton<PasskeyDesk>();
        Services.AddSingleton(new IdentityProviders([new IdentityProvider("example", "Example ID", IsMultiFactor: false)]));
        Services.AddSingleton<IExternalLoginStore>(new InMemoryExternalLoginStore(_users, log));
        Services.AddSingleton<ExternalLoginDesk>();
        Services.AddSingleton<IPrincipalCallers>(new OneCaller(caller));
        Services.AddSingleton<AntiforgeryStateProvider, Token>();
        Services.AddScoped<ConsoleCaller>();
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
        _script = JSInterop.SetupModule("/console/account.js");
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public void A_code_for_a_messenger_is_shown_once_it_is_asked_for()
    {
        var page = Render<AccountPage>();
        Assert.Empty(page.FindAll(".link-code"));

        page.FindAll("button").Single(button => button.TextContent == "Make a code").Click();

        Assert.Matches("^link [2-9A-Z]{5}-[2-9A-Z]{5}$", page.Find(".link-code").TextContent);
    }

    [Fact]
    public void It_says_who_is_signed_in_and_that_no_second_step_is_asked_for()
    {
        var page = Render<AccountPage>();

        Assert.Contains("ada@example.org", page.Markup, StringComparison.Ordinal);
        Assert.Contains("your password alone signs you in", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_are_listed_this_one_marked_and_another_is_ended_by_its_button()
    {
        var there = BeginSession("Chrome");
        var page = Render<SessionsPanel>();
        Assert.Equal(2, page.FindAll("li").Count);
        Assert.Contains("Firefox on Windows · this one", page.Markup, StringComparison.Ordinal);

        page.Find("[aria-label='End the session on Chrome on Windows']").Click();

        Assert.Equal((true, false), (_board.IsOpen(_here, _ada.Id), _board.IsOpen(there, _ada.Id)));
        Assert.Single(page.FindAll("li"));
        Assert.Contains("The session was ended.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_ends_elsewhere_leaves_the_list_that_is_looked_at()
    {
        var there = BeginSession("Chrome");
        var page = Render<SessionsPanel>();

        await _board.EndAsync(
            _ada.Id, there, SessionEnd.EndedByAdmin, UserDesk.LocalCaller(TenantId.Default).Audit(_clock.GetUtcNow(), AuditActions.SessionEnded, "user/x"), Cancel);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("li")));
    }

    [Fact]
    public void Everywhere_else_and_everywhere_end_what_they_say()
    {
        var (one, two) = (BeginSession("Chrome"), BeginSession("Safari"));
        var page = Render<SessionsPanel>();

        page.FindAll("button").Single(b => b.TextContent == "Sign out everywhere else").Click();
        Assert.Equal((true, false, false), (_board.IsOpen(_here, _ada.Id), _board.IsOpen(one, _ada.Id), _board.IsOpen(two, _ada.Id)));
        Assert.Contains("2 other sessions were ended.", page.Markup, StringComparison.Ordinal);
        page.FindAll("button").Single(b => b.TextContent == "Sign out everywhere").Click();

        Assert.False(_board.IsOpen(_here, _ada.Id));
    }

    [Fact]
    public async Task A_known_device_is_listed_and_forgotten()
    {
        var now = _clock.GetUtcNow();
        await _devices.SeeAsync(new KnownDevice(Guid.CreateVersion7(), _ada.Id, TenantId.Default, new DeviceLook("Safari", "iPhone"), "192.0.2.1", now, now, now), null, Cancel);
        var page = Render<DevicesPanel>();

        page.Find("[aria-label='Forget Safari on iPhone']").Click();

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("li")));
        Assert.Empty(await _devices.ListAsync(_ada.Id, Cancel));
    }

    private UserSessionId BeginSession(string browser)
    {
        var now = _clock.GetUtcNow();
        var session = new UserSession(
            UserSessionId.Of(RandomToken.Create()), _ada.Id, TenantId.Default, now, now, SignInMethod.Password, new DeviceLook(browser, "Windows"), "192.0.2.1");
        _board.BeginAsync(session, Cancel).GetAwaiter().GetResult();
        return session.Id;
    }

    [Fact]
    public void There_is_no_password_to_save_before_one_is_typed()
    {
        var page = Render<AccountPage>();
        Assert.True(page.Find("form:has(#next) button").HasAttribute("disabled"));

        page.Find("#next").Input("a quite different one");

        Assert.False(page.Find("form:has(#next) button").HasAttribute("disabled"));
    }

    [Fact]
    public void A_new_password_is_posted_by_the_browser_and_the_page_asked_for_again()
    {
        _script.Setup<string>("post", _ => true).SetResult("changed");
        var page = Render<AccountPage>();

        Fill(page, Password, "a quite different one", "a quite different one");

        var fields = Assert.IsType<Dictionary<string, string>>(_script.VerifyInvoke("post").Arguments[1]);
        Assert.Equal((Password, "a quite different one"), (fields["password"], fields["next"]));
        Assert.EndsWith("/account?done=password", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "a quite different one", "a quite different one", "Type your current password.")]
    [InlineData(Password, "short", "short", "Use 12 to 200 characters, at least five different ones.")]
    [InlineData(Password, "a quite different one", "another one again", "The two new passwords are not the same.")]
    public void What_is_wrong_is_said_in_its_place_and_nothing_is_posted(string current, string next, string again, string problem)
    {
        var page = Render<AccountPage>();

        Fill(page, current, next, again);

        Assert.Contains(page.FindAll(".error"), error => error.TextContent == problem);
        _script.VerifyNotInvoke("post");
    }

    [Theory]
    [InlineData("wrong-password", "That is not your current password.")]
    [InlineData("locked", "Too many wrong passwords. Wait a few minutes, then try again.")]
    public void A_refusal_is_told(string word, string problem)
    {
        _script.Setup<string>("post", _ => true).SetResult(word);
        var page = Render<AccountPage>();

        Fill(page, "not it at all", "a quite different one", "a quite different one");

        Assert.Contains(page.FindAll("[role=alert]"), alert => alert.TextContent == problem);
    }

    [Fact]
    public void A_second_step_is_shown_as_a_picture_and_as_text_and_wants_a_code_of_it()
    {
        _script.Setup<string>("post", _ => true).SetResult("changed");
        var page = Render<AccountPage>();
        page.FindAll("button").Single(b => b.TextContent == "Set up").Click();
        var secret = new FakeTotp(_clock).Read(page.Find("code.seed").TextContent)!;
        Assert.NotNull(page.Find(".qr svg"));

        page.Find("#code").Input("000000");
        page.Find("#totp-password").Input(Password);
        page.Find("form:has(#code)").Submit();
        Assert.Contains(page.FindAll(".error"), error => error.TextContent.StartsWith("That code does not match.", StringComparison.Ordinal));

        page.Find("#code").Input(FakeTotp.CodeAt(secret, _clock.GetUtcNow()));
        page.Find("form:has(#code)").Submit();

        Assert.Equal("/account/totp", _script.VerifyInvoke("post").Arguments[0]);
    }

    private static void Fill(IRenderedComponent<AccountPage> page, string current, string next, string again)
    {
        page.Find("#current").Input(current);
        page.Find("#next").Input(next);
        page.Find("#again").Input(again);
        page.Find("form:has(#next)").Submit();
    }

    private sealed class OneCaller(Caller caller) : IPrincipalCallers
    {
        public Caller? Find(ClaimsPrincipal principal) => caller;
    }

    private sealed class Token : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => new("token", "__RequestVerificationToken");
    }
}
