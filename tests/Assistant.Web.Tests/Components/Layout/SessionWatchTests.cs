using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Components.Layout;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Layout;

/// <summary>A page says that its session ends before it does, and what the person does keeps it open.</summary>
public sealed class SessionWatchTests : BunitContext
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly SessionBoard _board;
    private readonly Caller _caller;
    private readonly BunitJSModuleInterop _script;

    public SessionWatchTests()
    {
        var log = new InMemoryAuditLog();
        var store = new InMemoryUserSessionStore(new InMemoryUserDirectory(log, _clock, TenantId.Default), log, _clock);
        _board = new SessionBoard(store, new SessionLimits(TimeSpan.FromHours(1), TimeSpan.FromDays(1)), _clock);
        var (user, now) = (new UserId(Guid.CreateVersion7()), _clock.GetUtcNow());
        var session = new UserSession(UserSessionId.Of(RandomToken.Create()), user, TenantId.Default, now, now, SignInMethod.Password, DeviceLook.Unknown, "192.0.2.1");
        _board.BeginAsync(session, Xunit.TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        _caller = new Caller(new Actor("user", user.ToString(), "ada@example.org"), TenantId.Default, Roles.PermissionsOf(Roles.Owner), "192.0.2.1")
        {
            Session = session.Id,
        };
        Services.AddSingleton(_board);
        Services.AddSingleton<TimeProvider>(_clock);
        _script = JSInterop.SetupModule("/console/session.js");
        _script.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void Nothing_is_said_while_there_is_time_and_the_browser_is_listened_to()
    {
        var page = Render();

        _clock.Advance(TimeSpan.FromMinutes(57));

        Assert.Empty(page.FindAll("[role=alert]"));
        Assert.Single(_script.Invocations["watch"]);
    }

    [Fact]
    public void Two_minutes_before_the_end_it_is_said_and_one_press_keeps_the_session_open()
    {
        var page = Render();
        _clock.Advance(TimeSpan.FromMinutes(58));
        page.WaitForAssertion(() => Assert.Contains("You will be signed out at 10:00:00", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));

        page.Find("button").Click();

        Assert.Empty(page.FindAll("[role=alert]"));
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True(_board.IsOpen(_caller.Session!.Value, _caller.AsUser.Id));
    }

    [Fact]
    public async Task What_the_browser_reports_keeps_the_session_open_and_its_own_life_does_not()
    {
        var page = Render();
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(50));
            await page.InvokeAsync(page.Instance.SeenAsync);
        }

        Assert.True(_board.IsOpen(_caller.Session!.Value, _caller.AsUser.Id));
        for (var i = 0; i < 60; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1)); // the page redraws itself meanwhile
        }

        Assert.False(_board.IsOpen(_caller.Session!.Value, _caller.AsUser.Id));
        await page.InvokeAsync(page.Instance.SeenAsync);
        Assert.False(_board.IsOpen(_caller.Session!.Value, _caller.AsUser.Id));
    }

    [Fact]
    public async Task At_the_end_of_the_day_it_offers_to_sign_in_again_and_come_back()
    {
        var page = Render();
        for (var i = 0; i < 47; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(30));
            await page.InvokeAsync(page.Instance.SeenAsync);
        }

        _clock.Advance(TimeSpan.FromMinutes(28));

        page.WaitForAssertion(() => Assert.Equal("account/sign-in?returnUrl=%2F", page.Find("[role=alert] a").GetAttribute("href")));
    }

    private IRenderedComponent<SessionWatch> Render() => Render<SessionWatch>(with => with.Add(watch => watch.Caller, _caller));
}
