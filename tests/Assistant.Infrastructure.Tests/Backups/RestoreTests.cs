using Assistant.Domain.Audit;
using Assistant.Domain.Backups;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Forgetting;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Backups;

/// <summary>What the real databases hold is what comes back, also when the program dies on the way.</summary>
public sealed class RestoreTests
{
    private static readonly string[] s_changedByTheEvent = ["audit_events", "audit_heads"];

    // https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS: the signature, no flags, no extension, and the end.
    private static readonly byte[] s_noRows = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_row_of_every_table_comes_back_and_what_was_written_meanwhile_breaks_nothing(bool onPostgres)
    {
        await using var lived = await ForgettingHouse.OpenAsync(onPostgres);
        var house = new BackedUpHouse(lived.House);
        await house.StartAsync(_ => Task.FromResult(0));
        await lived.House.Ports.Tenants.EnsureAsync(new TenantId("zoo"), "Zoo", Cancel); // its short log is told behind the long one
        var (person, _) = await lived.LiveAsync("ann", "piano", "violin");
        await lived.LiveAsync("bob", "flute");
        await lived.ForgetAsync(Domain.Forgetting.ErasureScope.Of(person));
        var (quiet, busy) = (Path.Combine(house.Folder, "quiet.backup"), Path.Combine(house.Folder, "busy.backup"));
        await house.UseAsync(store => store.CreateAsync(quiet, (_, _) => Task.CompletedTask, Cancel));
        var before = await house.ReadRowsAsync();
        Assert.True(before.Count(table => table.Value.Count > 0) >= 18, string.Join(' ', before.Where(table => table.Value.Count > 0).Select(table => table.Key)));
        await WhileWritingAsync(lived.House, () => house.UseAsync(store => store.CreateAsync(busy, (_, _) => Task.CompletedTask, Cancel)));

        await RestoreAsync(house, quiet);

        var after = await house.ReadRowsAsync();
        Assert.All(before.Where(table => !s_changedByTheEvent.Contains(table.Key)), table => Assert.Equal(table.Value, after[table.Key]));
        Assert.Equal(before["audit_events"], after["audit_events"].Where(row => !row.Contains(AuditActions.BackupRestored, StringComparison.Ordinal)));
        Assert.Equal(before["audit_events"].Count + before["tenants"].Count, after["audit_events"].Count);
        Assert.True(await house.IsIntactAsync());

        await RestoreAsync(house, busy);
        Assert.True(await house.IsIntactAsync());
        Assert.StartsWith("test.said", (await house.ReadAsync())[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostgreSQL_that_died_before_or_behind_the_commit_stands_as_it_was_or_as_the_backup_has_it()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: true);
        var path = Path.Combine(house.Folder, "one.backup");
        await house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));
        var kept = await house.ReadAsync();
        await house.SayAsync("later");
        var plan = await house.PlanAsync(path);

        await DieAsync(house, path, plan, commit: false);
        Assert.EndsWith("later", (await house.StartAsync(_ => house.ReadAsync()))[^1], StringComparison.Ordinal);
        Assert.Null(await JournalAsync(house));

