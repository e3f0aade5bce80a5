using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tests.Conversations;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.People.Acts;

/// <summary>A house in which people ask for sensitive acts, with real step-up and a clock of its own.</summary>
public abstract class ActRig : TurnRig
{
    private readonly InMemoryAuditLog _log = new();
    private readonly TotpSecret _seed = TotpSecret.Create();
    private SetupGate? _setup;

    protected InMemoryHouse House { get; private set; } = null!;

    protected PersonAccountDesk Accounts { get; private set; } = null!;

    protected PersonActDesk Acts { get; private set; } = null!;

    protected StepUpDesk StepUps { get; private set; } = null!;

    protected ForgettingDesk Forgetting { get; private set; } = null!;

    protected PersonExportDesk Exports { get; private set; } = null!;

    protected PublicAddress Address { get; set; } = new(new Uri("https://assistant.example/"));

    protected PersonLinkDesk Links { get; private set; } = null!;

    protected ReachDesk Reach => new(House, House, House, Line, Outbox, Live, Ports.Clock);

    protected override PersonCommands Commands => new(Acts, Accounts, Links, Reach, Address);

    protected override ContinuedHistory Continued => new(House, House, House);

    protected override async Task<PathPorts> OpenAsync()
    {
        var ports = await MemoryPorts.OpenAsync();
        House = (InMemoryHouse)ports.People;
        var store = new InMemoryStepUpStore(_log);
        _setup = new SetupGate(ports.Users, ports.Clock);
        var guard = new StepUpGuard(store, _setup, ports.Clock);
        Forgetting = new ForgettingDesk(House, guard, new RecordedSignals(), Outbox, new NoWorker(), ports.Clock);
        Exports = new PersonExportDesk(House, new PersonExport(House, House, House, House, House, House, House, ports.Clock), guard, House, ports.Clock);
        Accounts = new PersonAccountDesk(House, ports.Clock);
        Links = new PersonLinkDesk(House, House, House, new QuietLine(), ports.Clock);
        Acts = new PersonActDesk(House, House, House, Forgetting, Exports, House, ports.Clock);
        var passkeys = new PasskeyDesk(new InMemoryPasskeyStore(House.Users!, _log), new FakePasskeyVerifier(), House.Users!, _log, ports.Clock);
        StepUps = new StepUpDesk(store, House.Users!, passkeys, ports.Clock, House);
        return ports;
    }

    /// <summary>A user at home in the first tenant, without a role unless one is named.</summary>
    protected async Task<Caller> UserAsync(string email, string role = "")
    {
        var user = new NewUser(new UserId(Guid.CreateVersion7()), Home, email, role, "correct horse battery", _seed);
        var created = Assert.IsType<CreateUserOutcome.Created>(
            await Ports.Users.CreateAsync(user, false, Draft(Home, AuditActions.UserCreated, "user/x"), Cancel)).User;
        return new Caller(created.AsActor, Home, Roles.PermissionsOf(role), "192.0.2.7");
    }

    /// <summary>Says something and returns what the product or the assistant answers.</summary>
    protected async Task<string> AskAsync(string text, string sender = "lin", string chat = "", Connection? line = null)
    {
        var conversation = await HearAsync(line ?? HomeLine, $"{Guid.CreateVersion7()}", text, chat.Length > 0 ? chat : $"chat-{sender}", sender);
        await RunAsync(conversation);
        Heard = conversation;
        return (await ThreadAsync(Home, conversation))[^1].Body.Markdown;
    }

    /// <summary>Where <see cref="AskAsync"/> spoke last.</summary>
    protected ConversationId Heard { get; private set; }

    protected async Task<PersonId> PersonOfAsync(ConversationId conversation) => (await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person;

    /// <summary>Links the account with the sender by a code, as people do.</summary>
    protected async Task<PersonId> LinkAsync(Caller account, string sender = "lin")
    {
        await AskAsync($"link {(await Accounts.OfferAsync(account, Cancel)).Reveal()}", sender);
        return await PersonOfAsync(Heard);
    }

    /// <summary>The token of the link in an answer.</summary>
    protected static string TokenIn(string answer)
    {
        var link = answer.Split('\n').Single(line => line.StartsWith("https://assistant.example/act/", StringComparison.Ordinal));
        return link[(link.LastIndexOf('/') + 1)..];
    }

    /// <summary>Tries the act, proves what it wants with a code, and returns who may do it now.</summary>
    protected async Task<Caller> ProvenAsync(Caller caller, Func<Caller, Task> act)
    {
        var wanted = (await Assert.ThrowsAsync<StepUpRequiredException>(() => act(caller))).Request;
        Assert.Equal(StepUpOutcome.Proven, await ProveAsync(caller, wanted));
        return caller with { Proof = wanted.Id };
    }

    protected Task<StepUpOutcome> ProveAsync(Caller caller, StepUpRequest wanted)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(30)); // a code is taken once
        return StepUps.ProveByCodeAsync(caller.In(wanted.Tenant), wanted.Id, FakeTotp.CodeAt(_seed, Ports.Clock.GetUtcNow()), Cancel);
    }

    protected async Task<IReadOnlyList<string>> RefusalsAsync()
        => [.. (await AuditOfAsync(Home)).Where(e => e.What.Action == AuditActions.PersonActRefused).Select(e => e.What.Details["reason"])];
}
