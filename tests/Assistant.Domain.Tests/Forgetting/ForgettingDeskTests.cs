using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Domain.Tests.Forgetting;

/// <summary>Looking, agreeing, and what is done about what is under way.</summary>
public sealed class ForgettingDeskTests
{
    private static readonly Caller Owner = Callers.Of(Roles.Owner, "Ada");

    private readonly HouseWithPeople _house = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Roles.Owner, true)]
    [InlineData(Roles.Admin, true)]
    [InlineData(Roles.Operator, false)]
    [InlineData(Roles.FlowAuthor, false)]
    [InlineData(Roles.Auditor, false)]
    [InlineData(Roles.Viewer, false)]
    public async Task Owners_and_administrators_forget_and_nobody_else(string role, bool may)
    {
        var (person, _) = await _house.SayAsync("hello");
        var (caller, desk) = (Callers.Of(role, "Bo"), _house.Desk());
        Func<Task>[] acts =
        [
            () => desk.PreviewAsync(caller, ErasureScope.Of(person), Cancel), () => desk.ForgetAsync(caller, ErasureScope.Of(person), "", Cancel),
            () => desk.ListAsync(caller, null, 10, Cancel), () => desk.FindAsync(caller, ErasureId.Create(), Cancel),
            () => _house.Exports().AskAsync(caller, person, PersonExportFormat.Json, Cancel),
        ];

        foreach (var act in acts)
        {
            Assert.Equal(may, await Record.ExceptionAsync(act) is not PermissionDeniedException);
        }
    }

    [Fact]
    public async Task What_was_agreed_to_goes_and_what_was_under_way_is_stopped_first()
    {
        var (person, _) = await _house.SayAsync("hello");
        var desk = _house.Desk();
        var preview = (await desk.PreviewAsync(Owner, ErasureScope.Of(person), Cancel))!;

        var begun = Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), preview.Digest, Cancel));

        Assert.Equal((1, ErasureState.Running, "Ada"), (_house.Worker.Woken, begun.Erasure.State, begun.Erasure.By.Name));
        Assert.Equal(["halted", "settled", "wake"], _house.Signals.Log);
        Assert.Null(await desk.PreviewAsync(Owner, ErasureScope.Of(person), Cancel));
        Assert.Equal(begun.Erasure, (await desk.ListAsync(Owner, null, 10, Cancel)).Items[0]);
        Assert.IsType<ForgetOutcome.NotFound>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), preview.Digest, Cancel));
    }

    [Fact]
    public async Task A_message_said_meanwhile_has_to_be_looked_at_before_any_proof_is_spent()
    {
        var (person, _) = await _house.SayAsync("hello");
        var guard = new CountingGuard();
        var desk = _house.Desk(guard);
        var looked = (await desk.PreviewAsync(Owner, ErasureScope.Of(person), Cancel))!;
        await _house.SayAsync("wait!");

        var changed = Assert.IsType<ForgetOutcome.Changed>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), looked.Digest, Cancel));

        Assert.Empty(guard.Demanded);
        Assert.Equal([(Forgettable.Messages, 1L, 2L)], looked.ChangesTo(changed.Now));
        Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), changed.Now.Digest, Cancel));
        Assert.Single(guard.Demanded);
    }

    [Fact]
    public async Task A_message_said_while_it_was_being_proven_has_to_be_looked_at_too()
    {
        var (person, _) = await _house.SayAsync("hello");
        var desk = _house.Desk(new CountingGuard(() => _house.SayAsync("one more")));
        var looked = (await desk.PreviewAsync(Owner, ErasureScope.Of(person), Cancel))!;

        Assert.IsType<ForgetOutcome.Changed>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), looked.Digest, Cancel));
        Assert.Empty(await _house.EventsAsync(AuditActions.ErasureBegun));
    }

    [Fact]
    public async Task The_proof_is_for_this_scope_and_this_preview()
    {
        var (person, conversation) = await _house.SayAsync("hello");
        var guard = new CountingGuard();
        var desk = _house.Desk(guard);
        foreach (var scope in new[] { ErasureScope.Of(conversation, 1), ErasureScope.Of(conversation), ErasureScope.Of(person) })
        {
            if (await desk.PreviewAsync(Owner, scope, Cancel) is { } preview)
            {
                await desk.ForgetAsync(Owner, scope, preview.Digest, Cancel);
            }
        }

        Assert.Equal(["message.forget", "conversation.forget", "person.forget"], guard.Demanded.Select(o => o.What.Name));
        Assert.Equal([$"conversation/{conversation}/1", $"conversation/{conversation}", $"person/{person}"], guard.Demanded.Select(o => o.Subject));
        Assert.Equal(3, guard.Demanded.Select(o => Convert.ToHexString(o.Hash())).Distinct().Count());
        Assert.All(guard.Demanded, o => Assert.Contains(o.Arguments, a => a.Name == "digest" && a.Value.Length == 64));
    }

    [Fact]
    public async Task A_run_ends_in_a_certificate_that_says_what_the_log_says()
    {
        var (person, _) = await _house.SayAsync("hello");
        var desk = _house.Desk();
        var preview = (await desk.PreviewAsync(Owner, ErasureScope.Of(person), Cancel))!;
        var id = Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(Owner, ErasureScope.Of(person), preview.Digest, Cancel)).Erasure.Id;
        var runner = new ErasureRunner(_house.House, _house.House, new FakeCheckpointSigner(), new Settled(), _house.Clock);

        var done = (await runner.RunAsync(HouseWithPeople.Home, id, Cancel))!;
        var again = (await runner.RunAsync(HouseWithPeople.Home, id, Cancel))!;

        Assert.Equal(done, again);
        Assert.Null(await runner.RunAsync(new("other"), id, Cancel));
        var erased = Assert.Single(await _house.EventsAsync(AuditActions.Erased));
        Assert.Equal(preview.Counts.All.ToDictionary(c => ErasureCounts.Name(c.Key), c => c.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            erased.What.Details.Where(d => d.Key is not ("erasure" or "keysDestroyed")).ToDictionary());
        var text = SignedNote.Parse(done.Certificate!).Text;
        Assert.StartsWith(ForgettingCertificate.Title + "\nlog ", text, StringComparison.Ordinal);
        Assert.Contains($"\nerased-event {erased.Seq} {Convert.ToHexStringLower(erased.Hash.Span)}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nstorage overwritten\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncount messages 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Li Wei", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_are_read_as_they_were_written()
    {
        var counts = ErasureCounts.None.Plus(Forgettable.Notes, 2).Plus(Forgettable.SearchPostings, 30).Plus(Forgettable.Turns, 0);

        Assert.Equal("""{"notes":2,"searchPostings":30}""", counts.ToString());
        Assert.Equal(counts, ErasureCounts.Parse(counts.ToString()));
        Assert.Equal((32, 0), (counts.Total, counts[Forgettable.Turns]));
    }

    [Fact]
    public void The_digest_is_over_scope_counts_and_places_and_not_over_what_follows_by_itself()
    {
        var scope = ErasureScope.Of(PersonId.Create());
        var counts = ErasureCounts.None.Plus(Forgettable.Messages, 2);
        var places = new List<(Guid, long)> { (Guid.CreateVersion7(), 2) };
        var digest = ErasurePreview.DigestOf(scope, counts, places);

        Assert.Equal(digest, ErasurePreview.DigestOf(scope, counts.Plus(Forgettable.SearchPostings, 5), places));
        Assert.NotEqual(digest, ErasurePreview.DigestOf(scope, counts.Plus(Forgettable.Facts, 1), places));
        Assert.NotEqual(digest, ErasurePreview.DigestOf(ErasureScope.Of(PersonId.Create()), counts, places));
        Assert.NotEqual(digest, ErasurePreview.DigestOf(scope, counts, [(places[0].Item1, 3)]));
    }

    private sealed class Settled : IStorageRest
    {
        public Task<StorageRest> SettleAsync(CancellationToken cancellationToken) => Task.FromResult(StorageRest.Overwritten);
    }

    /// <summary>Lets everybody through and remembers what wanted proof.</summary>
    private sealed class CountingGuard(Func<Task>? meanwhile = null) : IStepUpGuard
    {
        public List<BoundOperation> Demanded { get; } = [];

        public Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
        {
            Demanded.Add(operation);
            return meanwhile?.Invoke() ?? Task.CompletedTask;
        }
    }
}