        var journal = await DieAsync(house, path, plan, commit: true);
        Assert.Equal([.. kept, $"{AuditActions.BackupRestored} {journal.Subject}"], await house.StartAsync(_ => house.ReadAsync()));
        Assert.Null(await JournalAsync(house));
        Assert.True(await house.IsIntactAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Died_behind_the_event_it_is_not_written_a_second_time(bool onPostgres)
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres);
        var path = Path.Combine(house.Folder, "one.backup");
        await house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));
        var journal = BackedUpHouse.Journal(await house.PlanAsync(path), RestoreStage.Recording);
        await house.InProcessAsync(process => Task.FromResult(process.Get<RestoreFolder>().Write(journal)));
        await house.StartAsync(_ => Task.FromResult(0));
        var once = await house.ReadAsync();
        Assert.EndsWith(journal.Subject, once[^1], StringComparison.Ordinal);

        await house.InProcessAsync(process => Task.FromResult(process.Get<RestoreFolder>().Write(journal)));
        await house.StartAsync(_ => Task.FromResult(0));

        Assert.Equal(once, await house.ReadAsync());
    }

    [Fact]
    public async Task PostgreSQL_takes_a_backup_of_an_older_schema_and_is_brought_up_to_date_at_the_start()
    {
        await using var house = await TestHouse.OnPostgresAsync();
        var backedUp = new BackedUpHouse(house);
        await backedUp.StartAsync(_ => Task.FromResult(0));
        var path = Path.Combine(backedUp.Folder, "old.backup");
        await using (var old = await TestHouse.OnPostgresAsync())
        {
            await WriteOldAsync(old, path, await backedUp.InProcessAsync(process => Task.FromResult(process.Get<MasterKey>().First)));
        }

        await RestoreAsync(backedUp, path);

        var tenants = await backedUp.StartAsync(process => process.Get<ITenantDirectory>().ListAsync(Cancel));
        Assert.Contains(tenants, tenant => tenant.Id == new TenantId("ancient"));
        var told = await backedUp.InProcessAsync(async process => await process.Get<IAuditLog>().ReadAsync(new TenantId("ancient"), 1, Cancel).FirstAsync(Cancel));
        Assert.Equal(AuditActions.BackupRestored, told.What.Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PostgreSQL_keeps_no_table_of_a_later_version_and_every_one_that_is_not_its_own(bool isOfLaterVersion)
    {
        await using var house = await TestHouse.OnPostgresAsync();
        var backedUp = new BackedUpHouse(house);
        await backedUp.StartAsync(_ => Task.FromResult(0));
        var path = Path.Combine(backedUp.Folder, "one.backup");
        await backedUp.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));
        await RunAsOwnerAsync(house, "CREATE TABLE later (tenant_id text REFERENCES tenants (id)); CREATE TABLE later_parts (id int) PARTITION BY RANGE (id)");
        if (isOfLaterVersion)
        {
            await RunAsOwnerAsync(house, "INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") VALUES ('29990101000000_Later', '99.0.0')");
        }

        await RestoreAsync(backedUp, path);

        await using var context = house.Get<IDatabase>().OpenSchemaContext();
        Assert.DoesNotContain(await context.Database.GetAppliedMigrationsAsync(Cancel), id => id.StartsWith("2999", StringComparison.Ordinal));
        await context.Database.OpenConnectionAsync(Cancel);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        Assert.Equal(
            !isOfLaterVersion, await PostgresCommands.AskAsync<bool>(connection, "SELECT to_regclass('later') IS NOT NULL AND to_regclass('later_parts') IS NOT NULL", Cancel));
        Assert.Equal(
            isOfLaterVersion, await PostgresCommands.AskAsync<bool>(connection, "SELECT to_regclass('later') IS NULL AND to_regclass('later_parts') IS NULL", Cancel));
        await PostgresCommands.RunAsync(connection, "DROP TABLE IF EXISTS later, later_parts", Cancel);
        Assert.True(await backedUp.StartAsync(_ => backedUp.IsIntactAsync()));
    }

    [Fact]
    public async Task PostgreSQL_is_given_the_time_it_takes_to_check_a_table_of_which_all_has_come()
    {
        var connection = await MigratedDatabases.TakeAsync();
        try
        {
            await using var database = new PostgresDatabase(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 1 }.ConnectionString);
            await using (var context = database.OpenSchemaContext())
            {
                // The table is made anew, and what makes it slow with it.
                await context.Database.ExecuteSqlRawAsync(
                    """
                    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$;
                    CREATE FUNCTION slow_down() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                        IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.tenants') THEN
                            CREATE TRIGGER linger AFTER INSERT ON tenants FOR EACH STATEMENT EXECUTE FUNCTION linger();
                        END IF;
                    END $$;
                    CREATE EVENT TRIGGER slow_down ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION slow_down();
                    """,
                    Cancel);
            }

            var (id, table) = (Guid.CreateVersion7(), new BackupEntry("tables/tenants", s_noRows.Length, "", ["id", "display_name", "created_at"]));
            var manifest = new BackupManifest(1, Guid.CreateVersion7(), "0.0", "postgres", database.Schema.Newest!, "", DateTimeOffset.UnixEpoch, [table], []);
            await using (var restore = await PostgresRestore.BeginAsync(database.OpenSchemaContext(), manifest, id, Cancel))
            {
                await using var rows = await restore.OpenAsync(table, Cancel);
                await rows.WriteAsync(s_noRows, Cancel);
                await rows.CompleteAsync(Cancel);
                await restore.CommitAsync(Cancel);
            }

            Assert.True(await new PostgresBackup(database).HasTakenAsync(id, Cancel));
        }
        finally
        {
            await MigratedDatabases.GiveBackAsync(connection);
        }
    }

    [Fact]
    public async Task While_it_serves_nothing_is_restored_and_a_backup_can_be_made()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        var path = Path.Combine(house.Folder, "one.backup");
        using var serving = new ServingLock(new DataFolder(house.Folder));
        serving.Take();
        await house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));

        var standing = await house.UseAsync(store => store.LookAsync(Cancel));
        var contents = await house.UseAsync(store => store.ReadAsync(path, Cancel));
        var plan = new RestorePlan(contents, standing.Logs, true);
        var refused = await Assert.ThrowsAsync<BackupRefusedException>(
            () => house.UseAsync(store => store.RestoreAsync(path, plan, BackedUpHouse.Journal(plan), Cancel)));

        Assert.Equal((true, BackupFault.Served), (standing.IsServed, refused.Fault));
    }

    [Fact]
    public async Task A_backup_is_restored_where_the_database_is_missing()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        await File.WriteAllTextAsync(Path.Combine(house.Folder, "installation-id"), "this\n", Cancel);
        var path = Path.Combine(house.Folder, "one.backup");
        await house.UseAsync(store => store.CreateAsync(path, (_, _) => Task.CompletedTask, Cancel));
        var kept = await house.ReadAsync();
        foreach (var file in Directory.GetFiles(house.Folder, "assistant.db*"))
        {
            File.Delete(file);
        }

        await Assert.ThrowsAsync<InstallationException>(() => house.StartAsync(_ => Task.FromResult(0)));
        await RestoreAsync(house, path);

        Assert.Equal(kept, (await house.StartAsync(_ => house.ReadAsync())).SkipLast(1));
    }

    [Fact]
    public async Task Checkpoints_of_this_installation_stay_and_those_of_another_go()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        string At(string name) => Path.Combine(house.Folder, name);
        Directory.CreateDirectory(At("audit-witness"));
        await File.WriteAllTextAsync(At("installation-id"), "this\n", Cancel);
        await File.WriteAllTextAsync(At("audit-witness/default.checkpoints"), "early", Cancel);
        await File.WriteAllTextAsync(At("audit-witness/annex.checkpoints"), "early", Cancel);
        await house.UseAsync(store => store.CreateAsync(At("one.backup"), (_, _) => Task.CompletedTask, Cancel));
        await File.WriteAllTextAsync(At("audit-witness/default.checkpoints"), "late", Cancel);
        File.Delete(At("audit-witness/annex.checkpoints"));

        await RestoreAsync(house, At("one.backup"));
        Assert.Equal(("late", "early"), (await File.ReadAllTextAsync(At("audit-witness/default.checkpoints"), Cancel), await File.ReadAllTextAsync(At("audit-witness/annex.checkpoints"), Cancel)));

        await File.WriteAllTextAsync(At("installation-id"), "another\n", Cancel);
        var aside = await RestoreAsync(house, At("one.backup"));
        Assert.Equal(("this", "early"), ((await File.ReadAllTextAsync(At("installation-id"), Cancel)).Trim(), await File.ReadAllTextAsync(At("audit-witness/default.checkpoints"), Cancel)));
        Assert.Equal("late", await File.ReadAllTextAsync(Path.Combine(aside!, "audit-witness", "default.checkpoints"), Cancel));
    }

    [Fact]
    public async Task A_copy_that_a_killed_backup_left_is_overwritten_by_the_next_and_by_the_start_that_serves()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        var spool = Path.Combine(house.Folder, "backup.spool");
        foreach (var end in new Func<TestHouse, Task>[]
        {
            process => process.Get<IBackupStore>().CreateAsync(Path.Combine(house.Folder, "one.backup"), (_, _) => Task.CompletedTask, Cancel),
            process => process.Get<Installation>().RecoverAsync(Cancel),
        })
        {
            await File.WriteAllTextAsync(spool, "what somebody said", Cancel);
            await using var left = new FileStream(spool, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

            await house.StartAsync(async process =>
            {
                await end(process);
                return 0;
            });

            Assert.False(File.Exists(spool));
            Assert.Equal(new string('\0', 18), await new StreamReader(left).ReadToEndAsync(Cancel));
        }
    }

    [Fact]
    public async Task What_a_killed_backup_of_another_account_left_keeps_nobody_from_serving_and_refuses_the_next_with_a_sentence()
    {
        await using var house = await BackedUpHouse.OpenAsync(onPostgres: false);
        var spool = Path.Combine(house.Folder, "backup.spool");
        await File.WriteAllTextAsync(spool, "what somebody said", Cancel);
        Directory.CreateDirectory(Path.Combine(house.Folder, "backup.lock")); // denied to whoever opens it as a file, also to root

        await house.StartAsync(async process =>
        {
            await process.Get<Installation>().RecoverAsync(Cancel);
            return 0;
        });
        var refused = await Assert.ThrowsAsync<BackupRefusedException>(
            () => house.UseAsync(store => store.CreateAsync(Path.Combine(house.Folder, "one.backup"), (_, _) => Task.CompletedTask, Cancel)));

        Assert.Contains($"chown -R {Environment.UserName} {house.Folder}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("what somebody said", await File.ReadAllTextAsync(spool, Cancel));
    }

    private static Task<RestoreJournal?> JournalAsync(BackedUpHouse house)
        => house.InProcessAsync(process => Task.FromResult(process.Get<RestoreFolder>().Read()));

    private static async Task<string?> RestoreAsync(BackedUpHouse house, string path)
    {
        var plan = await house.PlanAsync(path);
        return await house.UseAsync(store => store.RestoreAsync(path, plan, BackedUpHouse.Journal(plan), Cancel));
    }

    // The steps of the store up to an instant, and then nothing more of that process.
    private static Task<RestoreJournal> DieAsync(BackedUpHouse house, string path, RestorePlan plan, bool commit) => house.InProcessAsync(async process =>
    {
        var journal = BackedUpHouse.Journal(plan, RestoreStage.Copying);
        await using var tables = (await process.Get<IDatabaseBackup>().BeginRestoreAsync(plan.Backup.Manifest, journal.Id, Cancel))!;
        await BackupFile.ReadAsync(
            path, process.Get<MasterKey>(),
            async name => name.StartsWith(BackupEntry.Tables, StringComparison.Ordinal)
                ? await tables.OpenAsync(plan.Backup.Manifest.Entries.First(entry => entry.Name == name), Cancel) : null,
            Cancel);
        process.Get<RestoreFolder>().Write(journal);
        if (commit)
        {
            await tables.CommitAsync(Cancel);
        }

        return journal;
    });

    private static async Task RunAsOwnerAsync(TestHouse house, string sql)
    {
        await using var context = house.Get<IDatabase>().OpenSchemaContext();
        await context.Database.OpenConnectionAsync(Cancel);
        await PostgresCommands.RunAsync((NpgsqlConnection)context.Database.GetDbConnection(), sql, Cancel);
    }

    private static async Task WhileWritingAsync(TestHouse house, Func<Task> act)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var log = house.Get<IAuditLog>();
        var begun = new TaskCompletionSource();
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; !enough.IsCancellationRequested; i++)
                {
                    await log.AppendAsync(
                        new AuditDraft(TenantId.Default, house.Clock.GetUtcNow(), Actor.System, "test.said", $"{i}", "local", AuditDraft.NoDetails), Cancel);
                    begun.TrySetResult();
                }
            },
            Cancel);
        await begun.Task.WaitAsync(Cancel);
        await act();
        await enough.CancelAsync();
        await writing;
    }

    // As the version before the newest migration would have written it, of one table.
    private static async Task WriteOldAsync(TestHouse old, string path, byte[] master)
    {
        await using var context = old.Get<IDatabase>().OpenSchemaContext();
        var schema = context.Database.GetMigrations().SkipLast(1).Last();
        await context.GetService<IMigrator>().MigrateAsync(schema, Cancel);
        await context.Database.OpenConnectionAsync(Cancel);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await PostgresCommands.RunAsync(connection, "INSERT INTO tenants (id, display_name, created_at, indexing) VALUES ('ancient', 'Ancient', 1, 'Everything')", Cancel);
        string[] columns = ["id", "display_name", "created_at", "indexing"];
        await BackupFile.WriteAsync(
            path, master, [],
            async archive =>
            {
                await using (var rows = await connection.BeginRawBinaryCopyAsync($"COPY {PostgresCommands.Quoted("tenants", columns)} TO STDOUT (FORMAT binary)", Cancel))
                {
                    await archive.AddAsync("tables/tenants", columns, rows, Cancel);
                }

                return new BackupManifest(1, Guid.CreateVersion7(), "0.0", "postgres", schema, "", DateTimeOffset.UnixEpoch, archive.Entries, []);
            },
            Cancel);
    }
}
