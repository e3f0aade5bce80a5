using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Witnesses;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Assistant.Verifier;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>The parts together, as the program composes them: real databases, real key, the file witness and the stand-alone verifier.</summary>
public abstract class ProvenLogTests(bool onPostgres) : IAsyncLifetime
{
    private static readonly TenantId Home = TenantId.Default;

    private TestHouse _house = null!;
    private CheckpointDesk _desk = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _house = onPostgres ? await TestHouse.OnPostgresAsync() : await TestHouse.OnSqliteAsync();
        _house.Get<MasterKey>().Require();
        await _house.Get<ITenantDirectory>().EnsureAsync(Home, "Home", Cancel);
        _desk = _house.Get<CheckpointDesk>();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_house is not null)
        {
            await _house.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_is_exported_is_proven_to_somebody_who_has_only_files()
    {
        await WriteAndSignAsync(300);
        await WriteAndSignAsync(50);
        var events = new List<AuditEvent>();
        await foreach (var written in _house.Get<IAuditLog>().ReadAsync(Home, 1, Cancel))
        {
            events.Add(written);
        }

        var proof = (await _desk.ProveAsync(Home, 77, Cancel))!;
        var key = await _desk.ReadKeyAsync(Home, Cancel);
        Assert.True(MerkleTree.VerifyInclusion(
            MerkleTree.LeafHash(events[76].Hash.Span), 76, proof.Checkpoint.Head.Size, proof.Proof, proof.Checkpoint.Head.Root.Span));

        var export = Path.GetTempFileName();
        try
        {
            var notes = _house.Get<FileWitness>().FileOf(key.Name);
            await File.WriteAllLinesAsync(export, events.Select(AuditExport.Format), Cancel);
            Assert.Equal(0, VerifierProgram.Run(["--export", export, "--key", key.ToString(), "--checkpoints", notes], TextWriter.Null, TextWriter.Null));
            await File.WriteAllLinesAsync(export, events.SkipLast(1).Select(AuditExport.Format), Cancel);
            Assert.Equal(1, VerifierProgram.Run(["--export", export, "--key", key.ToString(), "--checkpoints", notes], TextWriter.Null, TextWriter.Null));
        }
        finally
        {
            File.Delete(export);
        }
    }

    [Fact]
    public async Task The_database_of_yesterday_is_not_signed_although_it_is_whole_in_itself()
    {
        var yesterday = await WriteAndSignAsync(10);
        await WriteAndSignAsync(5);

        await GoBackAsync(yesterday.Head.Size);
        var verdict = await AuditVerifier.VerifyAsync(
            Home, _house.Get<IAuditLog>().ReadAsync(Home, 1, Cancel), [await _house.Get<IAuditLog>().ReadHeadAsync(Home, Cancel)], default, Cancel);
        Assert.IsType<AuditVerdict.Intact>(verdict);

        Assert.Equal(new CheckpointOutcome.Refused(CheckpointRefusal.RolledBack, yesterday.Head.Size + 1), await _desk.SignAsync(Home, Cancel));

        // It goes on and outgrows the checkpoint outside: still another history.
        await WriteAsync(30);
        Assert.Equal(CheckpointRefusal.Forked, Assert.IsType<CheckpointOutcome.Refused>(await _desk.SignAsync(Home, Cancel)).Why);
    }

    [Fact]
    public async Task A_row_changed_behind_the_programs_back_is_not_signed()
    {
        var signed = await WriteAndSignAsync(10);
        await WriteAsync(3);
        var seq = signed.Head.Size + 2;
        await RunAsync("UPDATE audit_events SET subject = 'user/mallory' WHERE tenant_id = @p0 AND seq = @p1", seq);

        Assert.Equal(new CheckpointOutcome.Refused(CheckpointRefusal.Diverged, seq), await _desk.SignAsync(Home, Cancel));
        Assert.Equal(CheckpointRefusal.Diverged, _house.Get<AuditAlarm>().Refused[Home].Why);
    }

    [Theory]
    [InlineData("UPDATE audit_checkpoints SET note = 'x'", CheckpointRefusal.Unreadable)]
    [InlineData("UPDATE audit_checkpoints SET note = chr(10) || chr(10)", CheckpointRefusal.Unreadable)]
    [InlineData("UPDATE audit_checkpoints SET size = 999999999 WHERE size = (SELECT MAX(size) FROM audit_checkpoints)", CheckpointRefusal.Unreadable)]
    [InlineData("UPDATE audit_checkpoints SET at = 9223372036854775807", null)]
    [InlineData("DELETE FROM audit_tiles", null)]
    [InlineData("UPDATE audit_tiles SET hashes = ''", null)]
    [InlineData("UPDATE audit_tiles SET tile_level = tile_level + 7", null)]
    [InlineData("UPDATE audit_trees SET size = 999999999", null)]
    [InlineData("UPDATE audit_trees SET size = -5", null)]
    [InlineData("UPDATE audit_trees SET size = 0", null)]
    [InlineData("UPDATE audit_trees SET size = 3", null)]
    [InlineData("UPDATE audit_witness_positions SET size = 999999999", null)]
    [InlineData("UPDATE audit_witness_positions SET size = -1, at = 9223372036854775807", null)]
    [InlineData("UPDATE audit_checkpoints SET size = 'x' WHERE size = (SELECT MAX(size) FROM audit_checkpoints)", CheckpointRefusal.Unreadable, true)]
    [InlineData("UPDATE audit_checkpoints SET note = x'ff', at = 'x'", CheckpointRefusal.Unreadable, true)]
    [InlineData("UPDATE audit_trees SET size = 'x'", null, true)]
    [InlineData("UPDATE audit_tiles SET hashes = 5", null, true)]
    [InlineData("UPDATE audit_witness_positions SET size = 'x', at = 'x'", null, true)]
    public async Task Whatever_is_written_beside_the_log_is_refused_or_mended_and_never_silent(string edit, CheckpointRefusal? why, bool looseTypesOnly = false)
    {
        await WriteAndSignAsync(300);
        await WriteAndSignAsync(10);
        await WriteAsync(1);
        var sql = onPostgres ? edit : edit.Replace("chr(", "char(", StringComparison.Ordinal);
        if (onPostgres && looseTypesOnly)
        {
            await Assert.ThrowsAsync<PostgresException>(EditAsync); // it keeps the types of columns itself
            return;
        }

        await EditAsync();
        Assert.Null(await Record.ExceptionAsync(() => _desk.ProveAsync(Home, 77, Cancel)));
        Assert.Null(await Record.ExceptionAsync(() => _desk.ListAsync(Home, 0, 10, Cancel)));
        var outcome = await _desk.SignAsync(Home, Cancel);
        await _house.Get<WitnessPost>().DeliverAsync(Cancel);

        if (why is { } expected)
        {
            Assert.Equal(new CheckpointOutcome.Refused(expected, 0), outcome);
            Assert.Equal(expected, _house.Get<AuditAlarm>().Refused[Home].Why);
            Assert.Null(await _desk.NewestNoteAsync(Home, Cancel));
            return;
        }

        var key = await _desk.ReadKeyAsync(Home, Cancel);
        var made = Assert.IsType<CheckpointOutcome.Made>(outcome).Checkpoint;
        Assert.Equal(made.Note, await _house.Get<FileWitness>().ReadLastAsync(key.Name, Cancel));
        Assert.Empty(_house.Get<AuditAlarm>().Refused);
        var proof = (await _desk.ProveAsync(Home, 77, Cancel))!;
        Assert.True(MerkleTree.VerifyInclusion(
            MerkleTree.LeafHash(proof.Event.Hash.Span), 76, proof.Checkpoint.Head.Size, proof.Proof, proof.Checkpoint.Head.Root.Span));

        Task EditAsync() => _house.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql), Cancel);
    }

    private async Task<SignedCheckpoint> WriteAndSignAsync(int count)
    {
        await WriteAsync(count);
        var made = Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(Home, Cancel)).Checkpoint;
        await _house.Get<WitnessPost>().DeliverAsync(Cancel);
        return made;
    }

    private Task WriteAsync(int count)
        => Task.WhenAll(Enumerable.Range(0, count).Select(i => _house.Get<IAuditLog>().AppendAsync(SignedLog.Draft(i, "anna"), Cancel)));

    // What putting back an old copy of the whole database does.
    private async Task GoBackAsync(long size)
    {
        foreach (var table in (string[])["audit_events WHERE tenant_id = @p0 AND seq > @p1", "audit_checkpoints WHERE tenant_id = @p0 AND size > @p1", "audit_trees WHERE tenant_id = @p0 AND size > @p1", "audit_tiles WHERE tenant_id = @p0 AND tile_index < @p1", "audit_witness_positions WHERE tenant_id = @p0 AND size > @p1"])
        {
            await RunAsync($"DELETE FROM {table}", size);
        }

        await RunAsync(
            "UPDATE audit_heads SET seq = @p1, hash = (SELECT hash FROM audit_events WHERE tenant_id = @p0 AND seq = @p1) WHERE tenant_id = @p0", size);
    }

    private Task<int> RunAsync(string sql, long number) => _house.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql, Home.Value, number), Cancel);
}

public sealed class SqliteProvenLogTests() : ProvenLogTests(onPostgres: false);

public sealed class PostgresProvenLogTests() : ProvenLogTests(onPostgres: true);
