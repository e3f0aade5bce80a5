using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class CheckpointDeskTests : IDisposable
{
    private static readonly TenantId Home = TenantId.Default;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly FakeCheckpointSigner _signer = new();
    private readonly AuditAlarm _alarm = new();
    private readonly Memory _memory = new();
    private readonly InMemoryCheckpointStore _store = new();
    private readonly InMemoryAuditTreeStore _tiles = new();
    private InMemoryAuditLog _log = new();
    private CheckpointDesk _desk;

    public CheckpointDeskTests() => _desk = Open(_log, _tiles);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_checkpoint_states_the_tree_and_bears_the_logs_signature()
    {
        Append(5);

        var made = Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(Home, Cancel)).Checkpoint;

        var note = SignedNote.Parse(made.Note);
        Assert.True(_signer.Verify(note, await _signer.ReadKeyAsync(Home, Cancel)));
        Assert.Equal(("assistant/test/default", 5L), (made.Head.Origin, made.Head.Size));
        Assert.Equal(made.Head.Text, note.Text);
        Assert.Equal(made.Head.Root.ToArray(), TreeHead.Parse(note.Text).Root.ToArray());
    }

    [Fact]
    public async Task Nothing_new_needs_no_new_checkpoint()
    {
        Assert.Null(Assert.IsType<CheckpointOutcome.Unchanged>(await _desk.SignAsync(Home, Cancel)).Last);
        Append(2);
        await SignedAsync();

        Assert.Equal(2, Assert.IsType<CheckpointOutcome.Unchanged>(await _desk.SignAsync(Home, Cancel)).Last!.Head.Size);
        Assert.Single(_store.Checkpoints);
    }

    [Fact]
    public async Task An_event_is_proven_by_the_first_checkpoint_that_covers_it()
    {
        Append(3);
        await SignedAsync();
        Append(4);
        await SignedAsync();
        Append(1);

        for (var seq = 1; seq <= 7; seq++)
        {
            var proof = (await _desk.ProveAsync(Home, seq, Cancel))!;
            var head = TreeHead.Parse(SignedNote.Parse(proof.Checkpoint.Note).Text);
            Assert.Equal(seq <= 3 ? 3 : 7, head.Size);
            Assert.True(MerkleTree.VerifyInclusion(MerkleTree.LeafHash(proof.Event.Hash.Span), seq - 1, head.Size, proof.Proof, head.Root.Span));
        }

        Assert.Null(await _desk.ProveAsync(Home, 8, Cancel));
        Assert.Null(await _desk.ProveAsync(Home, 0, Cancel));
        Assert.Null(await _desk.ProveAsync(new TenantId("other"), 1, Cancel));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(9)]
    public async Task An_edited_event_is_not_signed(long seq)
    {
        Append(6);
        await SignedAsync();
        Append(4);
        _log.Tamper(seq, what => what with { Subject = "user/mallory" });

        await RefusedAsync(CheckpointRefusal.Diverged, seq);
    }

    [Fact]
    public async Task An_old_backup_is_noticed_by_the_memory_outside()
    {
        Append(6);
        await SignedAsync();
        Append(3);
        await SignedAsync();

        // The database of six events comes back whole: log, tree and checkpoints.
        Restore(6);
        _store.Checkpoints = [_store.Checkpoints[0]];

        await RefusedAsync(CheckpointRefusal.RolledBack, 7);
    }

    [Fact]
    public async Task A_backup_that_went_on_differently_is_noticed_by_the_memory_outside()
    {
        Append(6);
        await SignedAsync();
        Append(3);
        await SignedAsync();

        Restore(6);
        _store.Checkpoints = [_store.Checkpoints[0]];
        Append(20, "other");

        await RefusedAsync(CheckpointRefusal.Forked, 9);
    }

    [Fact]
    public async Task A_history_written_anew_is_noticed_by_the_checkpoint_in_the_database_too()
    {
        Append(6);
        await SignedAsync();
        _memory.Note = null;
        _log = new InMemoryAuditLog();
        Append(8, "forged");
        Reopen();

        await RefusedAsync(CheckpointRefusal.Forked, 6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_somebody_else_signs_meanwhile_is_no_old_copy(bool asTheDatabaseIsAsked)
    {
        Append(3);
        await SignedAsync();
        Append(2);
        var (busy, tiles) = (new Busy(_store, _memory), new InMemoryAuditTreeStore());
        using var desk = new CheckpointDesk(_log, new AuditTree(_log, tiles), busy, _signer, [busy], _alarm, _clock, NullLogger<CheckpointDesk>.Instance);
        var isOnce = false;
        busy.Meanwhile = async inDatabase =>
        {
            if (inDatabase != asTheDatabaseIsAsked || isOnce)
            {
                return;
            }

            isOnce = true;
            Append(1);
            await SignedAsync();
        };

        Assert.IsNotType<CheckpointOutcome.Refused>(await desk.SignAsync(Home, Cancel));

        Assert.True(isOnce);
        Assert.Empty(_alarm.Refused);
        Assert.DoesNotContain(await EventsAsync(), e => e.What.Action == AuditActions.AuditAlarm);
    }

    [Fact]
    public async Task A_checkpoint_of_another_key_or_without_sense_stops_the_signing()
    {
        Append(2);
        _memory.Note = SignedNote.Format("assistant/test/default\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", new CheckpointKey("assistant/test/default", new byte[32]), new byte[64]);
        await RefusedAsync(CheckpointRefusal.Unreadable, 0);

        _memory.Note = "garbage";
        Assert.IsType<CheckpointOutcome.Refused>(await _desk.SignAsync(Home, Cancel));
    }

    [Fact]
    public async Task The_alarm_is_an_event_once_and_ends_when_the_trouble_does()
    {
        Append(2);
        _memory.Note = "garbage";
        await _desk.SignAsync(Home, Cancel);
        await _desk.SignAsync(Home, Cancel);

        Assert.Single(await EventsAsync(), e => e.What.Action == AuditActions.AuditAlarm && e.What.Details["why"] == "unreadable");
        _memory.Note = null;
        Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(Home, Cancel));
        Assert.Empty(_alarm.Refused);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    [InlineData("\n\n")]
    public async Task A_damaged_checkpoint_in_the_database_stops_the_signing_and_nothing_else(string? note)
    {
        Append(3);
        await SignedAsync();
        Append(2);
        await SignedAsync();
        var (first, last) = (_store.Checkpoints[0], _store.Checkpoints[1]);
        _store.Checkpoints = [first, last with { Note = note ?? first.Note }];

        await RefusedAsync(CheckpointRefusal.Unreadable, 0);

        Assert.Single(await EventsAsync(), e => e.What.Action == AuditActions.AuditAlarm && e.What.Details["why"] == "unreadable");
        Assert.Null(await _desk.NewestNoteAsync(Home, Cancel));
        Assert.Equal(2, (await _desk.ListAsync(Home, 0, 10, Cancel)).Count);
        Assert.NotNull(await _desk.ProveAsync(Home, 2, Cancel));
        Assert.Null(await _desk.ProveAsync(Home, 5, Cancel));
    }

    [Fact]
    public async Task An_event_under_a_damaged_checkpoint_is_proven_by_the_next()
    {
        Append(3);
        await SignedAsync();
        Append(2);
        await SignedAsync();
        _store.Checkpoints = [_store.Checkpoints[0] with { Note = "x" }, _store.Checkpoints[1]];

        var proof = (await _desk.ProveAsync(Home, 2, Cancel))!;

        Assert.Equal(5, proof.Checkpoint.Head.Size);
        Assert.True(MerkleTree.VerifyInclusion(MerkleTree.LeafHash(proof.Event.Hash.Span), 1, 5, proof.Proof, proof.Checkpoint.Head.Root.Span));
    }

    [Fact]
    public async Task A_damaged_tree_is_made_anew_from_the_log_to_sign_and_to_prove()
    {
        Append(300);
        await SignedAsync();
        _tiles.LoseTiles(Home);

        var proof = (await _desk.ProveAsync(Home, 77, Cancel))!;
        Assert.True(MerkleTree.VerifyInclusion(MerkleTree.LeafHash(proof.Event.Hash.Span), 76, 300, proof.Proof, proof.Checkpoint.Head.Root.Span));

        Append(1);
        _tiles.LoseTiles(Home);
        await SignedAsync();
        Assert.Empty(_alarm.Refused);
    }

    [Fact]
    public async Task A_damaged_tree_hides_no_change_of_the_log()
    {
        Append(300);
        await SignedAsync();
        _log.Tamper(77, what => what with { Subject = "user/mallory" });
        _tiles.LoseTiles(Home);

        await RefusedAsync(CheckpointRefusal.Diverged, 77);

        Assert.Null(await _desk.ProveAsync(Home, 200, Cancel));
    }

    [Fact]
    public async Task A_place_outside_that_cannot_be_read_raises_the_alarm_until_it_can()
    {
        Append(2);
        _memory.Fault = new UnauthorizedAccessException("denied");

        var refused = Assert.IsType<CheckpointOutcome.Refused>(await _desk.SignAsync(Home, Cancel));
        await _desk.SignAsync(Home, Cancel);

        Assert.Equal((CheckpointRefusal.Unreachable, "denied"), (refused.Why, refused.Problem));
        Assert.Equal(CheckpointRefusal.Unreachable, _alarm.Refused[Home].Why);
        Assert.Single(await EventsAsync(), e => e.What.Action == AuditActions.AuditAlarm && e.What.Details["why"] == "unreachable");
        Assert.Empty(_store.Checkpoints);

        _memory.Fault = null;
        Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(Home, Cancel));
        Assert.Empty(_alarm.Refused);
    }

    [Fact]
    public async Task Any_other_fault_raises_the_alarm_too_and_the_export_goes_on()
    {
        Append(2);
        await SignedAsync();
        _memory.Fault = new NotSupportedException("nobody thought of this");

        await Assert.ThrowsAsync<NotSupportedException>(() => _desk.SignAsync(Home, Cancel));
        Assert.Equal(_store.Checkpoints[0].Note, await _desk.NewestNoteAsync(Home, Cancel));

        Assert.Equal(CheckpointRefusal.Failed, _alarm.Refused[Home].Why);
        Assert.Single(await EventsAsync(), e => e.What.Action == AuditActions.AuditAlarm && e.What.Details["why"] == "failed");
    }

    private void Append(int count, string who = "anna")
    {
        for (var i = 0; i < count; i++)
        {
            _log.Append(new AuditDraft(Home, _clock.GetUtcNow(), new Actor("user", who, who), "user.signin", $"user/{who}", "local", AuditDraft.NoDetails));
        }
    }

    private async Task SignedAsync() => _memory.Note = Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(Home, Cancel)).Checkpoint.Note;

    private async Task RefusedAsync(CheckpointRefusal why, long seq)
    {
        var before = _store.Checkpoints.Count;

        Assert.Equal(new CheckpointOutcome.Refused(why, seq), await _desk.SignAsync(Home, Cancel));

        Assert.Equal(before, _store.Checkpoints.Count);
        Assert.Equal(why, _alarm.Refused[Home].Why);
    }

    private void Restore(int events)
    {
        _log = new InMemoryAuditLog();
        Append(events);
        Reopen();
    }

    private void Reopen()
    {
        _desk.Dispose();
        _desk = Open(_log, new InMemoryAuditTreeStore());
    }

    private CheckpointDesk Open(InMemoryAuditLog log, InMemoryAuditTreeStore tiles)
        => new(log, new AuditTree(log, tiles), _store, _signer, [_memory], _alarm, _clock, NullLogger<CheckpointDesk>.Instance);

    private async Task<List<AuditEvent>> EventsAsync()
    {
        var events = new List<AuditEvent>();
        await foreach (var written in _log.ReadAsync(Home, 1, Cancel))
        {
            events.Add(written);
        }

        return events;
    }

    /// <summary>The places as they are used by two: something happens while one is asked.</summary>
    private sealed class Busy(InMemoryCheckpointStore store, Memory memory) : ICheckpointStore, ICheckpointMemory
    {
        /// <summary>Told whether the database is asked.</summary>
        public Func<bool, Task> Meanwhile { get; set; } = _ => Task.CompletedTask;

        public Task<bool> AddAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken) => store.AddAsync(checkpoint, cancellationToken);

        public async Task<SignedCheckpoint?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken)
        {
            await Meanwhile(true);
            return await store.FindNewestAsync(tenant, cancellationToken);
        }

        public async Task<string?> ReadLastAsync(string origin, CancellationToken cancellationToken)
        {
            await Meanwhile(false);
            return await memory.ReadLastAsync(origin, cancellationToken);
        }

        public Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken) => store.FindCoveringAsync(tenant, seq, cancellationToken);

        public Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
            => store.ListAsync(tenant, afterSize, limit, cancellationToken);

        public Task<WitnessPosition?> FindPositionAsync(TenantId tenant, string witness, CancellationToken cancellationToken)
            => store.FindPositionAsync(tenant, witness, cancellationToken);

        public Task SavePositionAsync(TenantId tenant, string witness, WitnessPosition position, CancellationToken cancellationToken)
            => store.SavePositionAsync(tenant, witness, position, cancellationToken);
    }

    private sealed class Memory : ICheckpointMemory
    {
        public string? Note { get; set; }

        public Exception? Fault { get; set; }

        public Task<string?> ReadLastAsync(string origin, CancellationToken cancellationToken)
            => Fault is null ? Task.FromResult(Note) : Task.FromException<string?>(Fault);
    }
}
