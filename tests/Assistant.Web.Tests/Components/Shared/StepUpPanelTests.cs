using System.Security.Claims;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components;
using Assistant.Web.Components.Pages.Account;
using Assistant.Web.Components.Shared;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Shared;

/// <summary>A person may take their time with a passkey: the browser waits for them, and so does the page.</summary>
public sealed class StepUpPanelTests : BunitContext
{
    private readonly SpokenLanguage _english = new("en");
    private readonly BunitJSModuleInterop _script;
    private readonly StepUpRequest _request;

    public StepUpPanelTests()
    {
        var (log, clock) = (new InMemoryAuditLog(), new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 9, 0, 0, TimeSpan.Zero)));
        var users = new InMemoryUserDirectory(log, clock, TenantId.Default);
        var ada = Assert.IsType<CreateUserOutcome.Created>(new UserDesk(users, new OpenGuard(), clock)
            .CreateAsync(UserDesk.LocalCaller(TenantId.Default), "ada@example.org", Roles.Owner, "correct horse battery", null, Cancel).GetAwaiter().GetResult()).User;
        var caller = new Caller(ada.AsActor, TenantId.Default, Roles.PermissionsOf(Roles.Owner), "192.0.2.1");
        var (now, passkeys, requests) = (clock.GetUtcNow(), new InMemoryPasskeyStore(users, log), new InMemoryStepUpStore(log));
        var draft = caller.Audit(now, AuditActions.PasskeyAdded, "user/x");
        passkeys.AddAsync(
            new Passkey(new PasskeyId(Guid.CreateVersion7()), TenantId.Default, ada.Id, "Key", new PasskeyCredential([1], [1], 0, [], Guid.Empty, false, false), now, null),
            draft, Cancel).GetAwaiter().GetResult();
        _request = new StepUpRequest(
            StepUpId.Create(), TenantId.Default, caller.Actor, SensitiveOperations.PersonExport.Name, "person/x", new Dictionary<string, string>(), new byte[32], now, now.AddMinutes(10));
        requests.AddAsync(_request, draft, Cancel).GetAwaiter().GetResult();
        Services.AddSingleton<TimeProvider>(clock);
        Services.AddSingleton(new PasskeyDesk(passkeys, new FakePasskeyVerifier(), users, log, clock));
        Services.AddSingleton(provider => new StepUpDesk(requests, users, provider.GetRequiredService<PasskeyDesk>(), clock));
        Services.AddSingleton<IPrincipalCallers>(new OneCaller(caller));
        Services.AddScoped<ConsoleCaller>();
        AddAuthorization().SetAuthorized("ada@example.org");
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        _script = JSInterop.SetupModule("/console/passkeys.js");
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public void Who_is_named_in_the_sentence_does_not_write_it()
    {
        var named = _request with
        {
            Shown = new Dictionary<string, string> { ["name"] = "Bob as HTML.\u2028\u202E", ["format"] = "JSON" },
        };

        var panel = Render<StepUpPanel>(parameters => parameters.Add(p => p.Request, named).Add(p => p.OnProven, () => { }).Add(p => p.OnCancel, () => { }));

        Assert.Equal("Export everything about \u2068Bob as HTML.__\u2069 as \u2068JSON\u2069.", panel.Find("p.breakable").TextContent);
    }

    [Fact]
    public void A_request_that_is_not_found_may_be_over_or_of_another_tenant_or_not_for_the_role()
    {
        Assert.Contains("Export everything about", Render<StepUpPage>(p => p.Add(page => page.Id, _request.Id.Value)).Markup, StringComparison.Ordinal);

        var missing = Render<StepUpPage>(p => p.Add(page => page.Id, Guid.CreateVersion7())).Find(".empty").TextContent;

        Assert.All(["is over", "another tenant", "your role"], may => Assert.Contains(may, missing, StringComparison.Ordinal));
    }

    [Fact]
    public void A_proof_that_took_too_long_is_told_and_can_be_tried_again()
    {
        var asked = _script.Setup<string>("sign", _ => true);
        var panel = Render<StepUpPanel>(parameters => parameters.Add(p => p.Request, _request).Add(p => p.OnProven, () => { }).Add(p => p.OnCancel, () => { }));

        panel.Find("button[type=button]").Click();
        asked.SetCanceled();

        panel.WaitForAssertion(() => Assert.Contains("Nothing was confirmed", panel.Find("#step-up-problem").TextContent, StringComparison.Ordinal));
        Assert.False(panel.Find("button[type=button]").HasAttribute("disabled"));
        WaitsAsLongAsTheChallenge("sign");
    }

    [Fact]
    public void A_new_passkey_that_took_too_long_is_told_and_can_be_tried_again()
    {
        var asked = _script.Setup<string>("add", _ => true);
        var panel = Render<PasskeysPanel>();
        panel.FindAll("button").Single(button => button.TextContent == "Add a passkey").Click();
        panel.Find("#passkey-password").Input("correct horse battery");

        panel.Find("form:has(#passkey-password)").Submit();
        asked.SetCanceled();

        panel.WaitForAssertion(() => Assert.Contains("No passkey was created", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.False(panel.Find("button[type=submit]").HasAttribute("disabled"));
        WaitsAsLongAsTheChallenge("add");
    }

    /// <summary>Blazor's own patience is a minute, which only a call with a time of its own does without.</summary>
    private void WaitsAsLongAsTheChallenge(string function)
        => Assert.True(_script.VerifyInvoke(function).CancellationToken?.CanBeCanceled);

    protected override void Dispose(bool disposing)
    {
        _english.Dispose();
        base.Dispose(disposing);
    }

    private sealed class OneCaller(Caller caller) : IPrincipalCallers
    {
        public Caller? Find(ClaimsPrincipal principal) => caller;
    }
}
