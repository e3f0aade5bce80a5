using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Components;
using Assistant.Web.Components.Pages.Acts;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Components.Pages.Acts;

/// <summary>The page behind the link of what a person asked for.</summary>
public sealed class ActPageTests : BunitContext
{
    private static readonly Caller Account = Callers.Of("", "lin@example.org");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryHouse _house;
    private readonly PersonActDesk _acts;

    public ActPageTests()
    {
        _house = new InMemoryHouse(_clock);
        var signals = new RecordedSignals();
        var guard = new OpenGuard();
        _acts = new PersonActDesk(
            _house, _house, _house, new ForgettingDesk(_house, guard, signals, signals, new NoWorker(), _clock),
            new PersonExportDesk(_house, new PersonExport(_house, _house, _house, _house, _house, _house, _house, _clock), guard, _house, _clock), _house, _clock);
        Services.AddSingleton(_acts);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        Services.AddSingleton<IPrincipalCallers>(new OneCaller(Account));
        AddAuthorization().SetAuthorized("lin@example.org");
        Services.AddScoped<ConsoleCaller>();
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_opens_nothing_says_so_and_offers_nothing()
    {
        await AskAsync(PersonActKind.Forget);

        var page = Render<ActPage>(parameters => parameters.Add(p => p.Token, RandomToken.Create().Reveal()));

        Assert.Contains("This link opens nothing", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }

    [Fact]
    public async Task Forgetting_shows_what_would_go_and_is_asked_again_when_something_was_said()
    {
        var token = await AskAsync(PersonActKind.Forget);
        var page = Render<ActPage>(parameters => parameters.Add(p => p.Token, token));
        Assert.Equal("Forget me, \u2068Li Wei\u2069, and everything of me for good.", page.Find("#act-title").TextContent);
        await SayAsync("one thing more");

        await page.Find("button.danger").ClickAsync(new());
        Assert.Contains("Something changed since you looked.", page.Markup, StringComparison.Ordinal);
        await page.Find("button.danger").ClickAsync(new());

        Assert.Empty(page.FindAll("button.danger"));
        Assert.Null(await _acts.OpenAsync(Account, token, Cancel));
    }

    [Fact]
    public async Task Declined_it_says_so_and_opens_nothing_any_more()
    {
        var token = await AskAsync(PersonActKind.ExportJson);
        var page = Render<ActPage>(parameters => parameters.Add(p => p.Token, token));

        await page.FindAll("button").Single(button => button.TextContent == "Decline").ClickAsync(new());

        Assert.Contains("Declined: nothing was done", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
        Assert.Null(await _acts.OpenAsync(Account, token, Cancel));
    }

    private async Task<string> AskAsync(PersonActKind kind)
    {
        var conversation = await SayAsync("hello");
        var person = (await ((IConversationStore)_house).FindAsync(TenantId.Default, conversation, Cancel))!.Person;
        await _house.LinkAsync(TenantId.Default, person, Account.AsUser.Id, Draft(AuditActions.AccountLinked), Cancel);
        var row = (await ((IPeopleStore)_house).FindAsync(TenantId.Default, person, Cancel))!.Person;
        return (await _acts.AskAsync(row, conversation, kind, CultureInfo.InvariantCulture, "line", Cancel))!.Token.Reveal();
    }

    private async Task<ConversationId> SayAsync(string text)
    {
        var now = _clock.GetUtcNow();
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await _house.EnsureAsync(TenantId.Default, "Home", Cancel);
        await _house.PutAsync(line, Draft(AuditActions.ConnectionSaved), Cancel);
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = text, Chat = new ExternalChat("chat"), Sender = new ExternalSender("lin", "Li Wei", "en"), ExternalMessageId = text,
            Content = new InboundContent.Said(text), SentAt = now,
        };
        return Assert.IsType<InboxOutcome.Stored>(await _house.StoreAsync(line, message, _ => new Admission.Admit(), Cancel)).Conversation;
    }

    private AuditDraft Draft(string action) => new(TenantId.Default, _clock.GetUtcNow(), Actor.System, action, "x", "local", AuditDraft.NoDetails);

    private sealed class OneCaller(Caller caller) : IPrincipalCallers
    {
        public Caller? Find(System.Security.Claims.ClaimsPrincipal principal) => caller;
    }
}
