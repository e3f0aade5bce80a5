using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.People;

public sealed class PairingDeskTests : PathContract
{
    private static readonly Caller Ann = Callers.Of(Roles.Operator, "Ann");

    private readonly RecordingSignals _executor = new();
    private readonly HandedOver _outbox = new();
    private readonly InMemoryLiveFeed _live = new();
    private Connection? _line;
    private PairingDesk? _desk;

    private PairingDesk Desk => _desk ??= new PairingDesk(Ports.People, _executor, _outbox, _live, Ports.Clock);

    [Theory]
    [InlineData("zh-Hans", "您已通过批准")]
    [InlineData("fr", "You have been approved")]
    [InlineData(null, "You have been approved")]
    public async Task Who_is_approved_is_let_in_and_told_in_their_language(string? locale, string words)
    {
        var (request, conversation) = await AskAsync(locale);

        Assert.True(await Desk.DecideAsync(Ann, request.Id, PairingDecision.Approve, Cancel));

        Assert.StartsWith(words, (await ThreadAsync(Home, conversation))[^1].Body.Markdown, StringComparison.Ordinal);
        Assert.Equal([(conversation, null)], _outbox.Rows);
        Assert.Equal([conversation], _executor.Woken);
        Assert.Equal(
            [new LiveEvent.ConversationChanged(Home, conversation), new LiveEvent.PairingChanged(Home)], _live.Published);
        Assert.IsType<InboxOutcome.Stored>(await SayAsync("2", locale));
    }

    [Fact]
    public async Task Who_is_declined_is_told_so_and_may_ask_again()
    {
        var (request, conversation) = await AskAsync();

        Assert.True(await Desk.DecideAsync(Ann, request.Id, PairingDecision.Decline, Cancel));

        Assert.StartsWith("Your request was declined.", (await ThreadAsync(Home, conversation))[^1].Body.Markdown, StringComparison.Ordinal);
        Assert.NotNull(Assert.IsType<InboxOutcome.PairingOpen>(await SayAsync("2")).Conversation);
        Assert.NotEqual(request.Id, Assert.Single(await Desk.ListAsync(Ann, Cancel)).Id);
    }

    [Fact]
    public async Task Who_is_blocked_is_told_nothing_and_not_heard_any_more()
    {
        var (request, conversation) = await AskAsync();
        var before = (await ThreadAsync(Home, conversation)).Count;

        Assert.True(await Desk.DecideAsync(Ann, request.Id, PairingDecision.Block, Cancel));

        Assert.Equal(before, (await ThreadAsync(Home, conversation)).Count);
        Assert.Empty(_outbox.Rows);
        Assert.Equal([new LiveEvent.PairingChanged(Home)], _live.Published);
        Assert.IsType<InboxOutcome.NotAdmitted>(await SayAsync("2"));
    }

    [Theory]
    [InlineData(PairingDecision.Approve, AuditActions.PairingApproved, "approved")]
    [InlineData(PairingDecision.Decline, AuditActions.PairingDeclined, "unknown")]
    [InlineData(PairingDecision.Block, AuditActions.PairingDeclined, "blocked")]
    public async Task A_decision_is_recorded_with_who_made_it_and_from_where(PairingDecision decision, string action, string standing)
    {
        var (request, _) = await AskAsync();

        await Desk.DecideAsync(Ann, request.Id, decision, Cancel);

        var recorded = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == action).What;
        Assert.Equal(("Ann", "192.0.2.7", $"person/{request.Person}"), (recorded.Actor.Name, recorded.Origin, recorded.Subject));
        Assert.Equal(("pairing-line", standing), (recorded.Details["connection"], recorded.Details["standing"]));
    }

    [Fact]
    public async Task A_request_is_decided_once_and_not_after_it_expired()
    {
        var (request, _) = await AskAsync();
        Assert.True(await Desk.DecideAsync(Ann, request.Id, PairingDecision.Decline, Cancel));

        Assert.False(await Desk.DecideAsync(Ann, request.Id, PairingDecision.Approve, Cancel));
        await SayAsync("2");
        var late = Assert.Single(await Desk.ListAsync(Ann, Cancel));
        Ports.Clock.Advance(TimeSpan.FromHours(2));
        Assert.False(await Desk.DecideAsync(Ann, late.Id, PairingDecision.Approve, Cancel));

        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.PairingApproved);
        Assert.IsNotType<InboxOutcome.Stored>(await SayAsync("3"));
    }

    [Fact]
    public async Task Another_tenants_operator_sees_and_decides_nothing()
    {
        var (request, _) = await AskAsync();
        var stranger = Callers.Of(Roles.Admin, tenant: Office.Value);

        Assert.Empty(await Desk.ListAsync(stranger, Cancel));
        Assert.Null(await Desk.FindPersonAsync(stranger, request.Person, Cancel));
        Assert.Empty((await Desk.ListPeopleAsync(stranger, null, null, 10, Cancel)).Items);
        Assert.False(await Desk.DecideAsync(stranger, request.Id, PairingDecision.Approve, Cancel));
        Assert.False(await Desk.SetStandingAsync(stranger, request.Person, request.Connection, Standing.Approved, Cancel));

        Assert.Empty(_live.Published);
        Assert.IsType<InboxOutcome.PairingOpen>(await SayAsync("2"));
    }

    [Fact]
    public async Task A_viewer_may_look_but_decide_nothing()
    {
        var (request, _) = await AskAsync();
        var viewer = Callers.Of(Roles.Viewer);

        Assert.Single(await Desk.ListAsync(viewer, Cancel));
        Assert.NotNull(await Desk.FindPersonAsync(viewer, request.Person, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.DecideAsync(viewer, request.Id, PairingDecision.Approve, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(
            () => Desk.SetStandingAsync(viewer, request.Person, request.Connection, Standing.Approved, Cancel));

        Assert.IsType<InboxOutcome.PairingOpen>(await SayAsync("2"));
    }

    [Fact]
    public async Task Who_may_do_nothing_does_not_even_look()
    {
        var nobody = Callers.Of("nobody");

        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.ListAsync(nobody, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.ListPeopleAsync(nobody, null, null, 10, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.FindPersonAsync(nobody, PersonId.Create(), Cancel));
    }

    [Fact]
    public async Task A_person_is_blocked_and_let_in_again_on_one_line()
    {
        var (request, _) = await AskAsync();

        Assert.True(await Desk.SetStandingAsync(Ann, request.Person, request.Connection, Standing.Approved, Cancel));
        Assert.IsType<InboxOutcome.Stored>(await SayAsync("2"));
        Assert.True(await Desk.SetStandingAsync(Ann, request.Person, request.Connection, Standing.Blocked, Cancel));
        Assert.IsType<InboxOutcome.NotAdmitted>(await SayAsync("3"));

        Assert.Equal(2, _live.Published.OfType<LiveEvent.PairingChanged>().Count());
        Assert.Equal(
            ["approved", "blocked"],
            (await AuditOfAsync(Home)).Where(e => e.What.Action == AuditActions.StandingChanged).Select(e => AuditChanges.Read(e.What.Details).Single().After));
    }

    [Theory]
    [InlineData(Standing.Pending)]
    [InlineData((Standing)99)]
    public async Task A_standing_no_operator_gives_is_refused(Standing standing)
    {
        var (request, _) = await AskAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Desk.SetStandingAsync(Ann, request.Person, request.Connection, standing, Cancel));

        Assert.Empty(_live.Published);
    }

    [Fact]
    public async Task A_standing_of_somebody_unknown_is_not_set()
    {
        await AskAsync();

        Assert.False(await Desk.SetStandingAsync(Ann, PersonId.Create(), _line!.Id, Standing.Approved, Cancel));

        Assert.Empty(_live.Published);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private async Task<(PairingRequest Request, ConversationId Conversation)> AskAsync(string? locale = "en")
    {
        _line = await ConnectAsync(Home, "pairing-line", AccessPolicy.Pairing);
        var asked = Assert.IsType<InboxOutcome.PairingOpen>(await SayAsync("1", locale));
        return (Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel)), asked.Conversation!.Value);
    }

    private Task<InboxOutcome> SayAsync(string id, string? locale = "en")
        => StoreAsync(_line!, Said(_line!, id, "hello") with { Sender = new ExternalSender("user-1", "Li Wei", locale) });
}
